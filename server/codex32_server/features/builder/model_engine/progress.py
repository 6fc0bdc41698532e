"""Does repairing get anywhere? Decided from digests of findings that are stored with the document.

The same findings a second time mean that this model does not know better, and a stronger one is asked; the
same a third time, or a stronger one that comes no further, mean that it ends. Line numbers and addresses do
not count: they change with every version of a file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from codex32_server.features.builder.contract import Finding, Made

from .quoting import redacted, shortened

_VARYING = re.compile(r"0x[0-9a-f]+|\d+(?:\.\d+)?|/\S+/")
_SHOWN = 3


def digest_of(findings: Sequence[Finding]) -> str:
    """Equal for findings that say the same."""
    said = sorted(
        f"{finding.stage}|{finding.code}|{finding.file}|{_VARYING.sub('', finding.message)}"
        for finding in findings
    )
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def stuck(made: Made, findings: Sequence[Finding]) -> bool:
    """These were there in an earlier round."""
    return digest_of(findings) in made.seen


def told(findings: Sequence[Finding]) -> str:
    """The first of them, in one line for people."""
    first = [
        f"{finding.file or finding.stage}: {shortened(redacted(' '.join(finding.message.split())), 160)}"
        for finding in findings[:_SHOWN]
    ]
    more = f" (and {len(findings) - _SHOWN} more)" if len(findings) > _SHOWN else ""
    return "; ".join(first) + more
