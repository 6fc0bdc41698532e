"""Workers hear that the hosts of a workspace changed, and find it out where they did not hear."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast
from uuid import UUID, uuid4

from codex32_server.features.workspaces.facade import WorkspaceChange, WorkspacesFacade
from codex32_server.queue.link import Links
from codex32_server.queue.notify import CANCEL, HOSTS, Listener
from codex32_server.queue.workers import WorkerRegistry
from codex32_server.storage.session import Database
from codex32_server.worker.bounds import Bounds
from codex32_server.worker.lane import Terms
from codex32_server.worker.worker import Worker
from sqlalchemy import text
from support.postgres import DatabaseUnderTest
from support.waiting import until
from support.workspace import Platform, a_platform


class Ways:
    """What the proxy was told."""

    def __init__(self, *workspaces: UUID) -> None:
        self.mine = set(workspaces)
        self.told: list[tuple[UUID, tuple[str, ...]]] = []

    def workspaces(self) -> set[UUID]:
        return self.mine

    async def bound(self, workspace_id: UUID, hosts: Sequence[str]) -> None:
        if (told := (workspace_id, tuple(hosts))) not in self.told:
            self.told.append(told)


async def test_a_change_is_heard(database: DatabaseUnderTest) -> None:
    platform, other = await a_platform(database), await a_platform(database, "other")
    ways = Ways(platform.workspace_id, other.workspace_id)
    async with _served(database, ways, every=600.0):
        await until(_count(ways, 2), wanted=True)
        await _allow(platform, "api.example.com", "*.example.org")
        await until(_count(ways, 3), wanted=True)
    assert set(ways.told[:2]) == {(platform.workspace_id, ()), (other.workspace_id, ())}
    assert ways.told[2] == (platform.workspace_id, ("api.example.com", "*.example.org"))


async def test_a_change_that_nobody_told_of_is_found(database: DatabaseUnderTest) -> None:
    platform = await a_platform(database)
    ways = Ways(platform.workspace_id)
    async with _served(database, ways, every=0.05):
        await until(_count(ways, 1), wanted=True)
        await platform.execute("update workspaces set egress_hosts = '{api.example.com}'")
        await until(_count(ways, 2), wanted=True)
    assert ways.told[1] == (platform.workspace_id, ("api.example.com",))


async def test_nothing_is_asked_while_nobody_has_a_way_out() -> None:
    ways, nobody = Ways(), cast("Any", None)
    await Bounds(nobody, nobody, ways).look()
    assert ways.told == []


async def test_it_goes_on_after_the_database_was_away(database: DatabaseUnderTest) -> None:
    platform = await a_platform(database)
    ways = Ways(platform.workspace_id)

    class Flickering(WorkspacesFacade):
        looks = 0

        async def egress_hosts(self, tx: Any, workspace_id: UUID) -> Sequence[str]:
            self.looks += 1
            if self.looks == 1:
                await tx.execute(text("select pg_terminate_backend(pg_backend_pid())"))
            return await super().egress_hosts(tx, workspace_id)

    hosts = Flickering()
    async with _served(database, ways, every=0.05, hosts=hosts):
        await until(_count(ways, 1), wanted=True)
    assert ways.told == [(platform.workspace_id, ())]
    assert hosts.looks > 1


async def test_what_a_worker_lets_finish_keeps_within_them_too(database: DatabaseUnderTest) -> None:
    platform = await a_platform(database)
    ways, lane, stop = Ways(), Draining(), asyncio.Event()

    async def prepare() -> Sequence[Draining]:
        return [lane]

    links = Links(database.worker_url)
    bounds = Bounds(database.worker, WorkspacesFacade(), ways, every=0.05)
    listener = Listener(database.worker_url, [CANCEL, HOSTS])
    worker = Worker(prepare, listener, WorkerRegistry(links), Terms(uuid4()), slots=1, beside=[bounds])
    running = asyncio.create_task(worker.run(stop))
    async with asyncio.timeout(30):
        await lane.serving.wait()
        stop.set()
        await lane.draining.wait()
        ways.mine = {platform.workspace_id}  # it was claimed before, and was being prepared
        await until(_count(ways, 1), wanted=True)
        await _allow(platform, "api.example.com")
        await until(_count(ways, 2), wanted=True)
        assert worker.state == "draining"
        lane.finished.set()
        await running  # though the way was not given back
    await links.close()
    assert ways.told[1] == (platform.workspace_id, ("api.example.com",))


class Draining:
    """A lane whose work finishes when the test says so."""

    def __init__(self) -> None:
        self.serving, self.draining, self.finished = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def serve(self, listener: Listener) -> None:
        self.serving.set()
        await asyncio.Event().wait()

    async def heartbeat(self) -> None:
        pass

    def cancel(self, entry_id: UUID) -> None:
        pass

    async def drain(self) -> None:
        self.draining.set()
        await self.finished.wait()


@asynccontextmanager
async def _served(
    database: DatabaseUnderTest, ways: Ways, *, every: float, hosts: WorkspacesFacade | None = None
) -> AsyncGenerator[None]:
    opened: Database = database.worker
    bounds = Bounds(opened, hosts or WorkspacesFacade(), ways, every=every)
    async with Listener(database.worker_url, [HOSTS]) as listener:
        serving = asyncio.create_task(bounds.serve(listener))
        try:
            yield
            assert not serving.done()
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


async def _allow(platform: Platform, *hosts: str) -> None:
    async with platform.database.transaction(platform.workspace_id) as tx:
        change = WorkspaceChange(egress_hosts=list(hosts))
        await WorkspacesFacade().change(tx, platform.principal, change)


def _count(ways: Ways, count: int) -> Any:
    async def told() -> bool:
        return len(ways.told) >= count

    return told
