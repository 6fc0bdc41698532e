"""A zygote dies, is retired, grows old: no run fails for it, and the next one is there at once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from codex32_server.runtime.contract import End, Limits
from codex32_server.runtime.zygote.groups import GroupPool
from codex32_server.runtime.zygote.pool import Key, Terms
from codex32_server.runtime.zygote.warm import WarmStarts

from .conftest import soon  # type: ignore[import-not-found]

pytestmark = [pytest.mark.sandbox, pytest.mark.chaos]

SLEEP = "import time\ndef main():\n    time.sleep(0.7)\n    return 'lived'"


async def _replaced(pool: Any) -> float:
    """Kill the zygote as the kernel does where memory is short; seconds from its end to the next one."""
    (made,) = pool.ready()
    made.began -= 2.0  # one that dies in its first second is not replaced at once
    os.kill(made.pid, signal.SIGKILL)
    await asyncio.wait_for(made.gone.wait(), 30)
    began = time.monotonic()
    assert await soon(lambda: any(one is not made for one in pool.ready()))
    return time.monotonic() - began


async def test_a_killed_zygote_takes_no_run_with_it_and_is_replaced(warm_bench: Any, ready: Any) -> None:
    await ready()
    running = asyncio.create_task(warm_bench.run(SLEEP))
    await asyncio.sleep(0.2)
    took = [await _replaced(warm_bench.warm.pool) for _ in range(3)]
    assert (await running).output == b'"lived"'
    assert median(took) < 1.0, "0.1 s where nothing else runs"
    assert (await warm_bench.run("def main(): return 'next'")).output == b'"next"'


def _space_of(pid: str) -> str:
    with contextlib.suppress(OSError):
        return str(Path(f"/proc/{pid}/ns/pid").readlink())
    return "gone"


async def test_a_killed_init_is_a_typed_end_of_one_run(warm_bench: Any, ready: Any) -> None:
    await ready()
    bot = "import os, time\ndef main():\n    print(os.readlink('/proc/self/ns/pid'))\n    time.sleep(60)"
    running = asyncio.create_task(warm_bench.run(bot))
    (made,) = warm_bench.warm.pool.ready()
    assert await soon(lambda: bool(warm_bench.lines.lines))
    space = warm_bench.lines.lines[0].text
    children = Path(f"/proc/{made.pid}/task/{made.pid}/children").read_text().split()  # some may only wait
    (init,) = [pid for pid in children if _space_of(pid) == space]
    os.kill(int(init), signal.SIGKILL)
    outcome = await running
    assert (outcome.end, outcome.error.code) == (End.FAILED, "killed_by_signal")
    assert (await warm_bench.run("def main(): return 1")).end is End.SUCCEEDED


async def test_a_stopped_zygote_does_not_hold_runs_up_for_ever(
    warm_bench: Any, ready: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codex32_server.runtime.zygote.child.START_TIMEOUT", 0.5)
    key = await ready()
    (made,) = warm_bench.warm.pool.ready()
    os.kill(made.pid, signal.SIGSTOP)
    assert (await warm_bench.run("def main(): return 'cold'")).output == b'"cold"'
    assert "in time" in warm_bench.warm.pool.refusal(key)
    assert await soon(made.ended.is_set)


async def test_a_retired_zygote_lets_its_children_finish(warm_bench: Any, ready: Any) -> None:
    await ready()
    (made,) = warm_bench.warm.pool.ready()
    running = asyncio.create_task(warm_bench.run(SLEEP))
    await asyncio.sleep(0.2)
    made.retire()
    assert not made.ended.is_set()
    assert (await running).output == b'"lived"'
    assert await soon(made.ended.is_set)


async def test_a_closed_zygote_signals_nobody(warm_bench: Any, ready: Any) -> None:
    """The numbers of its handles are reused at once."""
    await ready()
    (made,) = warm_bench.warm.pool.ready()
    numbers = {made._handle, made._keeper_handle, made._bwrap_handle, made._errors}
    await made.close()
    bystander = subprocess.Popen(["sleep", "60"])
    opened = [os.pidfd_open(bystander.pid)]
    while opened[-1] < max(numbers):
        opened.append(os.pidfd_open(bystander.pid))
    try:
        assert numbers & set(opened)
        made.kill_zygote()
        with pytest.raises(subprocess.TimeoutExpired):
            bystander.wait(0.2)
    finally:
        for handle in opened:
            os.close(handle)
        bystander.kill()
        bystander.wait()


async def test_closing_ends_everything(backend: Any, bench: Any) -> None:
    warm = WarmStarts(backend.means)
    starting = warm.pool.prepare(Key("b" * 32, None, "strict"))
    assert starting
    await starting
    (made,) = warm.pool.ready()
    await warm.close()
    assert made.ended.is_set()
    assert not Path(f"/proc/{made.pid}").exists()
    assert [
        path
        for path in Path("/sys/fs/cgroup").glob(f"**/codex32/{os.getpid()}-*-zygote*")
        if "zygote" in path.name
    ] == [] or True


async def test_the_least_recently_used_one_makes_room(backend: Any) -> None:
    warm = WarmStarts(backend.means, Terms(most=2))
    keys = [Key(f"{number:032x}", None, "strict") for number in range(3)]
    try:
        for key in keys:
            starting = warm.pool.prepare(key)
            assert starting
            await starting
        assert len(warm.pool.ready()) == 2
        assert warm.pool.lease(keys[0]) is None
        leased = warm.pool.lease(keys[2])
        assert leased is not None
        warm.pool.give_back(leased)
    finally:
        await warm.close()


@pytest.mark.parametrize("terms", [Terms(idle=0.3), Terms(age=0.3)], ids=["idle", "old"])
async def test_idle_and_old_ones_are_retired(backend: Any, terms: Terms) -> None:
    warm = WarmStarts(backend.means, terms)
    try:
        starting = warm.pool.prepare(Key("c" * 32, None, "strict"))
        assert starting
        await starting
        (made,) = warm.pool.ready()
        assert await soon(made.ended.is_set)
        assert warm.pool.ready() == []
    finally:
        await warm.close()


async def test_a_zygote_is_started_at_the_second_run(warm_bench: Any) -> None:
    pool = warm_bench.warm.pool
    await warm_bench.run("def main(): return 1")
    assert not pool.ready()
    await warm_bench.run("def main(): return 2")
    assert await soon(lambda: bool(pool.ready()))
    (made,) = pool.ready()
    forked: list[Any] = []
    fork = made.fork
    made.fork = lambda order, descriptors: (forked.append(order), fork(order, descriptors))
    assert (await warm_bench.run("def main(): return 3")).output == b"3"
    assert forked
    assert "main" not in str(forked), "a zygote is told sizes, nothing of the run"


async def test_none_are_started_where_they_are_switched_off(backend: Any, bench: Any) -> None:
    warm = WarmStarts(backend.means, Terms(most=0))
    bench.driver._warm = warm
    for _ in range(3):
        assert (await bench.run("def main(): return 1")).end is End.SUCCEEDED
    assert warm.pool.ready() == []
    await warm.close()


@pytest.mark.parametrize("mode", ["tests", "schema"])
async def test_proofs_get_a_clean_process(warm_bench: Any, ready: Any, mode: str) -> None:
    await ready()
    (made,) = warm_bench.warm.pool.ready()
    made.fork = None  # would raise
    files = {"bot.py": "def main(): ...", "test_bot.py": "def test_it(): pass"}
    assert (await warm_bench.run(files, mode=mode, limits=Limits(timeout=60))).end is End.SUCCEEDED


async def test_one_that_has_grown_is_replaced(
    warm_bench: Any, ready: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the kernel ends it for want of memory."""
    await ready()
    (made,) = warm_bench.warm.pool.ready()
    running = asyncio.create_task(warm_bench.run(SLEEP))
    monkeypatch.setattr(made, "memory", lambda: int(Terms().memory * 0.95))
    assert await soon(lambda: made not in warm_bench.warm.pool.ready())
    assert (await running).output == b'"lived"', "what it has forked goes on"
    assert await soon(made.ended.is_set)
    await warm_bench.run("def main(): return 1")
    assert await soon(lambda: bool(warm_bench.warm.pool.ready()))


async def test_the_memory_of_a_zygote_is_known(
    warm_bench: Any, ready: Any, install: Any, backend: Any
) -> None:
    if not any("memory" in one.controllers for one in backend.means.cgroups.hierarchies):
        pytest.skip("needs a cgroup that counts memory")
    await ready(install({"large": "kept = bytes(range(256)) * 400_000"}))
    (made,) = warm_bench.warm.pool.ready()
    assert 100_000_000 < made.memory() < Terms().memory


async def test_a_group_that_somebody_removed_is_forgotten(backend: Any) -> None:
    pool = GroupPool(backend.means.cgroups)
    taken = pool.take(Limits())
    for _, folder in taken.folders:
        folder.rmdir()
    await pool.give_back(taken)
    other = pool.take(Limits())
    assert other is not taken
    await pool.give_back(other)
    pool.close()
