"""The name of a version: a SHA-256 over its files and its dependency lock. Equal content, equal name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

_DOMAIN = b"codex32 version 1\n"
_LENGTH_BYTES = 8


def digest(files: Mapping[str, bytes], lock: bytes | None = None) -> str:
    """`sha256:` and 64 hexadecimal digits.

    Canonical form: a domain line, the number of files, then path and content of each in the order of their
    UTF-8 paths, then the lock if there is one; every part with its length before it (8 bytes, big-endian), so
    that no two different packages have the same form.
    """
    whole = hashlib.sha256(_DOMAIN)
    whole.update(len(files).to_bytes(_LENGTH_BYTES, "big"))
    for path in sorted(files, key=lambda path: path.encode()):
        for part in (path.encode(), files[path]):
            whole.update(len(part).to_bytes(_LENGTH_BYTES, "big"))
            whole.update(part)
    if lock is not None:
        whole.update(len(lock).to_bytes(_LENGTH_BYTES, "big"))
        whole.update(lock)
    return f"sha256:{whole.hexdigest()}"
