"""Everything that a worker process holds or has left on this machine, counted from outside."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections import Counter
from pathlib import Path

from codex32_server.runtime.sandbox import cgroup, process
from codex32_server.storage.homes import Home

_MIB = 1024 * 1024


def of_worker(pid: int, home: Home) -> dict[str, int]:
    """Name → count. Two of an idle worker are equal, whatever it has run in between."""
    return {
        **{f"descriptors: {kind}": count for kind, count in sorted(_descriptors(pid).items())},
        "processes": len(process.descendants(pid)),
        "threads": len(list(Path(f"/proc/{pid}/task").iterdir())),
        "mounts": sum(str(home.path) in line or "/newroot" in line for line in _lines(f"/proc/{pid}/mounts")),
        "cgroups": sum(map(_is_in_use, _groups(pid))),
        "locks": sum(line.split()[4] == str(pid) for line in _lines("/proc/locks") if "->" not in line),
        "folders of runs": len(list(home.runs.iterdir())) if home.runs.is_dir() else 0,
        "sandboxes": _marked(pid),
    }


def _groups(pid: int) -> list[Path]:
    return [path for each in cgroup.discover().hierarchies for path in each.base.glob(f"{pid}-*")]


def _is_in_use(group: Path) -> bool:
    """Empty ones of warm starts wait to be used again: how many depends on how many ran at once."""
    return "-warm" not in group.name or any(_lines(str(group / "cgroup.procs")))


def resident(pid: int) -> float:
    """Memory of a process in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / _MIB


async def settled(pid: int, home: Home, wanted: dict[str, int], patience: float = 15.0) -> dict[str, int]:
    """The traces as soon as they are as wanted, else what they are when patience ends."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        seen = of_worker(pid, home)
        if {**seen, "threads": 0} == {**wanted, "threads": 0}:  # a pool makes them as they are needed
            break
        await asyncio.sleep(0.1)
    return seen


def _descriptors(pid: int) -> Counter[str]:
    kinds: Counter[str] = Counter()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            target = str(link.readlink())
            kinds[target.partition(":")[0] if ":" in target else "file"] += 1
    return kinds


def _marked(pid: int) -> int:
    """bubblewraps of this worker anywhere on the machine, adopted by somebody else or not."""
    mark = f"{process.OWNER_MARK}\0{pid}-".encode()
    return sum(mark in _bytes(path) for path in Path("/proc").glob("[0-9]*/cmdline"))


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
