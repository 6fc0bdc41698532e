"""Layer 2: what the worker's own process needs: it adopts orphans, and whatever it starts gains no
privileges.

bubblewrap sets `no_new_privs` on itself and so on everything below; here is the check that the kernel knows
it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
from pathlib import Path

from codex32_server.runtime.sandbox.layer import LayerReport

OWNER_MARK = "CODEX32_WORKER"
"""In the arguments of every bubblewrap, followed by the `owner_prefix` of its worker."""

_PR_SET_CHILD_SUBREAPER = 36
_PR_GET_NO_NEW_PRIVS = 39


def become_subreaper() -> None:
    """Orphans of this process's children come to it instead of to pid 1, so that it can reap them.
    Idempotent.
    """
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


_VICTIM = 500
"""Of 1000, added to the share of memory that a process has."""

_STRAYS = ("bwrap", "codex32-guard")
_LAUNCHED: set[int] = set()
"""bubblewraps of this process that are still to be collected by whoever started them."""


def started(pid: int) -> None:
    """Note a bubblewrap that `collect` will reap."""
    _LAUNCHED.add(pid)


def prefer_as_victim(pid: int) -> None:
    """When the machine's memory is short, the kernel ends bots first.

    As root it stays so: an unprivileged process may lower it to what root has set last.
    """
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/oom_score_adj").write_text(str(_VICTIM))


def collect(pid: int) -> tuple[int, float]:
    """Reap an own child that has ended: (exit code, negative for a signal; cpu seconds of its tree)."""
    _, status, usage = os.wait4(pid, 0)
    _LAUNCHED.discard(pid)
    return os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime


def reap(pid: int) -> None:
    """Collect an ended process that became a child of this one; nothing happens if it did not."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def reap_strays() -> None:
    """Collect dead children of killed bubblewraps, and guardians of killed workers, that came to this process
    without having been known.
    """
    for pid in children(os.getpid()):
        with contextlib.suppress(OSError):
            name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(")")
            if name in _STRAYS and rest.split()[0] == "Z" and pid not in _LAUNCHED:
                reap(pid)


def orphans_of(session: int) -> list[int]:
    """Children that came to this process from a killed bubblewrap that led this session; they are told to
    end. One that was being forked in that moment was not yet among its children.
    """
    found: list[int] = []
    for pid in children(os.getpid()):
        with contextlib.suppress(OSError):
            after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            if pid not in _LAUNCHED and int(after_name[3]) == session:
                os.kill(pid, signal.SIGKILL)
                found.append(pid)
    return found


def descendants(root: int) -> list[int]:
    """Every process below `root`, parents first."""
    found: list[int] = []
    waiting = [root]
    while waiting:
        below = children(waiting.pop())
        found += below
        waiting += below
    return found


def children_of_single(pid: int) -> list[int]:
    """As `children`, of a process that has one thread; much quicker."""
    try:
        file = os.open(f"/proc/{pid}/task/{pid}/children", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return []
    try:
        return [int(word) for word in _read_whole(file).split()]
    except OSError:
        return []
    finally:
        os.close(file)


def _read_whole(file: int) -> bytes:
    parts: list[bytes] = []
    while part := os.read(file, 16_384):
        parts.append(part)
    return b"".join(parts)


def children(pid: int) -> list[int]:
    """The direct children of a process."""
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(word) for word in thread.read_text().split()]
    return found


def sweep() -> int:
    """Kill what bubblewrap left of workers that are gone; gives how many.

    `--die-with-parent` takes hold only once the sandbox is set up: a worker that is killed in those
    milliseconds leaves a process that waits for ever.
    """
    swept = 0
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = path.read_bytes().split(b"\0")
            mark = OWNER_MARK.encode()
            if mark in words and owner_is_gone(words[words.index(mark) + 1].decode(errors="replace")):
                os.kill(int(path.parent.name), signal.SIGKILL)
                swept += 1
    return swept


def owner_prefix() -> str:
    """`PID-START` of this process: the beginning of the name of what it would leave if it were killed."""
    pid = os.getpid()
    return f"{pid}-{_started(pid)}"


def owner_is_gone(name: str) -> bool:
    """Whether the process that gave `name` its `owner_prefix` has ended; False for other names."""
    pid, _, rest = name.partition("-")
    started = rest.partition("-")[0]
    return pid.isdigit() and started.isdigit() and _started(int(pid)) != started


def _started(pid: int) -> str:
    """The start time of a process in ticks, which tells it from a later one with its pid; empty if none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""


def explain() -> LayerReport:
    """Whether the kernel has no_new_privs."""
    known = ctypes.CDLL(None).prctl(_PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) >= 0
    if known:
        return LayerReport("no_new_privs", True, "set by bubblewrap on every run")
    return LayerReport("no_new_privs", False, "the kernel has no no_new_privs", "Use Linux 5.15 or later.")
