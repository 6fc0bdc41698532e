"""When a local model is started, kept, stopped and given a rest."""

from __future__ import annotations

import asyncio

import pytest
from codex32_server.gateway.errors import GatewayError, TargetRestsError, UpstreamFailedError
from codex32_server.gateway.local.keeper import Keeper
from codex32_server.gateway.local.process import Place


class Model:
    def __init__(self) -> None:
        self.place = Place("http://127.0.0.1:9/v1", "key")
        self.alive = True
        self.stopped = False

    async def stop(self) -> None:
        self.alive = False
        self.stopped = True


class Bench:
    """A keeper whose models, time and naps are ours."""

    def __init__(self) -> None:
        self.models: list[Model] = []
        self.failures = 0
        self.now = 1_000.0
        self.nap = asyncio.Event()
        self.keeper = Keeper(self.start, idle_seconds=9, clock=lambda: self.now, sleep=self.sleep)

    async def start(self) -> Model:
        await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            raise UpstreamFailedError("It did not start.")
        self.models.append(Model())
        return self.models[-1]

    async def sleep(self, seconds: float) -> None:
        assert seconds == 9
        await self.nap.wait()

    async def use(self) -> Place:
        async with self.keeper.used() as place:
            return place

    async def settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)


async def test_it_is_started_with_its_first_use_and_once() -> None:
    bench = Bench()
    assert bench.models == []
    places = await asyncio.gather(*(bench.use() for _ in range(5)))
    assert len(bench.models) == 1
    assert set(places) == {bench.models[0].place}
    await bench.keeper.close()
    assert bench.models[0].stopped


async def test_it_is_stopped_when_nobody_used_it_for_a_while() -> None:
    bench = Bench()
    await bench.use()
    bench.nap.set()
    await bench.settle()
    assert bench.models[0].stopped
    await bench.use()
    assert len(bench.models) == 2
    await bench.keeper.close()


async def test_it_is_not_stopped_while_it_is_used() -> None:
    bench = Bench()
    await bench.use()
    async with bench.keeper.used():
        bench.nap.set()
        await bench.settle()
        assert not bench.models[0].stopped
    await bench.keeper.close()


async def test_after_a_crash_it_is_started_anew_at_once() -> None:
    bench = Bench()
    await bench.use()
    bench.models[0].alive = False
    await bench.use()
    assert len(bench.models) == 2
    await bench.keeper.close()


async def test_after_several_it_rests_longer_and_longer() -> None:
    bench = Bench()
    rests: list[float] = []
    await bench.use()
    bench.models[-1].alive = False
    await bench.use()
    for _ in range(8):
        bench.models[-1].alive = False
        with pytest.raises(TargetRestsError) as caught:
            await bench.use()
        rests.append(caught.value.retry_after or 0.0)
        bench.now += rests[-1]
        await bench.use()
    assert rests[:4] == [1, 2, 4, 8]
    assert max(rests) == 60
    await bench.keeper.close()


async def test_who_ran_long_is_not_blamed() -> None:
    bench = Bench()
    for _ in range(6):
        await bench.use()
        bench.now += 61
        bench.models[-1].alive = False
    await bench.use()
    assert len(bench.models) == 7
    await bench.keeper.close()


async def test_a_failed_start_is_told_and_tried_again_later() -> None:
    bench = Bench()
    bench.failures = 2
    for _ in range(2):
        with pytest.raises(UpstreamFailedError):
            await bench.use()
    with pytest.raises(TargetRestsError):
        await bench.use()
    bench.now += 1
    assert await bench.use() is bench.models[0].place
    await bench.keeper.close()


async def test_errors_of_users_are_theirs() -> None:
    bench = Bench()
    with pytest.raises(GatewayError, match="mine"):
        async with bench.keeper.used():
            raise GatewayError("mine")
    assert bench.models[0].alive
    await bench.keeper.close()


async def test_closing_what_never_ran() -> None:
    bench = Bench()
    await bench.keeper.close()
    assert bench.models == []
