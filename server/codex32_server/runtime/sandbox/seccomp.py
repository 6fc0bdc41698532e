"""The system calls a bot may make: an allow-list, compiled here to BPF and loaded by bubblewrap.

The compiler runs outside of the sandbox because nothing that could compile it is reachable inside. Unknown
calls answer ENOSYS (so that the C library falls back), known dangerous ones EPERM, another architecture or
x32 kills the process.

Sources: seccomp(2), linux/filter.h (`struct sock_filter`), linux/audit.h, linux/sched.h, linux/prctl.h.
"""

from __future__ import annotations

import errno
import platform
import socket
import struct
from collections.abc import Collection, Sequence

from codex32_server.runtime.sandbox.layer import LayerReport
from codex32_server.runtime.sandbox.syscalls import ALLOWED, FILTERED, REFUSED

ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""machine → (column in the tables, AUDIT_ARCH value)."""

_ALLOW = 0x7FFF0000
_KILL_PROCESS = 0x80000000
_X32_BIT = 0x40000000

_LOAD_WORD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_JUMP_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_JUMP_AT_LEAST = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_JUMP_ANY_BIT = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_AND = 0x54  # BPF_ALU | BPF_AND | BPF_K
_RETURN = 0x06  # BPF_RET | BPF_K

_OFFSET_NUMBER = 0
_OFFSET_ARCHITECTURE = 4
_OFFSET_ARGUMENTS = 16

_NEW_NAMESPACES = 0x7E020000  # every CLONE_NEW* that clone(2) knows
_KIND_OF_SOCKET = 0xF  # without SOCK_NONBLOCK and SOCK_CLOEXEC
_TERMINAL_INJECTION = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX
_PROCESS_CONTROLS = (1, 2, 3, 4, 8, 15, 16, 21, 25, 26, 27, 29, 30, 36, 37, 38, 39, 40, 41, 42, 0x53564D41)
"""prctl options: death signal, dumpable, capabilities kept, name, seccomp state, timing, timer slack,
subreaper, no_new_privs, memory name. Not: new seccomp filters, securebits, ambient capabilities, ptracer, mm
layout."""
_DROP_BOUND = 24  # PR_CAPBSET_DROP: needs CAP_SETPCAP
_PERSONALITIES = (0, 0xFFFFFFFF)
_FILE_SPYING = (1024, 1026)
"""fcntl commands F_SETLEASE and F_NOTIFY: files of the runtime are the same for all bots, so a lease would
hold the others up and a notice would tell what they read. inotify is refused for the same reason, and `sync`
because it writes back the disks of the whole machine."""

Instruction = tuple[int, int, int, int]


UNCOUNTED = frozenset({"memfd_create", "shmget"})
"""Calls that make memory which belongs to no process's sum: refused where no cgroup counts it."""


def compile_policy(
    machine: str | None = None, *, network: bool = False, without: Collection[str] = ()
) -> bytes:
    """The BPF program for `machine` (this one by default); calls of `without` are refused although listed.

    With `network`, the guest's init can give up the capability with which it binds low ports; a bot has none.

    Raises KeyError for an architecture without a table.
    """
    column, audit = ARCHITECTURES[machine or platform.machine()]
    program = _guard_architecture(audit)
    program += _filtered(column, network=network)
    allowed = {name: numbers for name, numbers in ALLOWED.items() if name not in without}
    refused = {**REFUSED, **{name: ALLOWED[name] for name in without}}
    answers = dict.fromkeys(_numbers(allowed, column), _ALLOW)
    answers |= dict.fromkeys(_numbers(refused, column), _refusal(errno.EPERM))
    program += _search(_ranges(answers, otherwise=_refusal(errno.ENOSYS)))
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)


def explain() -> LayerReport:
    """Whether there is a policy for this machine; that the kernel takes it is shown by the canary."""
    machine = platform.machine()
    if machine not in ARCHITECTURES:
        return LayerReport(
            "seccomp",
            False,
            f"there is no system call policy for {machine}",
            "Run workers on x86_64 or aarch64.",
        )
    detail = f"allow-list of {len(ALLOWED) + len(FILTERED)} system calls for {machine}"
    return LayerReport("seccomp", True, detail)


def _guard_architecture(audit: int) -> list[Instruction]:
    """Other architectures and x32 have other numbers: whoever calls through them is not an honest program."""
    return [
        (_LOAD_WORD, 0, 0, _OFFSET_ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, audit),
        (_RETURN, 0, 0, _KILL_PROCESS),
        (_LOAD_WORD, 0, 0, _OFFSET_NUMBER),
        (_JUMP_AT_LEAST, 0, 1, _X32_BIT),
        (_RETURN, 0, 0, _KILL_PROCESS),
    ]


