"""Endings are written together, survive an absent database, and are dropped once the lease is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from codex32_server.kit.ids import new_id
from codex32_server.queue.entries import Ended, Ending, Outcome
from codex32_server.queue.errors import QueueUnavailableError
from codex32_server.queue.transitions import Status
from codex32_server.worker import endings as module
from codex32_server.worker.endings import BATCH, Endings


class Recorder:
    """Takes batches; the first `away` calls find no database."""

    def __init__(self, away: int = 0) -> None:
        self.away = away
        self.batches: list[Sequence[Ending]] = []
        self.heard: list[tuple[Ending, Ended | None]] = []
        self.endings = Endings(self, lambda ending, ended: self.heard.append((ending, ended)))
        self.endings.start()

    async def complete(self, endings: Sequence[Ending]) -> list[Ended]:
        if self.away:
            self.away -= 1
            raise QueueUnavailableError("away")
        self.batches.append(endings)
        return [Ended(one.id, one.attempt, Status.SUCCEEDED) for one in endings if one.attempt > 0]


def an_ending(attempt: int = 1) -> Ending:
    return Ending(new_id(), attempt, Outcome.SUCCEEDED, output="1")


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_RETRY", 0.01)


async def test_what_comes_together_is_written_together() -> None:
    recorder = Recorder()
    for _ in range(BATCH + 20):
        recorder.endings.put(an_ending())
    assert await recorder.endings.flush(5)
    assert [len(batch) for batch in recorder.batches] == [BATCH, 20]
    assert len(recorder.heard) == BATCH + 20
    await recorder.endings.stop()


async def test_a_result_is_kept_while_the_database_is_away() -> None:
    recorder = Recorder(away=3)
    recorder.endings.put(an_ending())
    assert not await recorder.endings.flush(0.001)
    assert await recorder.endings.flush(5)
    assert len(recorder.batches) == 1
    await recorder.endings.stop()


async def test_a_refused_ending_is_reported_as_refused() -> None:
    recorder = Recorder()
    refused = an_ending(attempt=0)
    recorder.endings.put(refused)
    assert await recorder.endings.flush(5)
    assert recorder.heard == [(refused, None)]
    await recorder.endings.stop()


async def test_what_was_lost_is_not_written_any_more() -> None:
    recorder = Recorder(away=10_000)
    lost: Any = an_ending()
    recorder.endings.put(lost)
    await asyncio.sleep(0.05)
    recorder.endings.forget(lost)
    assert await recorder.endings.flush(5)
    assert recorder.batches == []
    await recorder.endings.stop()


async def test_one_that_comes_alone_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GATHER", 60.0)
    recorder = Recorder()
    recorder.endings.put(an_ending())
    assert await recorder.endings.flush(5)
    await recorder.endings.stop()


async def test_one_that_follows_another_closely_waits_for_company(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GATHER", 0.05)
    monkeypatch.setattr(module, "BUSY", 60.0)
    recorder = Recorder()
    recorder.endings.put(an_ending())
    assert await recorder.endings.flush(5)
    recorder.endings.put(an_ending())
    await asyncio.sleep(0)
    recorder.endings.put(an_ending())
    assert await recorder.endings.flush(5)
    assert [len(batch) for batch in recorder.batches] == [1, 2]
    await recorder.endings.stop()
