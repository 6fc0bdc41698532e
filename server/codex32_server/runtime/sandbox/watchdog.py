"""Watches the memory of one run from outside, several times a second.

Where a cgroup exists its hard limit must leave room for what the bot writes to tmpfs (the kernel counts both
together), so the processes' own memory is checked here. Where none exists the memory of the whole process
tree is summed; kinds of memory that no sum would show are then refused by seccomp (`seccomp.UNCOUNTED`).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from pathlib import Path

from codex32_server.runtime.metering import Usage
from codex32_server.runtime.sandbox import process
from codex32_server.runtime.sandbox.cgroup import Group

INTERVAL = 0.04
"""Seconds between two looks; a bot can be above its limit for that long, never above the hard limit of its
cgroup.
"""

_KIB = 1024
_TICKS = os.sysconf("SC_CLK_TCK")


async def exceeded(group: Group, init: int, limit: int, room: int = 0) -> None:
    """Returns once the processes hold more than `limit` bytes; until then it waits for ever.

    Where there is no cgroup, what they share (mappings, mapped files of a tmpfs) may take `room` bytes more.
    """
    while True:
        await asyncio.sleep(INTERVAL)
        in_use = group.memory()
        if in_use is None:  # there is no group, or somebody has removed it
            if tree_exceeds(init, limit, room):
                return
        elif in_use > limit and group.anonymous_memory() > limit:
            return


def tree_exceeds(root: int, limit: int, room: int) -> bool:
    """Whether a process and all its descendants hold too much.

    Forks share pages with their parent. A cheap sum counts those several times; only where it is above the
    limit an exact one follows.
    """
    pids = (root, *process.descendants(root))
    return _above(map(_resident, pids), limit, room) and _above(map(_proportional, pids), limit, room)


def own_memory(pid: int) -> int:
    """Bytes of a process that no file backs, shared with forks or not."""
    return _resident(pid)[0]


def usage(group: Group, init: int) -> Usage | None:
    """What a sandbox uses: its memory now, without files; None when nothing of it is left."""
    tree: list[int] | None = None
    cpu, processes = group.cpu_seconds(), group.processes()
    if cpu is None or processes is None or not group.limits_memory():
        tree = [init, *process.descendants(init)]
    if cpu is None:
        cpu = sum(map(_cpu_seconds, tree or []))
    if processes is None:
        processes = len(tree or [])
    if group.limits_memory():
        memory = group.anonymous_memory()
    else:
        memory = sum(own for own, _ in map(_resident, tree or []))
    return Usage(cpu, memory, processes) if processes else None


def _cpu_seconds(pid: int) -> float:
    """Processor time of a process and the children it has waited for."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, words[11:15])) / _TICKS


def _above(uses: Iterable[tuple[int, int]], limit: int, room: int) -> bool:
    own, shared = (sum(column) for column in zip(*uses, strict=True))
    return own > limit or own + shared > limit + room


def _resident(pid: int) -> tuple[int, int]:
    """Bytes of own and of shared memory, with all that is also somebody else's."""
    kept = _keyed(f"/proc/{pid}/status")
    return kept.get("RssAnon", 0) + kept.get("VmSwap", 0), kept.get("RssShmem", 0)


def _proportional(pid: int) -> tuple[int, int]:
    """The same, each page divided by the number of its users. Who hides from us gets the larger sum."""
    kept = _keyed(f"/proc/{pid}/smaps_rollup")
    if "Pss_Anon" not in kept:
        return _resident(pid)
    return kept["Pss_Anon"] + kept.get("SwapPss", 0), kept.get("Pss_Shmem", 0)


def _keyed(path: str) -> dict[str, int]:
    """Lines of `Name: number kB` in bytes; empty where they cannot be read.

    No other lines: a bot chooses the name of its process, which is among them.
    """
    try:
        lines = Path(path).read_text(errors="replace").splitlines()
    except OSError:
        return {}
    words = [line.split() for line in lines if line.endswith(" kB")]
    return {
        found[0].rstrip(":"): int(found[1]) * _KIB
        for found in words
        if len(found) == 3 and found[1].isdecimal()
    }
