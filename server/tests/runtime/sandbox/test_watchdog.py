"""The watchdog: whose memory is counted, how often shared pages are, and when it speaks up."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest
from codex32_server.runtime.contract import MIB
from codex32_server.runtime.sandbox import watchdog
from codex32_server.runtime.sandbox.cgroup import Group
from hypothesis import given
from hypothesis import strategies as st

HOLDS = """
import mmap, os, sys
own, shared, forks = (int(word) << 20 for word in sys.argv[1:4])
open("/proc/self/comm", "wb").write(os.fsencode(sys.argv[4]))
kept = bytearray(b"x") * own
common = mmap.mmap(-1, shared) if shared else b""
for at in range(0, shared, 4096):
    common[at] = 1
end, alive = os.pipe()
for _ in range(forks >> 20):
    if not os.fork():
        os.close(alive)
        for at in range(0, shared, 4096):
            common[at]
        os.read(end, 1)
        os._exit(0)
print("ready", flush=True)
input()
"""
NO_GROUP = Group()


@contextmanager
def holding(own: int, shared: int = 0, forks: int = 0, name: str = "bot") -> Generator[int]:
    """A process with so many MiB of its own and shared with its forks; its pid."""
    started = subprocess.Popen(
        [sys.executable, "-S", "-c", HOLDS, str(own), str(shared), str(forks), name],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert started.stdout is not None
        assert started.stdout.readline() == b"ready\n"
        yield started.pid
    finally:
        started.kill()
        started.communicate()


class Counted:
    """A group whose numbers a test sets."""

    def __init__(self, memory: int | None, anonymous: int = 0) -> None:
        self.in_use, self.anonymous, self.asked = memory, anonymous, 0

    def memory(self) -> int | None:
        return self.in_use

    def anonymous_memory(self) -> int:
        self.asked += 1
        return self.anonymous


async def speaks(group: object, pid: int, limit: int, room: int = 0, within: float = 20.0) -> bool:
    try:
        await asyncio.wait_for(watchdog.exceeded(cast("Group", group), pid, limit, room), within)
    except TimeoutError:
        return False
    return True


def test_forks_share_what_they_have_not_written() -> None:
    """Five processes with 32 MiB together are not 160 MiB."""
    with holding(32, forks=4) as pid:
        assert watchdog.own_memory(pid) > 32 * MIB
        assert not watchdog.tree_exceeds(pid, 80 * MIB, 0)
        assert watchdog.tree_exceeds(pid, 30 * MIB, 0)


def test_shared_memory_has_room_of_its_own_and_no_more() -> None:
    with holding(1, shared=32, forks=2) as pid:
        assert not watchdog.tree_exceeds(pid, 40 * MIB, 16 * MIB)
        assert watchdog.tree_exceeds(pid, 20 * MIB, 4 * MIB)


def test_a_tree_that_is_gone_holds_nothing() -> None:
    with holding(1) as pid:
        pass
    assert not watchdog.tree_exceeds(pid, 0, 0)
    assert watchdog.own_memory(pid) == 0
    assert watchdog.usage(NO_GROUP, pid) is None or watchdog.usage(NO_GROUP, pid).memory == 0  # type: ignore[union-attr]


def test_who_hides_the_exact_sum_is_believed_the_larger_one(monkeypatch: pytest.MonkeyPatch) -> None:
    keyed = watchdog._keyed
    monkeypatch.setattr(watchdog, "_keyed", lambda path: {} if path.endswith("rollup") else keyed(path))
    with holding(16, forks=4) as pid:
        assert watchdog.tree_exceeds(pid, 60 * MIB, 0)


def test_use_without_a_group_is_that_of_the_tree() -> None:
    with holding(16, forks=3) as pid:
        use = watchdog.usage(NO_GROUP, pid)
    assert use is not None
    assert use.processes == 4
    assert use.memory > 16 * MIB
    assert 0 <= use.cpu_seconds < 30


async def test_it_waits_as_long_as_all_is_well_and_speaks_when_it_is_not() -> None:
    with holding(8) as pid:
        assert not await speaks(NO_GROUP, pid, 256 * MIB, within=4 * watchdog.INTERVAL)
        began = time.monotonic()
        assert await speaks(NO_GROUP, pid, 4 * MIB)
        assert time.monotonic() - began >= watchdog.INTERVAL


async def test_files_in_a_group_do_not_count_as_memory() -> None:
    files = Counted(90 * MIB, anonymous=10 * MIB)
    assert not await speaks(files, os.getpid(), 64 * MIB, within=4 * watchdog.INTERVAL)
    assert files.asked > 0
    quiet = Counted(10 * MIB, anonymous=90 * MIB)
    assert not await speaks(quiet, os.getpid(), 64 * MIB, within=3 * watchdog.INTERVAL)
    assert quiet.asked == 0, "the cheap look is enough"
    assert await speaks(Counted(90 * MIB, anonymous=80 * MIB), os.getpid(), 64 * MIB)


async def test_where_the_group_was_removed_the_tree_is_summed() -> None:
    group = Counted(10 * MIB)
    with holding(16) as pid:
        speaking = asyncio.create_task(speaks(group, pid, 8 * MIB))
        await asyncio.sleep(2 * watchdog.INTERVAL)
        assert not speaking.done()
        group.in_use = None
        assert await speaking


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=1), st.integers(0, 900))
def test_more_room_never_makes_it_too_much(uses: list[tuple[int, int]], limit: int) -> None:
    above = [watchdog._above(uses, limit, room) for room in (0, 10, 10_000)]
    assert above == sorted(above, reverse=True)
    assert above[-1] == (sum(own for own, _ in uses) > limit)


def test_a_bot_cannot_confuse_it_by_the_name_of_its_process(tmp_path: Path) -> None:
    for name in ("x kB", "\udcff kB"):
        with holding(16, name=name) as pid:
            assert watchdog.tree_exceeds(pid, 8 * MIB, 0)
            assert not watchdog.tree_exceeds(pid, 64 * MIB, 0)
            assert watchdog.usage(NO_GROUP, pid) is not None
    assert watchdog._keyed(str(tmp_path / "none")) == {}
