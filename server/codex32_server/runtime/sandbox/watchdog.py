"""Watches the memory of one run from outside, several times a second.

Where a cgroup exists its hard limit must leave room for what the bot writes to tmpfs (the kernel counts both
together), so the processes' own memory is checked here. Where none exists the memory of the whole process
tree is summed.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from codex32_server.runtime.metering import Usage
from codex32_server.runtime.sandbox import process
from codex32_server.runtime.sandbox.cgroup import Group

INTERVAL = 0.04
"""Seconds between two looks; a bot can be above its limit for that long, never above the hard limit of its
cgroup.
"""

_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")


async def exceeded(group: Group, init: int, limit: int) -> None:
    """Returns once the processes hold more than `limit` bytes; until then it waits for ever."""
    while True:
        await asyncio.sleep(INTERVAL)
        if _used(group, init, limit) > limit:
            return


def _used(group: Group, init: int, limit: int) -> int:
    if not group.limits_memory():
        return tree_memory(init)
    return group.anonymous_memory() if group.memory() > limit else 0


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
    memory = group.anonymous_memory() if group.limits_memory() else sum(map(_private_memory, tree or []))
    return Usage(cpu, memory, processes) if processes else None


def _cpu_seconds(pid: int) -> float:
    """Processor time of a process and the children it has waited for."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, words[11:15])) / _TICKS


def tree_memory(root: int) -> int:
    """Bytes of private memory of a process and all its descendants."""
    return sum(_private_memory(pid) for pid in (root, *process.descendants(root)))


def _private_memory(pid: int) -> int:
    try:
        words = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return (int(words[1]) - int(words[2])) * _PAGE