def _filtered(column: int, *, network: bool) -> list[Instruction]:
    """Calls that are allowed or not by an argument."""
    number = {name: numbers[column] for name, numbers in FILTERED.items()}
    controls = (*_PROCESS_CONTROLS, _DROP_BOUND) if network else _PROCESS_CONTROLS
    giving_up = _answer(REFUSED["capset"][column], _ALLOW) if network else []
    no_permission, no_family = _refusal(errno.EPERM), _refusal(errno.EAFNOSUPPORT)
    return [
        *_answer(number["clone3"], _refusal(errno.ENOSYS)),
        *_when(number["clone"], _none_of_bits(0, _NEW_NAMESPACES, no_permission)),
        *giving_up,
        *_when(number["socket"], _streams_only(no_family)),
        *_when(number["socketpair"], _one_of(0, (socket.AF_UNIX,), no_family)),
        *_when(number["ioctl"], _not_one_of(1, _TERMINAL_INJECTION, no_permission)),
        *_when(number["prctl"], _one_of(0, controls, no_permission)),
        *_when(number["personality"], _one_of(0, _PERSONALITIES, no_permission)),
        *_when(number["fcntl"], _not_one_of(1, _FILE_SPYING, no_permission)),
        *_when(number["prlimit64"], _one_of(0, (0,), no_permission)),  # only the caller's own limits
    ]


def _ranges(answers: dict[int, int], otherwise: int) -> list[tuple[int, int]]:
    """(first number, answer) of each run of numbers with the same answer, ascending, from 0 on."""
    ranges = [(0, answers.get(0, otherwise))]
    for number in range(1, max(answers) + 2):
        answer = answers.get(number, otherwise)
        if answer != ranges[-1][1]:
            ranges.append((number, answer))
    return ranges


def _search(ranges: list[tuple[int, int]]) -> list[Instruction]:
    """A binary search over the ranges: the kernel runs the program for every call when it is loaded, and a
    list of 400 comparisons makes that ten times as long.
    """
    if len(ranges) == 1:
        return [(_RETURN, 0, 0, ranges[0][1])]
    middle = len(ranges) // 2
    below, above = _search(ranges[:middle]), _search(ranges[middle:])
    return [(_JUMP_AT_LEAST, len(below), 0, ranges[middle][0]), *below, *above]


def _numbers(table: dict[str, tuple[int | None, int | None]], column: int) -> list[int]:
    return sorted(number for numbers in table.values() if (number := numbers[column]) is not None)


def _refusal(code: int) -> int:
    return 0x00050000 | code


def _answer(number: int | None, answer: int) -> list[Instruction]:
    return _when(number, [(_RETURN, 0, 0, answer)])


def _when(number: int | None, body: list[Instruction]) -> list[Instruction]:
    """Run `body` (which must return) if the call has that number; the number stays loaded otherwise."""
    return [] if number is None else [(_JUMP_EQUAL, 0, len(body), number), *body]


def _load_argument(index: int) -> Instruction:
    """The low 32 bits: the kernel reads these arguments as int."""
    return (_LOAD_WORD, 0, 0, _OFFSET_ARGUMENTS + 8 * index)


def _streams_only(no_family: int) -> list[Instruction]:
    """Unix sockets of any kind; of the internet's only streams, which Landlock and the proxy can judge."""
    return [
        _load_argument(0),
        (_JUMP_EQUAL, 7, 0, socket.AF_UNIX),
        (_JUMP_EQUAL, 2, 0, socket.AF_INET),
        (_JUMP_EQUAL, 1, 0, socket.AF_INET6),
        (_RETURN, 0, 0, no_family),
        _load_argument(1),
        (_AND, 0, 0, _KIND_OF_SOCKET),
        (_JUMP_EQUAL, 1, 0, socket.SOCK_STREAM),
        (_RETURN, 0, 0, _refusal(errno.EPROTONOSUPPORT)),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _one_of(index: int, values: Sequence[int], refusal: int) -> list[Instruction]:
    tests = [(_JUMP_EQUAL, len(values) - place, 0, value) for place, value in enumerate(values)]
    return [_load_argument(index), *tests, (_RETURN, 0, 0, refusal), (_RETURN, 0, 0, _ALLOW)]


def _not_one_of(index: int, values: Sequence[int], refusal: int) -> list[Instruction]:
    tests = [(_JUMP_EQUAL, len(values) - place, 0, value) for place, value in enumerate(values)]
    return [_load_argument(index), *tests, (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, refusal)]


def _none_of_bits(index: int, bits: int, refusal: int) -> list[Instruction]:
    return [
        _load_argument(index),
        (_JUMP_ANY_BIT, 0, 1, bits),
        (_RETURN, 0, 0, refusal),
        (_RETURN, 0, 0, _ALLOW),
    ]
