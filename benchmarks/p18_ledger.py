"""P18: the ledger at 10,000,000 rows: how long totals take, by any dimension, and what settling costs.

Rows of 90 days are made by PostgreSQL itself (`p18_ledger.sql`), the sums by hour and day from them, as the
settling statement would have left them. Totals are asked for as the API does, on the application's role, each
several times. Then one process reserves and settles at this size: alone (latency of each round trip) and with
50 at once, under a budget of the workspace and one of a bot.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import psycopg
import uvloop
from _harness import BenchDatabase, percentile, postgres, report, show
from codex32_server.features.usage.facade import MoneyDesk, UsageFacade
from codex32_server.gateway.contract import (
    Attempt,
    AttemptEnd,
    Call,
    Caller,
    Format,
    Prices,
    Spent,
    Target,
    Usage,
)
from codex32_server.gateway.pricing import Rules
from codex32_server.kit.ids import new_id
from codex32_server.storage.session import Database

DAYS = 90
BOTS = 50
AT_ONCE = 50
BOT = UUID("00000000-0000-0000-0001-000000000001")
NO_BOT = UUID(int=1)
"""One that never used a model: the worst that can be asked for."""
TARGET = Target("openai", "openai", "gpt", "", prices=Prices("bench", Rules()))

_PARTS = {
    part.partition("\n")[0]: part.partition("\n")[2]
    for part in Path(__file__).with_suffix(".sql").read_text().split("-- part: ")[1:]
}


async def main() -> None:
    arguments = _arguments()
    async with postgres() as server:
        database = await server.database()
        workspace_id = await _fill(database, arguments.rows)
        pool = Database(database.url("codex32_app"))
        asked = await _ask(pool, workspace_id, arguments.repeats)
        await pool.close()
        settling = await _settle(database, workspace_id, arguments.calls)
    slowest = max(asked, key=lambda name: percentile(asked[name], 0.95))
    answer = report(
        "P18",
        [percentile(times, 0.95) for times in asked.values()],
        unit="ms p95",
        must=100,
        aim=25,
        lower_is_better=True,
        rows=arguments.rows,
        slowest={slowest: round(percentile(asked[slowest], 0.95), 1)},
        settling=settling,
    )
    rows = [
        (f"by {name}", f"{statistics.median(times):.1f} ms, p95 {percentile(times, 0.95):.1f} ms")
        for name, times in asked.items()
    ]
    show(answer, [*rows, *((name, str(value)) for name, value in settling.items())])


async def _fill(database: BenchDatabase, rows: int) -> UUID:
    """A workspace with so many rows over the last 90 days."""
    workspace_id = new_id()
    step = 500_000
    connection = await psycopg.AsyncConnection.connect(database.owner_url, autocommit=True)
    async with connection:
        await connection.execute("set synchronous_commit = off")
        await connection.execute("set work_mem = '512MB'")
        await connection.execute(
            "insert into workspaces (id, slug, name) values (%s, 'bench', 'bench')", (workspace_id,)
        )
        await connection.execute(_PARTS["partitions"].encode())
        for first in range(1, rows + 1, step):
            values = {"ws": workspace_id, "every": DAYS * 86_400 / rows, "first": first}
            await connection.execute(
                _PARTS["ledger"].encode(), {**values, "last": min(first + step - 1, rows)}
            )
        await connection.execute(_PARTS["rollups"].encode())
        await connection.execute(_PARTS["runs"].encode())
        await connection.execute("vacuum analyze llm_rollups, llm_run_totals, llm_ledger")
    return workspace_id


async def _ask(pool: Database, workspace_id: UUID, repeats: int) -> dict[str, list[float]]:
    """Milliseconds of each kind of question, the transaction included."""
    now, facade = datetime.now(UTC), UsageFacade()
    times: dict[str, list[float]] = {}
    for dimension in ("bot", "model", "provider", "person", "key", "run", "alias", "environment", "status"):
        for days in (1, 30, DAYS):
            span = (now - timedelta(days=days, hours=5), now)
            taken = times.setdefault(f"{dimension}, {days} days", [])
            for _ in range(repeats):
                begun = time.perf_counter()
                async with pool.transaction(workspace_id) as tx:
                    found = await facade.totals(tx, workspace_id, span, {}, (dimension,), 100)
                taken.append((time.perf_counter() - begun) * 1000)
                assert found.total.attempts
    for name, days in (("runs of one bot", DAYS), ("runs of one bot", 30), ("runs of no bot", DAYS)):
        bot = NO_BOT if "no" in name.split() else BOT
        taken = times.setdefault(f"{name}, {days} days", [])
        for _ in range(repeats):
            begun = time.perf_counter()
            async with pool.transaction(workspace_id) as tx:
                span = (now - timedelta(days=days), now)
                await facade.totals(tx, workspace_id, span, {"bot": bot}, ("run",), 100)
            taken.append((time.perf_counter() - begun) * 1000)
    return times


async def _settle(database: BenchDatabase, workspace_id: UUID, calls: int) -> dict[str, float]:
    """Reserve and settle at this size, one at a time and 50 at once."""
    connection = await psycopg.AsyncConnection.connect(database.owner_url, autocommit=True)
    async with connection:
        for scope, subject in (("workspace", workspace_id), ("bot", BOT)):
            await connection.execute(
                "insert into budgets (id, workspace_id, scope, subject, period, usd)"
                " values (%s, %s, %s, %s, 'month', 1e9)",
                (new_id(), workspace_id, scope, subject),
            )
    desk = MoneyDesk(database.url("codex32_app"))
    caller = Caller(workspace_id, new_id(), "integration", "bench", bot_id=BOT)
    reserving: list[float] = []
    settling: list[float] = []

    async def call() -> None:
        attempt = Attempt(new_id(), Call(new_id(), caller, Format.CHAT, "fast", {}, stream=False), TARGET, 1)
        end = AttemptEnd(
            Spent(Usage(input=10, output=5), Decimal("0.001"), "bench"), "succeeded", None, 1.0, None
        )
        begun = time.perf_counter()
        held = await desk.reserve(attempt, Decimal("0.01"), 100)
        middle = time.perf_counter()
        await desk.settle(held, end)
        reserving.append((middle - begun) * 1000)
        settling.append((time.perf_counter() - middle) * 1000)

    for _ in range(20):
        await call()
    reserving.clear()
    settling.clear()
    for _ in range(min(calls, 300)):
        await call()
    alone = {
        "reserve_p50_ms": percentile(reserving, 0.5),
        "reserve_p99_ms": percentile(reserving, 0.99),
        "settle_p50_ms": percentile(settling, 0.5),
        "settle_p99_ms": percentile(settling, 0.99),
    }
    turns = asyncio.Semaphore(AT_ONCE)

    async def in_turn() -> None:
        async with turns:
            await call()

    begun = time.perf_counter()
    await asyncio.gather(*(in_turn() for _ in range(calls)))
    rate = calls / (time.perf_counter() - begun)
    await desk.close()
    return {name: round(value, 2) for name, value in {**alone, "calls_per_second_at_50": rate}.items()}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--calls", type=int, default=5_000)
    return parser.parse_args()


if __name__ == "__main__":
    uvloop.run(main())
