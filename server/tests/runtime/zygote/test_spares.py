"""Children that wait for a run: they are used, they know nothing, and losing one costs no run."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from codex32_server.runtime.contract import MIB, End, Limits
from codex32_server.runtime.errors import UnsafeSourceError
from codex32_server.runtime.sandbox import process
from codex32_server.runtime.zygote import spares as module
from codex32_server.runtime.zygote.child import WarmSandbox
from codex32_server.runtime.zygote.pool import Key, Terms
from codex32_server.runtime.zygote.warm import WarmStarts

from .conftest import soon  # type: ignore[import-not-found]

pytestmark = pytest.mark.sandbox

NO_OP = "def main(): return 1"
WHO = "import os\ndef main(): return os.readlink('/proc/self/ns/pid')"


def waiting(bench: Any) -> list[WarmSandbox]:
    """Those that are ready now."""
    made = [spare.making for spare in bench.warm.spares._table.values()]
    return [one.result() for one in made if one.done() and not one.cancelled() and one.result()]


async def one_waits(bench: Any, source: Any = NO_OP, **changes: Any) -> WarmSandbox:
    """Run once; gives the child that waits for the next run of that form."""
    assert (await bench.run(source, **changes)).end is End.SUCCEEDED
    assert await soon(lambda: any(one.bot() for one in waiting(bench)))
    return waiting(bench)[-1]


def runs(pid: int) -> bool:
    """Whether a process is neither dead nor gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def space_of(sandbox: WarmSandbox) -> str:
    return str(Path(f"/proc/{sandbox._init}/ns/pid").readlink())


@contextmanager
def own_space(sandbox: WarmSandbox) -> Generator[str]:
    """The kernel gives the number of a namespace that ended to the next one: this one is held open."""
    held = os.open(f"/proc/{sandbox._init}/ns/pid", os.O_RDONLY)
    try:
        yield space_of(sandbox)
    finally:
        os.close(held)


async def test_the_next_run_gets_the_child_that_waits_and_leaves_another(warm_bench: Any, ready: Any) -> None:
    await ready()
    first = await one_waits(warm_bench)
    with own_space(first) as space:
        outcome = await warm_bench.run(WHO)
        assert json.loads(outcome.output) == space
        assert await soon(lambda: waiting(warm_bench) not in ([], [first]))
        assert space_of(waiting(warm_bench)[-1]) != space


@pytest.mark.parametrize("whole", [True, False], ids=["init", "bot"])
async def test_one_that_dies_after_the_last_look_costs_its_run_nothing(
    warm_bench: Any, ready: Any, whole: bool
) -> None:
    """It has its run already, and the order was not read: the run starts cold instead, and once."""
    await ready()
    waits = await one_waits(warm_bench)
    victim = waits._init if whole else waits.bot()
    seen: list[bool] = []

    async def murdered() -> None:
        seen.append(waits.given)
        os.kill(victim, signal.SIGKILL)
        assert await soon(lambda: not runs(victim))

    bot = "import os\ndef main(word):\n    print(word)\n    return os.readlink('/proc/self/ns/pid')"
    with own_space(waits) as space:
        outcome = await warm_bench.run(bot, input=b'{"word": "once"}', on_started=murdered)
    assert (outcome.end, seen) == (End.SUCCEEDED, [True]), outcome.error
    assert json.loads(outcome.output) != space
    assert [line.text for line in warm_bench.lines.lines if line.text == "once"] == ["once"]
    numbers = [line.number for line in warm_bench.lines.lines]
    assert numbers == sorted(set(numbers))


async def test_a_bot_that_dies_without_a_word_is_not_started_twice(warm_bench: Any, ready: Any) -> None:
    await ready()
    await one_waits(warm_bench)
    started = warm_bench.warm.started
    outcome = await warm_bench.run("import os\ndef main(): os.kill(os.getpid(), 9)")
    assert (outcome.end, outcome.error.code) == (End.FAILED, "killed_by_signal")
    assert warm_bench.warm.started == started + 1


async def test_it_serves_another_bot_of_the_workspace_as_a_new_one_would(warm_bench: Any, ready: Any) -> None:
    """It has neither code nor name until its run comes, so whose run it was made after does not matter."""
    await ready()
    first = await one_waits(warm_bench, {"bot.py": NO_OP, "other.py": "SECRET = 'of the first'"})
    seen = (
        "import os, sys\ndef main(): return [os.listdir('/bot'), os.listdir('/tmp'), 'other' in sys.modules]"
    )
    outcome = await warm_bench.run(seen, bot_name="another", version="w")
    assert json.loads(outcome.output) == [["bot.py"], [], False]
    assert first.given


