"""A worker that dies while it builds a bot: the next one goes on where the last document ends."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest
from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.builder.facade import NewSession, ScheduleFiles, SessionsFacade
from codex32_server.features.proposals.facade import ProposalsFacade
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.triggers.facade import TriggersFacade
from support.postgres import DatabaseUnderTest
from support.queue import Rows
from support.waiting import until
from support.worker import WorkerProcess, Workshop

pytestmark = [pytest.mark.chaos, pytest.mark.sandbox, pytest.mark.slow]

QUICK: dict[str, Any] = {"worker_lease_seconds": 2, "worker_heartbeat_seconds": 0.5, "worker_slots": 2}
WISH = "every weekday at 9 drop rows without an email from contacts.csv"


async def test_kill_in_the_middle_of_a_session(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    bots = BotsFacade()
    runs = RunsFacade(bots.resolve)
    sessions = SessionsFacade(bots, ScheduleFiles(runs, TriggersFacade(bots, runs)), ProposalsFacade(bots))
    stages = "select stage, status from builder_stages order by number"

    async def tests() -> list[str]:
        return [row["status"] for row in await rows.all(stages) if row["stage"] == "tests"]

    async def status() -> str:
        (row,) = await rows.all("select status from builder_sessions")
        return row["status"]

    async with WorkerProcess(database.worker_url, home, **QUICK) as first:
        async with database.app.transaction(workshop.workspace_id) as tx:
            await sessions.open(tx, workshop.principal, NewSession(text=WISH), "UTC")
        await until(tests, ["running"], worker=first, timeout=90)
        await first.end(signal.SIGKILL)
    async with WorkerProcess(database.worker_url, home, **QUICK) as heir:
        await until(status, "reviewing", worker=heir, timeout=120)
    told = [(row["stage"], row["status"]) for row in await rows.all(stages)]
    assert told == [
        *((stage, "done") for stage in ("requirements", "plan", "code", "checks")),
        ("tests", "lost"),
        ("tests", "done"),
        ("review", "done"),
    ]
    assert await rows.all("select * from bots") == []
