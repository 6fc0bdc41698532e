"""The counter-check: attacks that would hurt nobody succeed outside of the sandbox, so they are attacks.

Without it a misspelt path would be "refused" for ever.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from support import escape_bot
from support.escapes import Attack, numbers

from .test_host_files import READING
from .test_kernel import SYSTEM_CALLS
from .test_neighbours import SPYING
from .test_network import ADDRESSES, FAMILIES
from .test_processes import OTHERS, UNDOING

HARMLESS = [
    "list /var", "list /sys", "list /run", "names of neighbours in mounts", "other processes in /proc",
    "inherited descriptors", "writable places", "netlink", "kcmp", "pidfd_getfd", "listen on a port",
    "interfaces", "watch what others read", "watch what others read, the old way", "cachestat",
    "personality without randomisation", "session key ring", "lower the limits of a child",
    "abstract socket", "seccomp is on", "see which pages others have read", "flush the disk of the runtime",
]  # fmt: skip
ALL = {
    one.name: one
    for theme in (READING, SYSTEM_CALLS, SPYING, ADDRESSES, FAMILIES, OTHERS, UNDOING)
    for one in theme
}


def test_what_is_refused_inside_is_possible_outside() -> None:
    chosen: list[Attack] = [ALL[name] for name in HARMLESS if name in ALL]
    code = {
        one.name: one.code.replace("/opt/codex32/python/lib", "/usr").replace("/opt/codex32", "/usr")
        for one in chosen
    }
    given = json.dumps({"attacks": code, "numbers": numbers()})
    told = subprocess.run(
        [sys.executable, escape_bot.__file__], input=given, capture_output=True, text=True, timeout=60, check=True,
        cwd="/",
    )  # fmt: skip
    verdicts = json.loads(told.stdout)
    held = [one.name for one in chosen if one.held(*verdicts[one.name])]
    assert len(chosen) >= 15
    assert len(chosen) - len(held) >= 12, {name: verdicts[name] for name in held}


def test_the_suite_is_as_large_as_it_claims() -> None:
    from .test_bombs import BOMBS
    from .test_host_files import WRITING
    from .test_kernel import ARCHITECTURES, NAMESPACES
    from .test_neighbours import LEFTOVERS
    from .test_outputs import TRICKS

    rest = (WRITING, NAMESPACES, ARCHITECTURES, BOMBS, TRICKS, LEFTOVERS)
    assert len(ALL) + sum(map(len, rest)) >= 300


@pytest.mark.parametrize("path", sorted(Path(__file__).parent.glob("test_*.py")), ids=lambda path: path.name)
def test_no_attack_has_the_name_of_another(path: Path) -> None:
    names = [
        line.split('"')[1] for line in path.read_text().splitlines() if line.strip().startswith('attack("')
    ]
    assert len(names) == len(set(names))
