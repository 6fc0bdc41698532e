"""Nothing is left after a run, whatever it did: processes, cgroups, mounts, folders, descriptors."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from codex32_server.runtime.contract import End, Limits
from codex32_server.runtime.sandbox.cgroup import Cgroups

pytestmark = pytest.mark.sandbox

DAEMON = """
import os, signal, time
def main():
    for number in (signal.SIGTERM, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(300)
        os._exit(0)
    return "left a daemon"
"""


async def added(
    bench: Any, before: tuple[set[str], set[str], int, int]
) -> tuple[set[str], set[str], int, int]:
    """What was not there before. What ended meanwhile is of others: this process adopts their orphans."""
    groups, children, descriptors, mounts = await traces(bench)
    return (
        groups - before[0],
        children - before[1],
        max(0, descriptors - before[2]),
        max(0, mounts - before[3]),
    )


NOTHING: tuple[set[str], set[str], int, int] = (set(), set(), 0, 0)


async def traces(bench: Any) -> tuple[set[str], set[str], int, int]:
    """What a run could leave on this machine."""
    if bench.warm is not None:
        await bench.warm.settle()
    groups = _groups_of(os.getpid())
    children = set(_children(os.getpid()))
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    mounts = _mounts(bench.work)
    return groups, children, descriptors, mounts


def _mounts(work: Path) -> int:
    """Those that a sandbox could have made: other tests mount other things at the same time."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return sum(str(work.parent) in line or "newroot" in line or "oldroot" in line for line in lines)


def _groups_of(pid: int) -> set[str]:
    """Walked, not globbed: groups of other processes come and go meanwhile."""
    found: set[str] = set()
    for folder, names, _ in os.walk("/sys/fs/cgroup"):
        if folder.endswith("/codex32"):
            found |= {f"{folder}/{name}" for name in names if name.startswith(f"{pid}-")}
            names.clear()
    return {path for path in found if not _waits_to_be_used_again(path)}


def _waits_to_be_used_again(path: str) -> bool:
    return "-warm" in path and not Path(path, "cgroup.procs").read_text()


def _children(pid: int) -> list[str]:
    """Guardians of other tests' workers excepted: they end when they find nothing more to do."""
    children = [
        word for path in Path(f"/proc/{pid}/task").glob("*/children") for word in path.read_text().split()
    ]
    return [child for child in children if _name(child) != "codex32-guard"]


def _name(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


@pytest.mark.parametrize(
    ("source", "limits", "end"),
    [
        ("def main(): return 1", Limits(), End.SUCCEEDED),
        (DAEMON, Limits(), End.SUCCEEDED),
        ("import os\ndef main():\n    while True: os.fork()", Limits(timeout=1, processes=16), End.FAILED),
        ("def main():\n    x = []\n    while True: x += bytes(9_000_000)", Limits(memory=10**8), End.FAILED),
        ("import time\ndef main(): time.sleep(60)", Limits(timeout=0.2), End.TIMED_OUT),
    ],
    ids=["no-op", "daemon", "forks", "memory", "timeout"],
)  # fmt: skip
async def test_nothing_is_left(bench: Any, source: str, limits: Limits, end: End) -> None:
    await bench.run("def main(): ...")  # starts the threads and opens what stays open
    before = await traces(bench)
    outcome = await bench.run(source, limits=limits)
    assert outcome.end in (end, End.TIMED_OUT)
    assert await added(bench, before) == NOTHING
    assert list(bench.work.iterdir()) == []


async def test_nothing_is_left_when_the_caller_gives_up(bench: Any) -> None:
    await bench.run("def main(): ...")
    before = await traces(bench)
    started = asyncio.Event()

    async def on_started() -> None:
        started.set()

    async def attempt() -> None:
        async with bench.running("import time\ndef main(): time.sleep(60)", on_started):
            pass

    task = asyncio.create_task(attempt())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await added(bench, before) == NOTHING
    assert list(bench.work.iterdir()) == []


@pytest.mark.parametrize("delay", [0.0, 0.005, 0.01, 0.02, 0.03, 0.05])
@pytest.mark.parametrize("with_cgroup", [True, False], ids=["cgroup", "no cgroup"])
async def test_giving_up_at_any_moment_of_the_start(
    bench: Any, backend: Any, delay: float, with_cgroup: bool
) -> None:
    await bench.run("def main(): ...")
    before, groups = await traces(bench), backend._cgroups
    backend._cgroups = groups if with_cgroup else Cgroups([])
    try:
        for _ in range(4):
            task = asyncio.create_task(bench.run("import time\ndef main(): time.sleep(60)"))
            await asyncio.sleep(delay)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
    finally:
        backend._cgroups = groups
    await asyncio.sleep(0.05)  # transports close their pipes in the next round of the loop
    assert await added(bench, before) == NOTHING
    assert list(bench.work.iterdir()) == []


async def test_many_at_once_do_not_mix(bench: Any) -> None:
    async def one(number: int) -> bytes | None:
        source = (
            "import os\ndef main(n):\n    open('/tmp/x', 'w').write(str(n))\n"
            "    return [n, open('/tmp/x').read()]"
        )
        outcome = await bench.run(source, input=b'{"n": %d}' % number)
        return outcome.output

    results = await asyncio.gather(*(one(number) for number in range(12)))
    assert results == [b'[%d,"%d"]' % (number, number) for number in range(12)]


async def test_a_broken_sink_ends_the_run(bench: Any) -> None:
    class Broken:
        async def write(self, lines: Any) -> None:
            raise ConnectionError("the database is gone")

    bench.lines = Broken()
    with pytest.raises(ConnectionError):
        await bench.run("def main():\n    for n in range(100_000): print(n)")
    assert list(bench.work.iterdir()) == []
