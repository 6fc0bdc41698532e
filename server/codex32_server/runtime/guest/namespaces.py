"""A fork into namespaces of its own, and the set-up that bubblewrap does for a cold start: ids, mounts,
capabilities, seccomp.

Called by a zygote's child only, before anything of a run is known to it. The host looks from outside whether
it was done (`runtime.zygote.checks`). Sources: clone(2), user_namespaces(7), mount(2), capabilities(7).
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from collections.abc import Mapping

# PyDLL keeps the interpreter's lock: the child of a raw clone must not have to take it again.
_LIBC = ctypes.PyDLL(None, use_errno=True)
_PYTHON = ctypes.pythonapi
_ID = b"1000 1000 1"

ALL_NEW = 0x10000000 | 0x20000 | 0x20000000 | 0x40000000 | 0x08000000 | 0x04000000
"""user, mnt, pid, net, ipc, uts; cgroup is `hide_cgroups`"""
_NEW_CGROUP = 0x02000000

_READ_ONLY, _NO_SETUID, _NO_DEVICES, _NO_EXEC, _REMOUNT, _BIND = 1, 2, 4, 8, 32, 4096
_SET_SECCOMP, _FILTER, _DROP_BOUND = 22, 2, 24
_LAST_CAPABILITY = 63
_CAPABILITY_VERSION = 0x20080522
_NUMBERS = {"x86_64": (56, 126), "aarch64": (220, 91)}
_CLONE, _CAPSET = _NUMBERS[os.uname().machine]
_APART = ctypes.c_ulong(ALL_NEW | signal.SIGCHLD)
_CAPABILITIES_OF_THIS, _NONE_OF_THEM = _CAPABILITY_VERSION.to_bytes(4, sys.byteorder) + bytes(4), bytes(24)

# Found here, once: looking for a symbol touches a hundred pages, and each child would copy them.
_syscall, _prctl, _call_mount, _unshare = _LIBC.syscall, _LIBC.prctl, _LIBC.mount, _LIBC.unshare
_before_fork, _after_fork_parent = _PYTHON.PyOS_BeforeFork, _PYTHON.PyOS_AfterFork_Parent
_after_fork_child = _PYTHON.PyOS_AfterFork_Child


def fork_apart() -> int:
    """As os.fork, but the child is the first process of namespaces of its own, with every capability in
    them. The C library's fork handlers do not run; the child forks again for a bot.
    """
    _before_fork()
    pid = _syscall(_CLONE, _APART, 0, 0, 0, 0)
    if pid == 0:
        _after_fork_child()
        return 0
    fault = ctypes.get_errno()
    _after_fork_parent()
    if pid < 0:
        raise OSError(fault, "clone into new namespaces")
    return pid


def map_ids() -> None:
    """The same uid and gid inside as outside, and no other. Needs a dumpable process and its /proc."""
    _write("/proc/self/setgroups", b"deny")
    _write("/proc/self/uid_map", _ID)
    _write("/proc/self/gid_map", _ID)


def mount_proc() -> None:
    """An own /proc. Before `map_ids`: the zygote's is covered."""
    _mount(b"proc", "/proc", b"proc", _NO_SETUID | _NO_DEVICES | _NO_EXEC)


def mount_own(writable: Mapping[str, int]) -> None:
    """An own empty tmpfs of that many bytes at each place."""
    for place, size in writable.items():
        _mount(b"tmpfs", place, b"tmpfs", _NO_SETUID | _NO_DEVICES, b"mode=1777,size=%d" % size)


def mount_given(place: str, size: int) -> int:
    """A tmpfs that is read-only here; the descriptor is of a writable mount of it, for the host to fill."""
    _mount(b"tmpfs", place, b"tmpfs", _NO_SETUID | _NO_DEVICES, b"mode=755,size=%d" % size)
    folder = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    _mount(place.encode(), place, None, _BIND)
    _mount(None, place, None, _REMOUNT | _BIND | _READ_ONLY | _NO_SETUID | _NO_DEVICES)
    return folder


def cover(place: str) -> None:
    """An empty file system that nobody can write to, for good: nothing here may unmount."""
    flags = _READ_ONLY | _NO_SETUID | _NO_DEVICES | _NO_EXEC
    _mount(b"tmpfs", place, b"tmpfs", flags, b"mode=555,size=4096")


def mount_over(source: str, place: str) -> None:
    """Show a file in the place of another; it can be written no more than where it is."""
    _mount(source.encode(), place, None, _BIND)


def hide_cgroups() -> None:
    """A cgroup namespace whose root is where this process is now: nobody's path is seen from inside."""
    if _unshare(_NEW_CGROUP) != 0:
        raise OSError(ctypes.get_errno(), "unshare cgroups")


def drop_capabilities() -> None:
    """All of them, for good: also from the bounding set."""
    for capability in range(_LAST_CAPABILITY):
        if _prctl(_DROP_BOUND, capability, 0, 0, 0) != 0:
            break
    if _syscall(_CAPSET, _CAPABILITIES_OF_THIS, _NONE_OF_THEM) != 0:
        raise OSError(ctypes.get_errno(), "capset")


class Policy:
    """A compiled seccomp program, kept ready."""

    def __init__(self, program: bytes) -> None:
        self._code = ctypes.create_string_buffer(program, len(program))
        self._header = (ctypes.c_uint64 * 2)(len(program) // 8, ctypes.addressof(self._code))

    def take(self) -> None:
        """Put it on this process and all that it will start."""
        if _prctl(_SET_SECCOMP, _FILTER, self._header, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "seccomp")


def _write(path: str, text: bytes) -> None:
    file = os.open(path, os.O_WRONLY)
    os.write(file, text)
    os.close(file)


def _mount(
    source: bytes | None, place: str, kind: bytes | None, flags: int, data: bytes | None = None
) -> None:
    if _call_mount(source, place.encode(), kind, ctypes.c_ulong(flags), data) != 0:
        raise OSError(ctypes.get_errno(), f"mount {place}")
