"""Log lines arrive in order and in batches; a flood waits, an absent database is waited for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from codex32_server.runtime.contract import LogLine
from codex32_server.worker import logwriter as module
from codex32_server.worker.logwriter import BATCH, MOST_WAITING, LogWriter


def lines(first: int, count: int) -> list[LogLine]:
    now = datetime.now(UTC)
    return [LogLine(number, now, "stdout", f"line {number}") for number in range(first, first + count)]


async def test_everything_is_stored_in_order_in_batches() -> None:
    stored: list[Sequence[LogLine]] = []

    async def store(batch: Sequence[LogLine]) -> None:
        stored.append(batch)

    writer = LogWriter(store)
    for first in range(1, 3 * BATCH, 100):
        await writer.write(lines(first, 100))
    await writer.close()
    assert [line.number for batch in stored for line in batch] == list(range(1, 3 * BATCH + 1))
    assert max(len(batch) for batch in stored) == BATCH


async def test_a_single_line_does_not_wait_for_company() -> None:
    stored: asyncio.Queue[Sequence[LogLine]] = asyncio.Queue()
    writer = LogWriter(stored.put)
    await writer.write(lines(1, 1))
    batch = await asyncio.wait_for(stored.get(), 2)
    assert [line.number for line in batch] == [1]
    await writer.close()


async def test_a_flood_waits_for_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_RETRY", 0.01)
    back = asyncio.Event()
    count = 0

    async def store(batch: Sequence[LogLine]) -> None:
        nonlocal count
        if not back.is_set():
            raise psycopg.OperationalError("away")
        count += len(batch)

    async def flood() -> None:
        for first in range(1, 10 * MOST_WAITING, BATCH):
            await writer.write(lines(first, BATCH))

    writer = LogWriter(store)
    flooding = asyncio.create_task(flood())
    await asyncio.sleep(0.1)
    assert not flooding.done()
    back.set()
    await asyncio.wait_for(flooding, 5)
    await writer.close()
    assert count == 10 * MOST_WAITING


async def test_abandoning_stops_at_once() -> None:
    began, given_up = asyncio.Event(), asyncio.Event()

    async def store(_batch: Sequence[LogLine]) -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()

    writer = LogWriter(store)
    await writer.write(lines(1, 1))
    await asyncio.wait_for(writer.abandon(), 1)
    assert not began.is_set()
    writer = LogWriter(store)
    await writer.write(lines(1, 1))
    await asyncio.wait_for(began.wait(), 2)
    await asyncio.wait_for(writer.abandon(), 1)
    assert given_up.is_set()
    await LogWriter(store).close()


async def test_a_flood_leaves_the_database_as_much_time_as_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LONGEST_REST", 60.0)
    began: list[float] = []

    async def store(_batch: Sequence[LogLine]) -> None:
        began.append(time.monotonic())
        await asyncio.sleep(0.05)

    writer = LogWriter(store)
    await writer.write(lines(1, 2 * BATCH))
    while len(began) < 2:
        await asyncio.sleep(0.005)
    assert began[1] - began[0] >= 0.1
    await writer.close()


async def test_nobody_waits_for_a_rest_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LONGEST_REST", 60.0)
    stored: list[Sequence[LogLine]] = []

    async def store(batch: Sequence[LogLine]) -> None:
        await asyncio.sleep(0.05)
        stored.append(batch)

    monkeypatch.setattr(LogWriter, "_rest", _for_ever(LogWriter._rest))
    writer = LogWriter(store)
    await writer.write(lines(1, 3 * BATCH))
    while not stored:
        await asyncio.sleep(0.005)
    await asyncio.wait_for(writer.close(), 10)
    assert sum(map(len, stored)) == 3 * BATCH


def _for_ever(rest: Any) -> Any:
    async def rests(writer: LogWriter, _seconds: float) -> None:
        await rest(writer, 60.0)

    return rests
