"""What a bot could change of the host or leave there, as texts that can be compared; some milliseconds.

Only what belongs to this process, or to nobody, is looked at: other programs of the machine go on meanwhile.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from codex32_server.runtime.sandbox import cgroup, process

_WATCHED = ("/etc/passwd", "/etc/shadow", "/etc/group", "/etc/hosts", "/etc/resolv.conf", "/etc/ld.so.cache")
_KERNEL = (
    "kernel/hostname", "kernel/domainname", "kernel/core_pattern", "kernel/modprobe", "kernel/sysrq",
    "kernel/randomize_va_space", "kernel/yama/ptrace_scope", "kernel/unprivileged_bpf_disabled",
    "user/max_user_namespaces", "vm/overcommit_memory", "vm/swappiness", "fs/suid_dumpable",
    "net/ipv4/ip_forward",
)  # fmt: skip
_PLACES = (
    "/", "/tmp", "/proc", "/sys", "/dev", "/dev/shm", "/etc", "/bot", "/deps", "/input", "/output", "/opt",
    "/usr", "/lib", "/root",
)  # fmt: skip
_HIERARCHIES = cgroup.discover().hierarchies
IPC_KEY = 0x0C0DE32
"""The key under which attacks make System V objects; none may be seen outside."""


def of_host(folders: Sequence[Path]) -> dict[str, str]:
    """Name → content. `folders` are hashed with everything in them (names, sizes, times of change)."""
    return {
        **{name: _stamp(Path(name)) for name in _WATCHED},
        **{name: _text(Path("/proc/sys", name)) for name in _KERNEL},
        **{str(folder): _tree(folder) for folder in folders},
        "mounts": "\n".join(_mounts()),
        "swap": "\n".join(line.split()[0] for line in _text(Path("/proc/swaps")).splitlines()),
        "modules": "\n".join(sorted(line.split()[0] for line in _text(Path("/proc/modules")).splitlines())),
        "ipc": "\n".join(_objects()),
        "clock": "right" if _clock_is_right() else "wrong",
        "processes": " ".join(map(str, sorted(living(os.getpid())))),
        "groups": "\n".join(sorted(map(str, groups()))),
        "descriptors": str(len(list(Path("/proc/self/fd").iterdir()))),
    }


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Name → (before, after) of everything that differs, and of what there is more of than before.

    Less is no trace of an attack: what an earlier test left ends at some time.
    """
    return {name: (before[name], after[name]) for name in before if _differs(name, before[name], after[name])}


def _differs(name: str, before: str, after: str) -> bool:
    if name == "descriptors":
        return int(after) > int(before)
    if name in ("processes", "groups"):
        return bool(set(after.split()) - set(before.split()))
    return before != after


def living(root: int) -> list[int]:
    """Processes below `root`, helpers of the test's own machinery excepted."""
    return [pid for pid in process.descendants(root) if b"resource_tracker" not in _command(pid)]


def groups() -> Iterator[Path]:
    """cgroups of this process's runs. Empty ones of warm starts wait to be used again."""
    for hierarchy in _HIERARCHIES:
        for path in hierarchy.base.glob(f"{process.owner_prefix()}-*"):
            if "-warm" not in path.name or _text(path / "cgroup.procs"):
                yield path


def _mounts() -> Iterator[str]:
    """Those at places that a bot knows; what others mount elsewhere meanwhile is theirs."""
    for line in _text(Path("/proc/self/mountinfo")).splitlines():
        if line.split()[4] in _PLACES:
            yield line


_OFFSET = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)


def _clock_is_right() -> bool:
    """Whether wall clock and uptime still differ by what they did: a set clock would show."""
    return abs(time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) - _OFFSET) < 5


def _objects() -> Iterator[str]:
    for kind in ("shm", "sem", "msg"):
        for line in _text(Path("/proc/sysvipc", kind)).splitlines()[1:]:
            if int(line.split()[0]) == IPC_KEY:
                yield f"{kind} {line}"


def _tree(folder: Path) -> str:
    digest = hashlib.sha256()
    for place, names, files in os.walk(folder):
        names.sort()
        for name in sorted([*names, *files]):
            status = Path(place, name).lstat()
            digest.update(f"{place}/{name} {status.st_mode} {status.st_size} {status.st_ctime_ns}\n".encode())
    return digest.hexdigest()


def _stamp(path: Path) -> str:
    try:
        status = path.stat()
    except OSError:
        return "absent"
    return f"{status.st_ino} {status.st_size} {status.st_mtime_ns} {status.st_mode}"


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return "absent"


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
