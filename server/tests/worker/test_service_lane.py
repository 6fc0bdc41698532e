"""The lane of services with small parts: leases that are lost, a database that is away, a drain."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from codex32_server.features.services.facade import ClaimedReplica, HeldReplica, ReplicaExit
from codex32_server.kit.ids import new_id
from codex32_server.kit.manifest.services import Service
from codex32_server.queue.errors import QueueUnavailableError
from codex32_server.queue.notify import QUEUE, Listener
from codex32_server.worker.lane import Terms
from codex32_server.worker.services.lane import ServiceLane
from codex32_server.worker.services.living import Life
from sqlalchemy.exc import OperationalError
from support.postgres import DatabaseUnderTest

AWAY = OperationalError(
    "select 1", {}, Exception("server closed the connection"), connection_invalidated=True
)


def a_replica(**changes: Any) -> ClaimedReplica:
    ids: Any = {
        name: new_id() for name in ("id", "workspace_id", "service_id", "bot_id", "version_id", "run_id")
    }
    rest: Any = {"environment": "dev", "spec": Service(), "fence": 1, "starts": 1, "slot": 0, "failures": 0}
    return ClaimedReplica(**{**ids, **rest, **changes})


@dataclass
class Replicas:
    """What the database would say."""

    waiting: list[ClaimedReplica] = field(default_factory=list[ClaimedReplica])
    exits: list[tuple[UUID, ReplicaExit]] = field(default_factory=list[tuple[UUID, ReplicaExit]])
    lost: set[UUID] = field(default_factory=set[UUID])
    stop: set[UUID] = field(default_factory=set[UUID])
    away: bool = False

    async def claim(
        self, worker_id: UUID, address: str, limit: int, lease: float
    ) -> Sequence[ClaimedReplica]:
        self._ask()
        taken, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return taken

    async def next_due(self) -> float | None:
        self._ask()
        return None

    async def heartbeat(
        self, held: Sequence[tuple[UUID, int]], probes: Sequence[str], lease: float
    ) -> Sequence[HeldReplica]:
        self._ask()
        return [
            HeldReplica(one, fence, one in self.stop, "why") for one, fence in held if one not in self.lost
        ]

    async def ready(self, held: ClaimedReplica, ready: bool, probes: dict[str, Any]) -> bool:
        self._ask()
        return True

    async def exited(self, held: ClaimedReplica, ended: ReplicaExit) -> bool:
        self._ask()
        self.exits.append((held.id, ended))
        return True

    def _ask(self) -> None:
        if self.away:
            raise AWAY


@dataclass
class Lives:
    """Processes that run until they are told to stop."""

    running: list[Life] = field(default_factory=list[Life])
    killed: int = 0
    deaf: bool = False
    wrong: Exception | None = None

    async def __call__(self, life: Life) -> ReplicaExit:
        if self.wrong is not None:
            raise self.wrong
        self.running.append(life)
        try:
            await (asyncio.Event().wait() if self.deaf else life.stop.wait())
        except asyncio.CancelledError:
            self.killed += 1
            raise
        finally:
            self.running.remove(life)
        return ReplicaExit(life.ended)


@dataclass
class Bench:
    replicas: Replicas
    lives: Lives
    lane: ServiceLane
    serving: asyncio.Task[None]

    async def until(self, look: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not look():
                await asyncio.sleep(0.01)


@pytest.fixture
async def listener(database: DatabaseUnderTest) -> AsyncIterator[Listener]:
    async with Listener(database.worker_url, [QUEUE]) as listener:
        yield listener


@asynccontextmanager
async def serving(
    listener: Listener, *claimed: ClaimedReplica, most: int = 4, **terms: Any
) -> AsyncIterator[Bench]:
    replicas, lives = Replicas(list(claimed)), Lives()
    lane = ServiceLane(
        replicas, Terms(new_id(), **{"poll": 0.02, "drain": 0.5, **terms}), most=most, address="unix:/x"
    )
    lane.live_by(lives)  # type: ignore[arg-type]
    task = asyncio.create_task(lane.serve(listener))
    try:
        yield Bench(replicas, lives, lane, task)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        replicas.away = False
        await lane.drain()


async def test_it_claims_what_it_has_room_for(listener: Listener) -> None:
    async with serving(listener, *(a_replica() for _ in range(3)), most=2) as bench:
        await bench.until(lambda: len(bench.lives.running) == 2)
        assert len(bench.replicas.waiting) == 1
        bench.lives.running[0].tell("enough")
        await bench.until(lambda: not bench.replicas.waiting)
        assert bench.replicas.exits[0][1].kind == "stopped"


async def test_what_is_not_wanted_stops(listener: Listener) -> None:
    replica = a_replica()
    async with serving(listener, replica) as bench:
        await bench.until(lambda: bool(bench.lives.running))
        bench.replicas.stop.add(replica.id)
        bench.lane.cancel(new_id())
        assert not bench.lives.running[0].stop.is_set()
        bench.lane.cancel(replica.id)
        await bench.until(lambda: bool(bench.replicas.exits))
        assert bench.lane.find(replica.id) is None


async def test_what_is_lost_is_killed_and_not_reported(listener: Listener) -> None:
    replica = a_replica()
    async with serving(listener, replica) as bench:
        await bench.until(lambda: bool(bench.lives.running))
        bench.replicas.lost.add(replica.id)
        await bench.lane.heartbeat()
        await bench.until(lambda: bench.lives.killed == 1)
        assert bench.replicas.exits == []
        again = a_replica(id=replica.id, fence=2)
        bench.replicas.lost.clear()
        bench.replicas.waiting.append(again)
        await bench.until(lambda: bool(bench.lives.running))
        assert bench.lane.find(replica.id) is bench.lives.running[0]


async def test_leases_that_cannot_be_renewed_end_the_processes(listener: Listener) -> None:
    async with serving(listener, a_replica(), lease=0.5) as bench:
        await bench.until(lambda: bool(bench.lives.running))
        bench.replicas.away = True
        with pytest.raises(QueueUnavailableError):
            await bench.lane.heartbeat()
        await bench.until(lambda: bench.lives.killed == 1)
        assert not bench.serving.done()


async def test_an_end_is_told_when_the_database_is_back(listener: Listener) -> None:
    async with serving(listener, a_replica()) as bench:
        await bench.until(lambda: bool(bench.lives.running))
        bench.replicas.away = True
        bench.lives.running[0].tell("enough")
        await bench.until(lambda: not bench.lives.running)
        assert bench.replicas.exits == []
        bench.replicas.away = False
        await bench.until(lambda: bool(bench.replicas.exits))


async def test_readiness_is_told_when_the_database_is_back(listener: Listener) -> None:
    async with serving(listener) as bench:
        bench.replicas.away = True
        telling = asyncio.create_task(bench.lane.ready(a_replica(), True, {}))
        await asyncio.sleep(0.05)
        assert not telling.done()
        bench.replicas.away = False
        await asyncio.wait_for(telling, 10)


async def test_a_fault_of_ours_is_a_failure_and_not_the_end_of_the_lane(listener: Listener) -> None:
    async with serving(listener) as bench:
        bench.lives.wrong = ValueError("oh")
        bench.replicas.waiting.append(a_replica())
        await bench.until(lambda: bool(bench.replicas.exits))
        assert bench.replicas.exits[0][1].error == (
            "internal_error",
            "Something went wrong inside the platform (ValueError).",
        )
        assert not bench.serving.done()


async def test_draining_hands_back_and_kills_what_does_not_stop(listener: Listener) -> None:
    async with serving(listener, a_replica(), a_replica()) as bench:
        bench.lives.deaf = True
        await bench.until(lambda: len(bench.lives.running) == 2)
        bench.serving.cancel()
        await bench.lane.drain()
        assert bench.lives.killed == 2
        assert [ended.kind for _, ended in bench.replicas.exits] == ["released", "released"]
