"""The layers that a process can only put on itself: resource limits, dumpability, Landlock.

All before the first byte of a bot is read. What the host sets up around it (namespaces, cgroup, seccomp) is
in `runtime.sandbox`. Sources: landlock(7), linux/landlock.h, prctl(2).
"""

from __future__ import annotations

import _signal  # pyright: ignore[reportMissingImports]
import ctypes
import os
import resource
import sys

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from typing import Any

_LIBC = ctypes.CDLL(None, use_errno=True)
_syscall, _prctl = _LIBC.syscall, _LIBC.prctl  # found once, and not in each child of a zygote
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_KEYCTL = {"x86_64": 250, "aarch64": 219}
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_RULE_PATH_BENEATH = 1

_READ = 0b1101  # execute, read file, read directory
_WRITE_FILE = 0b10
_ALL_BY_ABI = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}
"""Handled rights of the file system; ABI 5 and later have the same ones."""
_FILE_RIGHTS = 0b111 | 1 << 14 | 1 << 15  # those that make sense for a file and not for a folder
_TCP = 0b11  # bind, connect: no rule allows any port
_SCOPES = 0b11  # abstract unix sockets, signals

_READABLE = ("/opt", "/usr", "/etc", "/lib", "/lib64", "/proc", "/bot", "/deps", "/input", "/run/codex32")
_WRITABLE = ("/tmp", "/output", "/dev/shm")  # noqa: S108 - the sandbox's own, sized tmpfs
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


def limit_resources(processes: int, largest_file: int, data: int) -> None:
    """Per process limits; `processes` counts in this user namespace only, `data` is 0 where a cgroup limits
    memory.
    """
    for kind, value in (
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_FSIZE, largest_file),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 1024),
        (resource.RLIMIT_MEMLOCK, 1 << 16),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_DATA, data or resource.RLIM_INFINITY),
    ):
        resource.setrlimit(kind, (value, value))


def set_dumpable(dumpable: bool) -> None:
    """A process that is not dumpable keeps its memory and descriptors from others of the same uid."""
    _prctl(_PR_SET_DUMPABLE, int(dumpable), 0, 0, 0)


def on_signal(number: int, handler: Any) -> None:
    """As `signal.signal`, without the enumerations that it makes of numbers in each run."""
    _signal.signal(number, handler)  # pyright: ignore[reportUnknownMemberType]


def leave_key_ring() -> None:
    """An empty key ring in place of the worker's, for a process that no filter keeps from asking for keys."""
    _syscall(ctypes.c_long(_KEYCTL.get(os.uname().machine, -1)), 1, None)


def landlock_abi() -> int:
    """The version the kernel offers, 0 for none."""
    return max(0, _syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1))


def landlock(*, tcp: bool = False) -> int:
    """Restrict this process and its children for good; gives the ABI that was used, 0 where the kernel has
    none.

    With `tcp`, ports are left to the network namespace, which holds a loopback and nothing else: Landlock
    could only name ports one by one, and would take a bot's own local servers from it.
    """
    abi = landlock_abi()
    if abi == 0:
        return 0
    _prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    handled = _ALL_BY_ABI[min(abi, 5)]
    ruleset = _create_ruleset(abi, handled, 0 if tcp else _TCP)
    for path in _READABLE:
        _allow(ruleset, path, _READ)
    for path in _WRITABLE:
        _allow(ruleset, path, handled & ~(1 << 15))
    for path in _DEVICES:
        _allow(ruleset, path, (_READ | _WRITE_FILE) & _FILE_RIGHTS & ~1)
    if _syscall(_RESTRICT_SELF, ruleset, 0) != 0:
        raise OSError(ctypes.get_errno(), "landlock_restrict_self")
    os.close(ruleset)
    return abi


def _create_ruleset(abi: int, handled: int, ports: int) -> int:
    words = [handled] + ([ports] if abi >= 4 else []) + ([_SCOPES] if abi >= 6 else [])
    attributes = b"".join(word.to_bytes(8, sys.byteorder) for word in words)
    ruleset = _syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
    return ruleset


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    rule = rights.to_bytes(8, "little") + place.to_bytes(4, "little")
    if _syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0) != 0:
        raise OSError(ctypes.get_errno(), f"landlock_add_rule {path}")
    os.close(place)
