"""A part of the worker that breaks ends the worker: a half of one would hold runs and never end them."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from codex32_server.queue.entries import ClaimedRun, Ended, Ending
from codex32_server.queue.link import Links
from codex32_server.queue.notify import CANCEL, QUEUE, Listener
from codex32_server.queue.statements import Table
from codex32_server.queue.store import Queue
from codex32_server.worker.lane import Terms, WorkLane
from codex32_server.worker.slots import Slots
from codex32_server.worker.worker import Worker
from support.postgres import DatabaseUnderTest
from support.queue import a_run, ending, submitted

TERMS = Terms(uuid4(), lease=30.0, heartbeat=0.05, poll=0.2, drain=0.5)


class Unwritable(Queue[ClaimedRun]):
    """Claims, but every ending breaks a rule of the database."""

    async def complete(self, endings: Any) -> list[Ended]:
        raise psycopg.IntegrityError("no partition for this row")


class Registry:
    """Stands in for `workers`; fails after a few registrations."""

    def __init__(self, good: int) -> None:
        self.good = good

    async def register(self, *_: Any) -> None:
        self.good -= 1
        if self.good < 0:
            raise RuntimeError("a fault of ours")


async def succeed(entry: ClaimedRun, _cancel: asyncio.Event) -> Ending:
    return ending(entry)


async def test_a_broken_writer_of_endings_ends_the_lane(database: DatabaseUnderTest) -> None:
    links = Links(database.worker_url)
    queue = Unwritable(links, Table.RUNS, ClaimedRun)
    lane = WorkLane(Table.RUNS, queue, succeed, Slots(2).lane(), TERMS)
    await submitted(database.app, a_run())
    async with Listener(database.worker_url, [QUEUE]) as listener, asyncio.timeout(10):
        with pytest.raises(psycopg.IntegrityError):
            await lane.serve(listener)
        await lane.drain()
    await links.close()


async def test_a_broken_heartbeat_ends_the_worker(database: DatabaseUnderTest) -> None:
    async def nothing() -> list[WorkLane[Any]]:
        return []

    listener = Listener(database.worker_url, [QUEUE, CANCEL])
    worker = Worker(nothing, listener, Registry(good=3), TERMS, slots=1)  # type: ignore[arg-type]
    async with asyncio.timeout(10):
        with pytest.raises(RuntimeError, match="a fault of ours"):
            await worker.run(asyncio.Event())
