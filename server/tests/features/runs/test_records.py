"""The whole log as a file, a run's trace, and what a bot's latest runs used."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from codex32_server.features.bots.facade import BotNotFoundError
from codex32_server.features.events.facade import EventsFacade, NewEvent
from codex32_server.features.runs.errors import RunNotFoundError
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.runs.records import RunRecords
from codex32_server.features.runs.trace_schemas import SpanView, TraceView
from codex32_server.features.usage.facade import UsageFacade
from codex32_server.kit.ids import new_id
from codex32_server.queue.entries import Outcome
from codex32_server.runtime.contract import EgressRecord, LogLine
from support.api import Api, Tenant, source
from support.durable import Hands
from support.workspace import Platform

SCOPES = frozenset({"runs:read", "usage:read", "events:read"})


async def _run(api: Api, tenant: Tenant, lines: int = 0) -> str:
    """A queued run with a log of two attempts."""
    await api.call(tenant.keys["editor"], "POST", "/bots", json={"files": {"bot.py": source("hello")}})
    made = await api.call(tenant.keys["editor"], "POST", "/bots/hello/runs", json={"input": {}})
    run_id = made.json()["id"]
    for attempt in (1, 2) if lines else ():
        start = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
        written = [
            LogLine(
                number=number,
                at=start + timedelta(milliseconds=number),
                stream="stdout",
                text=f"{attempt}: <b>{number}</b>\x1b[0m",
            )
            for number in range(1, lines + 1)
        ]
        async with api.database.transaction(tenant.workspace_id) as tx:
            runs: RunsFacade = api.app.state.provided[RunsFacade]
            await runs.append_logs(tx, tenant.workspace_id, UUID(run_id), attempt, written)
    return run_id


async def test_the_log_as_text(api: Api, one: Tenant) -> None:
    run_id = await _run(api, one, lines=1200)
    answer = await api.call(one.keys["viewer"], "GET", f"/runs/{run_id}/logs/download")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="run-{run_id}.log"'
    assert "sandbox" in answer.headers["content-security-policy"]
    lines = answer.text.split("\n")
    assert (len(lines), lines[0], lines[-1]) == (2401, "1: <b>1</b>\x1b[0m", "")
    query: dict[str, Any] = {"attempt": 2, "times": True}
    answer = await api.call(one.keys["viewer"], "GET", f"/runs/{run_id}/logs/download", params=query)
    assert answer.text.startswith("2026-11-22T09:00:00.001Z 2: <b>1</b>")
    assert answer.text.count("\n") == 1200


async def test_how_long_a_log_is(api: Api, one: Tenant, two: Tenant) -> None:
    run_id = await _run(api, one, lines=1200)
    answer = await api.call(one.keys["viewer"], "GET", f"/runs/{run_id}/logs/extent")
    parts = [{"attempt": 1, "lines": 1200}, {"attempt": 2, "lines": 1200}]
    assert answer.json() == {"items": parts, "lines": 2400, "next_cursor": None}
    page = await api.call(one.keys["viewer"], "GET", f"/runs/{run_id}/logs?attempt=2&after=2:999&limit=1")
    assert [line["line"] for line in page.json()["items"]] == [1000]
    silent = await _run(api, one)
    assert (await api.call(one.keys["viewer"], "GET", f"/runs/{silent}/logs/extent")).json()["items"] == []
    assert (await api.call(two.keys["owner"], "GET", f"/runs/{run_id}/logs/extent")).status_code == 404


async def test_the_log_as_json_lines_and_of_nothing(api: Api, one: Tenant, two: Tenant) -> None:
    run_id = await _run(api, one, lines=3)
    path = f"/runs/{run_id}/logs/download"
    answer = await api.call(one.keys["viewer"], "GET", path, params={"format": "ndjson"})
    assert answer.headers["content-type"] == "application/x-ndjson"
    found = [json.loads(line) for line in answer.text.splitlines()]
    assert [(line["attempt"], line["line"]) for line in found] == [
        (1, 1),
        (1, 2),
        (1, 3),
        (2, 1),
        (2, 2),
        (2, 3),
    ]
    nothing = await api.call(one.keys["viewer"], "GET", path, params={"attempt": 7})
    assert (nothing.status_code, nothing.text) == (200, "")
    assert (await api.call(two.keys["owner"], "GET", path)).status_code == 404


async def _trace(platform: Platform, run_id: UUID, scopes: frozenset[str] = SCOPES) -> TraceView:
    records = RunRecords(platform.runs, UsageFacade(), EventsFacade())
    async with platform.database.transaction(platform.workspace_id) as tx:
        return await records.trace(tx, platform.workspace_id, run_id, scopes)


def _of(trace: TraceView, kind: str) -> list[SpanView]:
    return [span for span in trace.spans if span.kind == kind]


async def test_a_run_in_line(platform: Platform) -> None:
    run = await platform.submit("hello")
    trace = await _trace(platform, run.id)
    assert [(span.kind, span.status, span.ended_at) for span in trace.spans] == [
        ("run", "queued", None),
        ("queued", "running", None),
    ]
    assert (trace.truncated, trace.left_out) == (False, [])


async def test_steps_a_question_a_call_and_a_host(platform: Platform, hands: Hands) -> None:
    await platform.deploy("other")
    run = await hands.started()
    for key in ("step:fetch#1", "step:clean#1"):
        async with hands.database.transaction(run.workspace_id) as tx:
            await hands.durable.store_step(tx, run, key, 1)
    child = await hands.call(run, "other")
    assert await hands.asked(run) is None
    await hands.decide(run.id, "approve")
    claimed = {one.id: one for one in (await hands.claim(), await hands.claim())}
    again = claimed[run.id]
    begun = datetime.now(UTC)
    record = EgressRecord(begun, "api.example.com", 443, True, "in_manifest", 10, 20, 0.25)
    async with hands.database.transaction(run.workspace_id) as tx:
        await platform.runs.record_egress(tx, run.workspace_id, run.id, again.attempt, [record], 0)
    event = NewEvent(run.workspace_id, "report.made", "/bots/hello", None, datetime.now(UTC), "{}", run.id)
    async with platform.database.transaction(run.workspace_id) as tx:
        await EventsFacade().add(tx, [event])
    await hands.end(again)
    trace = await _trace(platform, run.id)

    assert [(span.name, span.status) for span in _of(trace, "attempt")] == [
        ("attempt 1", "suspended"),
        ("attempt 2", "succeeded"),
    ]
    first, second = _of(trace, "step")
    assert (first.name, first.parent, first.estimated) == ("fetch#1", "attempt:1", True)
    assert second.started_at == first.ended_at
    (question,) = _of(trace, "approval")
    assert (question.name, question.status, question.attributes["by"]) == ("publish", "approved", "Ann")
    (call,) = _of(trace, "call")
    assert (call.name, call.attributes["run_id"]) == ("other", str(child))
    (request,) = _of(trace, "request")
    assert (request.name, request.parent, request.duration_ms) == ("api.example.com:443", "attempt:2", 250)
    assert [span.name for span in _of(trace, "event")] == ["report.made"]
    assert len(_of(trace, "queued")) == 1
    assert [span.offset_ms for span in trace.spans] == sorted(span.offset_ms for span in trace.spans)
    assert len({span.id for span in trace.spans}) == len(trace.spans)
    narrow = await _trace(platform, run.id, frozenset({"runs:read"}))
    assert (narrow.left_out, _of(narrow, "event")) == (["model", "event"], [])


async def test_no_trace_of_another_workspace(api: Api, one: Tenant, two: Tenant) -> None:
    run_id = await _run(api, one)
    assert (await api.call(one.keys["viewer"], "GET", f"/runs/{run_id}/trace")).status_code == 200
    assert (await api.call(two.keys["owner"], "GET", f"/runs/{run_id}/trace")).status_code == 404


async def test_a_trace_of_what_is_not_there(platform: Platform) -> None:
    with pytest.raises(RunNotFoundError):
        await _trace(platform, new_id())


async def test_what_the_latest_runs_of_a_bot_used(platform: Platform, hands: Hands) -> None:
    for _ in range(2):
        run = await hands.started()
        await hands.end(run, Outcome.SUCCEEDED, cpu_seconds=0.5, peak_memory=2**20)
    waiting = await platform.submit("hello")
    records = RunRecords(platform.runs, UsageFacade(), EventsFacade())
    async with platform.database.transaction(platform.workspace_id) as tx:
        found = (await records.use_of_bot(tx, platform.workspace_id, "hello", 2)).items
        with pytest.raises(BotNotFoundError):
            await records.use_of_bot(tx, platform.workspace_id, "nobody", 2)
    assert [(item.status, item.cpu_seconds, item.peak_memory) for item in found] == [
        ("queued", None, None),
        ("succeeded", 0.5, 2**20),
    ]
    assert found[0].run_id == waiting.id
    assert found[1].duration_ms is not None
    assert found[1].cost is None
