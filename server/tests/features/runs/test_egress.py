"""What runs did on the network: kept once an attempt, shown to those who may read runs, dropped with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.kit.ids import new_id
from codex32_server.runtime.contract import EgressRecord
from support.api import Api, Tenant, source
from support.postgres import DatabaseUnderTest
from support.workspace import Platform

RUNS = RunsFacade(BotsFacade().resolve)
AT = datetime(2026, 5, 1, 12, 0, 0, 250_000, tzinfo=UTC)
ALLOWED = EgressRecord(AT, "api.example.com", 443, True, "in_manifest", 120, 4500, 0.12345)
REFUSED = EgressRecord(AT, "evil.example.com", 80, False, "not_in_manifest", 0, 0, 0.0)


async def record(platform: Platform, run_id: UUID, attempt: int, *records: EgressRecord) -> None:
    async with platform.database.transaction(platform.workspace_id) as tx:
        await platform.runs.record_egress(tx, platform.workspace_id, run_id, attempt, records, 7)


async def test_attempts_follow_each_other_and_repeating_changes_nothing(platform: Platform) -> None:
    run_id = (await platform.submit("hello")).id
    for _ in range(2):
        await record(platform, run_id, 1, REFUSED)
    await record(platform, run_id, 2, ALLOWED, REFUSED)
    async with platform.database.transaction(platform.workspace_id) as tx:
        seen = await platform.runs.egress(tx, platform.workspace_id, run_id)
    assert [(item.attempt, item.host, item.allowed) for item in seen.items] == [
        (1, "evil.example.com", False),
        (2, "api.example.com", True),
        (2, "evil.example.com", False),
    ]
    assert (seen.items[1].at, seen.items[1].seconds, seen.uncounted) == (AT, 0.1235, 14)


async def test_what_stays_up_tells_it_in_parts_and_the_newest_takes_the_place_of_the_oldest(
    platform: Platform, database: DatabaseUnderTest
) -> None:
    run_id = (await platform.submit("hello")).id
    whose = platform.workspace_id, run_id, 1
    for hour, part in enumerate((0, 1, 2, 0, 0)):
        one = replace(ALLOWED, at=AT + timedelta(hours=min(hour, 3)))
        async with database.worker.transaction(platform.workspace_id) as tx:
            await platform.runs.record_egress(tx, *whose, [one], 1, part)
    async with platform.database.transaction(platform.workspace_id) as tx:
        seen = await platform.runs.egress(tx, platform.workspace_id, run_id)
    assert [(item.at - AT).total_seconds() / 3600 for item in seen.items] == [1, 2, 3]
    assert seen.uncounted == 3


async def test_it_goes_with_the_run(platform: Platform) -> None:
    run_id = (await platform.submit("hello")).id
    await record(platform, run_id, 1, ALLOWED)
    async with platform.scheduler.transaction(platform.workspace_id) as tx:
        assert await platform.runs.sweep(tx, platform.workspace_id, []) == 0
    await platform.execute("delete from runs")
    async with platform.scheduler.transaction(platform.workspace_id) as tx:
        assert await platform.runs.sweep(tx, platform.workspace_id, []) == 1


@pytest.fixture
async def run_id(api: Api, one: Tenant) -> str:
    await api.call(one.keys["editor"], "POST", "/bots", {"files": {"bot.py": source("hello")}})
    answer = await api.call(one.keys["editor"], "POST", "/bots/hello/runs", {"input": {}})
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


async def test_over_http(api: Api, one: Tenant, two: Tenant, run_id: str) -> None:
    empty = await api.call(one.keys["viewer"], "GET", f"/runs/{run_id}/egress")
    assert empty.json() == {"items": [], "uncounted": 0, "next_cursor": None}
    async with api.under_test.worker.transaction(one.workspace_id) as tx:
        await RUNS.record_egress(tx, one.workspace_id, UUID(run_id), 1, [ALLOWED], 0)
    shown: Any = (await api.call(one.keys["viewer"], "GET", f"/runs/{run_id}/egress")).json()
    assert shown["items"] == [
        {
            "attempt": 1, "at": "2026-05-01T12:00:00.250000Z", "host": "api.example.com", "port": 443,
            "allowed": True, "reason": "in_manifest", "bytes_sent": 120, "bytes_received": 4500,
            "seconds": 0.1235,
        }
    ]  # fmt: skip
    other = await api.call(two.keys["owner"], "GET", f"/runs/{run_id}/egress")
    missing = await api.call(one.keys["viewer"], "GET", f"/runs/{new_id()}/egress")
    assert (other.status_code, missing.status_code) == (404, 404)
