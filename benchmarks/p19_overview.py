"""P19: the home page with 10,000 bots and 1,000,000 runs of 30 days: overview, runs over time, health.

PostgreSQL makes the rows (`p19_overview.sql`). Hours that are over are summed up as the scheduler does, which
is timed too. Then each question is asked as the API does, on the application's role, one by one.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from _harness import BenchDatabase, percentile, postgres, report, show
from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.overview.facade import Features, OverviewFacade
from codex32_server.features.proposals.facade import ProposalsFacade
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.runs.service.history import RunHistory
from codex32_server.features.services.facade import ServicesFacade
from codex32_server.features.triggers.facade import TriggersFacade
from codex32_server.features.usage.facade import UsageFacade
from codex32_server.http.principal import Principal, granted
from codex32_server.kit.ids import new_id
from codex32_server.main.knowledge import knowledge_of, local_model
from codex32_server.settings.model import Settings
from codex32_server.storage.session import Database, Tx
from sqlalchemy import text

MONTH = timedelta(days=30)
_FILL = Path(__file__).with_suffix(".sql").read_text()
MUST = {"overview": 50.0}
"""Milliseconds; of everything else 100."""


async def main() -> None:
    arguments = _arguments()
    async with postgres() as server:
        database = await server.database()
        workspace = new_id()
        await _add_workspace(database, workspace)
        await fill(database, arguments.bots, arguments.runs, workspace)
        summed = await _sum_up(database, workspace)
        pool = Database(database.url("codex32_app"))
        asked = await _ask(pool, workspace, arguments.repeats)
        await pool.close()
    answer = report(
        "P19",
        [percentile(times, 0.95) / MUST.get(name, 100.0) for name, times in asked.items()],
        unit="of what it must be, p95",
        must=1,
        aim=0.5,
        lower_is_better=True,
        bots=arguments.bots,
        stored_runs=arguments.runs,
        summing_up_seconds=round(summed, 1),
        milliseconds={name: round(percentile(times, 0.95), 1) for name, times in asked.items()},
    )
    rows = [(name, _spread(times)) for name, times in asked.items()]
    show(answer, [*rows, ("summing up 30 days", f"{summed:.1f} s")])


def _spread(times: list[float]) -> str:
    """On a machine that others use the best says what it takes."""
    middle, late = statistics.median(times), percentile(times, 0.95)
    return f"best {min(times):.1f} ms, p50 {middle:.1f} ms, p95 {late:.1f} ms"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bots", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=20)
    return parser.parse_args()


async def _add_workspace(database: BenchDatabase, workspace_id: UUID) -> None:
    async with await psycopg.AsyncConnection.connect(database.owner_url, autocommit=True) as connection:
        adding = "insert into workspaces (id, slug, name) values (%s, 'bench', 'bench')"
        await connection.execute(adding, (workspace_id,))


async def fill(database: BenchDatabase, bots: int, runs: int, workspace_id: UUID) -> None:
    """Bots, runs and all that belongs to them, for a workspace that has none."""
    values = {"ws": workspace_id, "bots": bots, "runs": runs}
    connection = await psycopg.AsyncConnection.connect(database.owner_url, autocommit=True)
    async with connection:
        await connection.execute("set synchronous_commit = off")
        for statement in _FILL.split("\n--\n"):
            await connection.execute(statement.encode(), values if "%(" in statement else None)


async def _sum_up(database: BenchDatabase, workspace_id: UUID) -> float:
    """What the scheduler does the first time: seconds for thirty days."""
    pool, history, more = Database(database.url("codex32_scheduler")), RunHistory(), True
    begun = time.perf_counter()
    while more:
        async with pool.transaction(workspace_id) as tx:
            more = await history.sum_up(tx, workspace_id)
    taken = time.perf_counter() - begun
    await pool.close()
    async with await psycopg.AsyncConnection.connect(database.owner_url, autocommit=True) as connection:
        await connection.execute("vacuum analyze run_rollups")
    return taken


async def _ask(pool: Database, workspace_id: UUID, repeats: int) -> dict[str, list[float]]:
    """Milliseconds of each question, the transaction included."""
    scopes = granted("owner", False, None)
    principal = Principal(workspace_id, new_id(), "bench", "owner", scopes, False, "key", new_id())
    overview, runs = _facades()
    now = datetime.now(UTC)
    async with pool.transaction(workspace_id) as tx:
        rows = await tx.execute(text("select id from bots order by random() limit 100"))
        bots = [row[0] for row in rows]
    series, ws = runs.history.series, workspace_id
    questions: dict[str, Callable[[Tx], Awaitable[Any]]] = {
        "overview": lambda tx: overview.overview(tx, principal),
        "runs by hour, 30 days": lambda tx: series(tx, ws, "hour", now - MONTH, now),
        "runs by day, 30 days": lambda tx: series(tx, ws, "day", now - MONTH, now),
        "runs by minute, an hour": lambda tx: series(tx, ws, "minute", None, now),
        "runs of a bot by hour": lambda tx: series(tx, ws, "hour", now - MONTH, now, str(bots[0])),
        "health of a bot": lambda tx: overview.health(tx, ws, str(bots[0])),
        "activity of 100 bots": lambda tx: overview.activity(tx, ws, bots),
    }
    times: dict[str, list[float]] = {}
    for name, ask in questions.items():
        for number in range(repeats + 2):
            begun = time.perf_counter()
            async with pool.transaction(workspace_id) as tx:
                await ask(tx)
            if number >= 2:  # the first ones make statements and connections
                times.setdefault(name, []).append((time.perf_counter() - begun) * 1000)
    return times


def _facades() -> tuple[OverviewFacade, RunsFacade]:
    bots = BotsFacade()
    runs = RunsFacade(bots.resolve)
    settings = Settings()
    knowledge = knowledge_of(settings.knowledge, local_model(settings.knowledge))
    features = Features(
        *(bots, runs, TriggersFacade(bots, runs), ServicesFacade(runs), ProposalsFacade(bots)),
        *(UsageFacade(), knowledge),
    )
    return OverviewFacade(features), runs


if __name__ == "__main__":
    asyncio.run(main())