async def test_two_that_waited_draw_different_random_numbers(warm_bench: Any, ready: Any) -> None:
    await ready()
    draw = "import random, uuid\ndef main(): return [random.random(), str(uuid.uuid4())]"
    drawn: list[Any] = []
    for _ in range(3):
        await one_waits(warm_bench)
        drawn.append(json.loads((await warm_bench.run(draw)).output))
    for column in zip(*drawn, strict=True):
        assert len(set(column)) == 3


async def test_it_is_not_given_to_other_limits_or_another_workspace(warm_bench: Any, ready: Any) -> None:
    from uuid import UUID

    await ready()
    await ready(workspace=33)
    first = await one_waits(warm_bench)
    for changes in ({"limits": Limits(memory=200 * MIB)}, {"workspace_id": UUID(int=33)}):
        outcome = await warm_bench.run(WHO, **changes)
        assert outcome.end is End.SUCCEEDED
        assert json.loads(outcome.output) != space_of(first)
    assert not first.given


async def test_limits_that_the_worker_keeps_make_no_difference(warm_bench: Any, ready: Any) -> None:
    await ready()
    space = space_of(await one_waits(warm_bench))
    limits = replace(Limits(), timeout=7.0, log=5000, output=2000)
    assert json.loads((await warm_bench.run(WHO, limits=limits)).output) == space


@pytest.mark.parametrize("whom", ["init", "bot"])
async def test_one_that_was_killed_costs_no_run(warm_bench: Any, ready: Any, whom: str) -> None:
    await ready()
    first = await one_waits(warm_bench)
    victim = first._init if whom == "init" else first.bot()
    os.kill(victim, signal.SIGKILL)
    while runs(victim):
        pass  # nobody hears of it before the run comes
    assert (await warm_bench.run(NO_OP)).output == b"1"
    assert not first.given
    assert await soon(lambda: not Path(f"/proc/{first._init}").exists())


