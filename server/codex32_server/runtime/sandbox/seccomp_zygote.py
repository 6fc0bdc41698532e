"""The system calls of a zygote: what bots may call, plus the few that a forked child needs to confine itself.

It is loaded by bubblewrap before anything is imported. A child then takes the bots' own policy on top, and
the kernel answers with the stricter of the two: so nothing may be refused here that a bot is allowed.

Sources: as `seccomp`; linux/sched.h, linux/prctl.h.
"""

from __future__ import annotations

import platform
import struct

from codex32_server.runtime.sandbox import seccomp
from codex32_server.runtime.sandbox.seccomp import ARCHITECTURES, Instruction
from codex32_server.runtime.sandbox.syscalls import ALLOWED, FILTERED, REFUSED

_SET_UP = ("mount", "capset")
INTO_NEW_NAMESPACES = 0x7C020000 | 17
"""The flags of the one clone that makes a child: user, mnt, pid, net, ipc, uts, and SIGCHLD. With these and
no others it shares neither memory nor descriptors with its zygote."""
_SET_SECCOMP, _DROP_BOUND = 22, 24
_NEW_CGROUP_NAMESPACE = 0x02000000
_ALLOW = 0x7FFF0000

_LOAD_NUMBER = (0x20, 0, 0, 0)
_JUMP_EQUAL, _RETURN = 0x15, 0x06


def compile_policy(machine: str | None = None) -> bytes:
    """The BPF program for `machine`: the zygote's own rules first, then the bots' policy.

    Raises KeyError for an architecture without a table.
    """
    name = machine or platform.machine()
    column, _ = ARCHITECTURES[name]
    program = seccomp.compile_policy(name)
    guard = len(_GUARD) * _SIZE
    own = b"".join(struct.pack("=HBBI", *instruction) for instruction in _own_rules(column))
    return program[:guard] + own + program[guard:]


_GUARD = range(6)
"""Instructions at the beginning of every policy, which refuse other architectures."""
_SIZE = 8


def _own_rules(column: int) -> list[Instruction]:
    number = {name: numbers[column] for name, numbers in (ALLOWED | FILTERED | REFUSED).items()}
    rules: list[Instruction] = []
    for name in _SET_UP:
        rules += _when(number[name], [(_RETURN, 0, 0, _ALLOW)])
    rules += _when(number["clone"], _if_equal(0, INTO_NEW_NAMESPACES, _ALLOW))
    rules += _when(number["unshare"], _if_equal(0, _NEW_CGROUP_NAMESPACE, _ALLOW))
    for option in (_SET_SECCOMP, _DROP_BOUND):
        rules += _when(number["prctl"], _if_equal(0, option, _ALLOW))
    return rules


def _when(number: int | None, body: list[Instruction]) -> list[Instruction]:
    """Run `body` if the call has that number. It may fall through with the number loaded again."""
    return [] if number is None else [(_JUMP_EQUAL, 0, len(body), number), *body]


def _if_equal(argument: int, value: int, answer: int) -> list[Instruction]:
    return [
        (0x20, 0, 0, 16 + 8 * argument),
        (_JUMP_EQUAL, 0, 1, value),
        (_RETURN, 0, 0, answer),
        _LOAD_NUMBER,
    ]
