"""A bot with a budget, from a real worker through its sandbox's door and the real gateway to an upstream."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from codex32_server.features.usage.facade import UsageFacade
from codex32_server.main.derived import access_pepper
from codex32_server.storage.homes import open_home
from support.gateway_server import Served, a_served_gateway
from support.postgres import DatabaseUnderTest
from support.queue import Rows, submitted
from support.waiting import until
from support.worker import WorkerProcess, Workshop

pytestmark = pytest.mark.sandbox

ASKS = """
import os, time
from codex32_bot import llm
def main(stays: bool = False) -> dict:
    told = {"said": llm.ask("hello", model="openai/gpt-4o-mini"), "key": os.environ["OPENAI_API_KEY"]}
    if stays:
        print("asked", flush=True)
        time.sleep(60)
    return told
"""
SPENDS = """
from codex32_bot import llm
def main() -> dict:
    try:
        llm.ask("hello", model="openai/gpt-4o-mini", max_tokens=1000)
    except llm.BudgetExceeded as error:
        return {"refused": error.code}
    return {}
"""


@pytest.fixture
async def served(database: DatabaseUnderTest, home: Path) -> AsyncIterator[Served]:
    pepper = access_pepper(open_home(home).master_key(None))
    async with a_served_gateway(database, pepper=pepper) as served:
        yield served


@pytest.fixture
async def worker(database: DatabaseUnderTest, home: Path, served: Served) -> AsyncIterator[WorkerProcess]:
    gateway = f"http://127.0.0.1:{served.port}"
    async with WorkerProcess(database.worker_url, home, llm_gateway=gateway) as worker:
        yield worker


@pytest.fixture
def shop(served: Served) -> Workshop:
    return Workshop(served.database.app, served.principal.workspace_id, served.principal)


async def test_runs_spend_within_their_budgets_and_their_keys_end_with_them(
    served: Served, worker: WorkerProcess, shop: Workshop, rows: Rows
) -> None:
    await shop.bot("asks", ASKS, 'budget = { per_run = "0.05 USD" }')
    await shop.bot("spends", SPENDS, 'budget = { per_run = "0.0001 USD" }')
    run, poor = shop.run_of("asks"), shop.run_of("spends")
    await submitted(shop.app, run, poor)
    for one in (run, poor):
        await until(lambda one=one: rows.status(one.id), "succeeded", worker=worker, timeout=60)

    assert (await rows.run(poor.id))["output"] == {"refused": "budget_exceeded"}
    assert len(served.upstream.seen) == 1, "what is too dear is never asked"
    output = (await rows.run(run.id))["output"]
    assert output["said"] == "Hello there, friend"
    keys = set(served.heard)
    assert len(keys) == 2, "each run has a key of its own"
    assert output["key"] not in keys, "the bot held the key itself"
    await until(lambda: _reserved(rows), 0)
    (line,) = await rows.all("select * from llm_ledger where status = 'succeeded'")
    assert (line["run_id"], line["bot_id"]) == (run.id, run.bot_id)
    cost = Decimal(12) * Decimal("0.15") / 10**6 + Decimal(7) * Decimal("0.60") / 10**6
    assert line["cost"] == cost
    assert await _spent(shop, run.id) == (cost, 12, 7)
    assert [await _status(served, key) for key in keys] == [401, 401]


async def test_the_key_of_a_cancelled_run_is_dead(
    served: Served, worker: WorkerProcess, shop: Workshop, rows: Rows
) -> None:
    await shop.bot("stays", ASKS, 'budget = { per_run = "0.05 USD" }')
    run = shop.run_of("stays", input='{"stays": true}')
    await submitted(shop.app, run)

    async def asked() -> int:
        return len(served.heard)

    await until(asked, 1, worker=worker, timeout=60)
    key = served.heard[0]
    assert await _status(served, key) == 200
    await shop.cancel(run.id)
    await until(lambda: rows.status(run.id), "cancelled", worker=worker, timeout=60)
    assert await _status(served, key) == 401


async def _reserved(rows: Rows) -> int:
    """Claims that are open; an answer goes out before it is settled."""
    return len(await rows.all("select * from llm_reservations"))


async def _spent(shop: Workshop, run_id: Any) -> tuple[Decimal, int, int]:
    async with shop.app.transaction(shop.workspace_id) as tx:
        spent = (await UsageFacade().spent_of_runs(tx, shop.workspace_id, [run_id]))[run_id]
    return spent.cost, spent.input_tokens, spent.output_tokens


async def _status(served: Served, key: str) -> int:
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {key}"}) as client:
        return (await client.get(f"{served.openai_url}/models")).status_code