async def test_a_fault_of_ours_while_one_is_made_costs_no_run(
    warm_bench: Any, ready: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ready()
    confine = WarmSandbox.confine

    async def broken(sandbox: WarmSandbox, *, rehearse: bool = False) -> None:
        if rehearse:
            raise RuntimeError("a fault of ours")
        await confine(sandbox)

    monkeypatch.setattr(WarmSandbox, "confine", broken)
    for _ in range(3):
        assert (await warm_bench.run(NO_OP)).output == b"1"
    await warm_bench.warm.settle()
    assert not warm_bench.warm._open


async def test_it_is_examined_with_descriptors_of_any_number(warm_bench: Any, ready: Any) -> None:
    """A busy worker has more than the 1,024 that select(2) knows."""
    await ready()
    held = [os.dup(0) for _ in range(1_100)]
    try:
        first = await one_waits(warm_bench)
        assert first._handle > 1_024
        assert (await warm_bench.run(NO_OP)).output == b"1"
        assert first.given
    finally:
        for descriptor in held:
            os.close(descriptor)


async def test_it_ends_with_its_zygote(warm_bench: Any, ready: Any) -> None:
    await ready()
    first = await one_waits(warm_bench)
    (made,) = warm_bench.warm.pool.ready()
    os.kill(made.pid, signal.SIGKILL)
    assert await soon(made.ended.is_set), "a child that waits keeps a zygote's sandbox alive"
    assert not Path(f"/proc/{first._init}").exists()
    assert (await warm_bench.run(NO_OP)).output == b"1"


async def test_a_zygote_that_is_retired_takes_it_along(warm_bench: Any, ready: Any) -> None:
    key = await ready()
    await one_waits(warm_bench)
    (made,) = warm_bench.warm.pool.ready()
    warm_bench.warm.pool.retire(key)
    assert await soon(made.ended.is_set)
    assert len(warm_bench.warm.spares) == 0


async def test_a_run_that_gives_up_takes_the_child_along(
    warm_bench: Any, ready: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancelled while the child is on its way."""
    await ready()
    monkeypatch.setattr(module, "_PAUSE", 0.2)
    await warm_bench.run(NO_OP)
    assert await soon(lambda: len(warm_bench.warm.spares) == 1)
    running = asyncio.create_task(warm_bench.run(NO_OP))
    assert await soon(lambda: len(warm_bench.warm.spares) == 0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await warm_bench.warm.settle()
    assert not warm_bench.warm._open


async def test_a_run_waits_for_one_that_is_on_its_way(
    warm_bench: Any, ready: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ready()
    monkeypatch.setattr(module, "_PAUSE", 0.1)
    await warm_bench.run(NO_OP)
    assert await soon(lambda: len(warm_bench.warm.spares) == 1)
    (coming,) = warm_bench.warm.spares._table.values()
    assert not coming.making.done()
    outcome = await warm_bench.run(WHO)
    assert outcome.end is End.SUCCEEDED
    assert coming.making.result().given


async def test_files_that_cannot_be_given_end_the_child(warm_bench: Any, ready: Any) -> None:
    await ready()
    first = await one_waits(warm_bench)
    with pytest.raises(UnsafeSourceError):
        await warm_bench.run({"bot.py": NO_OP, "../out.py": ""})
    assert first.given
    assert await soon(lambda: not Path(f"/proc/{first._init}").exists())
    assert (await warm_bench.run(NO_OP)).output == b"1"


@pytest.mark.parametrize(
    "restless",
    [
        "import os\ndef work():\n    while os.getpid() == 2: pass\nos.register_at_fork(after_in_child=work)",
        "import os, time\ndef work():\n    if os.getpid() == 2 and os.fork() == 0: time.sleep(60)\n"
        "os.register_at_fork(after_in_child=work)",
    ],
    ids=["burns", "forks"],
)
async def test_one_that_is_not_quiet_ends_and_is_the_last(
    warm_bench: Any, ready: Any, install: Any, monkeypatch: pytest.MonkeyPatch, restless: str
) -> None:
    """A package that does something in each child may do so while a run pays for it, not before."""
    monkeypatch.setattr(module, "_LOOK", 1.0)
    monkeypatch.setattr(module, "_RESTLESS", 0.02)  # on a machine where many want the processors
    deps = install({"restless": restless})
    await ready(deps)
    (made,) = warm_bench.warm.pool.ready()
    await warm_bench.run(NO_OP, dependencies=deps, limits=Limits(timeout=0.3))
    assert await soon(lambda: made in warm_bench.warm.spares._restless, seconds=60.0)
    await warm_bench.warm.settle()
    await warm_bench.run(NO_OP, dependencies=deps, limits=Limits(timeout=0.3))
    assert len(warm_bench.warm.spares) == 0


async def test_there_are_never_more_than_allowed(backend: Any, warm_bench: Any) -> None:
    from codex32_server.runtime.driver import Driver

    warm = WarmStarts(backend.means, Terms(spares=1))
    warm_bench.driver, warm_bench.warm = Driver(backend, work=warm_bench.work, grace=0.5, warm=warm), warm
    try:
        starting = warm.pool.prepare(Key(f"{32:032x}", None, "strict"))
        assert starting
        await starting
        first = await one_waits(warm_bench)
        await warm_bench.run(NO_OP, limits=Limits(memory=200 * MIB))
        assert await soon(lambda: not Path(f"/proc/{first._init}").exists())
        assert len(warm.spares) == 1
    finally:
        await warm.close()
    assert not warm._open


async def test_none_are_made_where_they_are_switched_off(backend: Any, warm_bench: Any) -> None:
    from codex32_server.runtime.driver import Driver

    warm = WarmStarts(backend.means, Terms(spares=0))
    try:
        starting = warm.pool.prepare(Key(f"{32:032x}", None, "strict"))
        assert starting
        await starting
        warm_bench.driver = Driver(backend, work=warm_bench.work, grace=0.5, warm=warm)
        assert (await warm_bench.run(NO_OP)).output == b"1"
        assert len(warm.spares) == 0
    finally:
        await warm.close()


async def test_closing_leaves_nothing_of_them(backend: Any, warm_bench: Any, ready: Any) -> None:
    await ready()
    first = await one_waits(warm_bench)
    await warm_bench.warm.close()
    assert not Path(f"/proc/{first._init}").exists()
    assert not warm_bench.warm._open
    assert first._init not in process.descendants(os.getpid())


async def test_an_end_that_init_tells_is_one_for_daemons_too(warm_bench: Any, ready: Any) -> None:
    """The outcome is there before init itself is gone: but nothing that the bot has started is."""
    await ready()
    await one_waits(warm_bench)
    (spare,) = waiting(warm_bench)
    daemon = """
import os, signal, time
def main():
    for number in (signal.SIGTERM, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
    for _ in range(5):
        if os.fork() == 0:
            os.setsid()
            time.sleep(300)
            os._exit(0)
    open("/output/left", "w").write("x")
    return 1
"""
    async with warm_bench.running(daemon) as outcome:
        assert process.children(spare._init) == []
        assert [file.name for file in outcome.files] == ["left"]
