"""Runs over HTTP: status codes, problems, headers, streams, scopes, other workspaces."""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.runs.facade import NewFile, RunsFacade
from codex32_server.kit.ids import new_id
from codex32_server.runtime.contract import LogLine
from sqlalchemy import text
from support.api import Api, Tenant, source

RUNS = RunsFacade(BotsFacade().resolve)


@pytest.fixture
async def bot(api: Api, one: Tenant) -> str:
    answer = await api.call(one.keys["editor"], "POST", "/bots", {"files": {"bot.py": source("hello")}})
    assert answer.status_code == 201, answer.text
    return answer.json()["bot"]["id"]


async def submit(api: Api, tenant: Tenant, body: Any, role: str = "editor", **more: Any) -> Any:
    return await api.call(tenant.keys[role], "POST", "/bots/hello/runs", body, **more)


async def end(api: Api, run_id: str, status: str = "succeeded") -> None:
    async with api.under_test.owner.transaction(None) as tx:
        statement = (
            "update runs set status = :status, attempt = 1, output = '41', started_at = now(),"
            " finished_at = now() where id = :id"
        )
        await tx.execute(text(statement), {"status": status, "id": run_id})


async def test_a_run_is_accepted_and_can_be_looked_at(api: Api, one: Tenant, bot: str) -> None:
    answer = await submit(api, one, {"input": {"n": 3}})
    assert answer.status_code == 202
    run = answer.json()
    assert (run["status"], run["input"], run["bot_id"], run["trigger"]) == (
        "queued",
        {"n": 3},
        bot,
        {"kind": "api", "id": None},
    )
    got = await api.call(one.keys["viewer"], "GET", f"/runs/{run['id']}")
    assert got.json()["id"] == run["id"]
    assert got.json()["created_at"].endswith("Z")
    listed = await api.call(one.keys["viewer"], "GET", "/runs?bot=hello&status=queued&limit=1")
    assert [item["id"] for item in listed.json()["items"]] == [run["id"]]


async def test_waiting_answers_200_with_the_output_or_202_without(api: Api, one: Tenant, bot: str) -> None:
    waiting = asyncio.create_task(submit(api, one, {"input": {}, "wait": 20}))
    run_id: str | None = None
    while run_id is None:
        await asyncio.sleep(0.05)
        items = (await api.call(one.keys["viewer"], "GET", "/runs")).json()["items"]
        run_id = items[0]["id"] if items else None
    await end(api, run_id)
    answer = await waiting
    assert (answer.status_code, answer.json()["output"]) == (200, 41)
    assert (await submit(api, one, {"input": {}, "wait": 0.1})).status_code == 202
    later = await api.call(one.keys["viewer"], "GET", f"/runs/{run_id}?wait=5")
    assert later.json()["status"] == "succeeded"


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        ({"input": {"n": "x"}}, "input_invalid", 422),
        ({"input": {"m": 1}}, "input_invalid", 422),
        ({"input": {}, "environment": "prod"}, "no_published_version", 409),
        ({"input": {}, "priority": 1000}, "invalid_input", 422),
        ({"input": {}, "surprise": 1}, "invalid_input", 422),
        ({"input": {}, "timeout": 1e9}, "submission_invalid", 422),
        ({"input": {}, "files": {"a": str(new_id())}}, "upload_not_found", 404),
        ({"input": {}, "files": {"a": "no-uuid"}}, "invalid_input", 422),
    ],
)
async def test_bad_submissions_are_problems(
    api: Api, one: Tenant, bot: str, body: Any, code: str, status: int
) -> None:
    answer = await submit(api, one, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["next_step"]


async def test_a_field_problem_has_a_path(api: Api, one: Tenant, bot: str) -> None:
    (problem,) = (await submit(api, one, {"input": {"n": "x"}})).json()["errors"]
    assert problem["field"] == "input.n"
    assert "whole number" in problem["detail"]


async def test_idempotency_key_over_http(api: Api, one: Tenant, bot: str) -> None:
    headers = {"Idempotency-Key": "abc"}
    first = await submit(api, one, {"input": {"n": 1}}, headers=headers)
    again = await submit(api, one, {"input": {"n": 1}}, headers=headers)
    other = await submit(api, one, {"input": {"n": 2}}, headers=headers)
    assert first.json()["id"] == again.json()["id"]
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")
    bad = await submit(api, one, {"input": {}}, headers={"Idempotency-Key": "x" * 300})
    assert bad.status_code == 422


async def test_cancel_and_retry(api: Api, one: Tenant, bot: str) -> None:
    run = (await submit(api, one, {"input": {"n": 1}})).json()
    cancelled = await api.call(one.keys["editor"], "POST", f"/runs/{run['id']}/cancel", {"reason": "no"})
    assert (cancelled.json()["status"], cancelled.json()["cancel_reason"]) == ("cancelled", "no")
    again = await api.call(one.keys["editor"], "POST", f"/runs/{run['id']}/retry", {"input": {"n": 2}})
    assert (again.status_code, again.json()["input"], again.json()["retry_of"]) == (202, {"n": 2}, run["id"])
    plain = await api.call(one.keys["editor"], "POST", f"/runs/{run['id']}/retry")
    assert plain.json()["input"] == {"n": 1}
    attempts = await api.call(one.keys["viewer"], "GET", f"/runs/{run['id']}/attempts")
    assert attempts.json() == {"items": [], "next_cursor": None}


async def logs_of(api: Api, one: Tenant, run_id: str, count: int) -> None:
    lines = [LogLine(n, datetime.now(UTC), "stdout", f"line {n}") for n in range(1, count + 1)]
    async with api.database.transaction(one.workspace_id) as tx:
        await RUNS.append_logs(tx, one.workspace_id, UUID(run_id), 1, lines)


async def test_logs_are_paged_and_searched(api: Api, one: Tenant, bot: str) -> None:
    run_id = (await submit(api, one, {"input": {}})).json()["id"]
    await logs_of(api, one, run_id, 25)
    first = (await api.call(one.keys["viewer"], "GET", f"/runs/{run_id}/logs?limit=20")).json()
    assert (len(first["items"]), first["next_cursor"]) == (20, "1:20")
    rest = (await api.call(one.keys["viewer"], "GET", f"/runs/{run_id}/logs?after=1:20")).json()
    assert ([line["line"] for line in rest["items"]], rest["next_cursor"]) == ([21, 22, 23, 24, 25], None)
    found = (await api.call(one.keys["viewer"], "GET", f"/runs/{run_id}/logs?q=LINE%207")).json()
    assert [line["text"] for line in found["items"]] == ["line 7"]
    bad = await api.call(one.keys["viewer"], "GET", f"/runs/{run_id}/logs?after=x")
    assert (bad.status_code, bad.json()["code"]) == (422, "bad_log_position")


async def test_following_over_http_ends_and_goes_on_where_it_stopped(api: Api, one: Tenant, bot: str) -> None:
    run_id = (await submit(api, one, {"input": {}})).json()["id"]
    await logs_of(api, one, run_id, 3)
    await end(api, run_id)
    answer = await api.call(
        one.keys["viewer"], "GET", f"/runs/{run_id}/logs/stream", headers={"Last-Event-ID": "1:1"}
    )
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = [block.split("\n") for block in answer.text.split("\n\n") if block.startswith("event")]
    assert [event[:2] for event in events[:2]] == [["event: line", "id: 1:2"], ["event: line", "id: 1:3"]]
    assert events[-1] == ["event: end", 'data: {"status":"succeeded"}']
    status = await api.call(one.keys["viewer"], "GET", f"/runs/{run_id}/stream")
    assert "event: run" in status.text
    assert 'data: {"status":"succeeded"}' in status.text
    missing = await api.call(one.keys["viewer"], "GET", f"/runs/{new_id()}/logs/stream")
    assert missing.status_code == 404


async def test_upload_run_and_download(api: Api, one: Tenant, bot: str) -> None:
    content = b"name,email\n" * 1000
    made = await api.call(one.keys["editor"], "PUT", "/uploads?name=contacts.csv", content=content)
    assert made.status_code == 201
    assert made.json()["digest"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    run = (await submit(api, one, {"input": {}, "files": {"in.csv": made.json()["id"]}})).json()
    assert run["input_files"] == [{"name": "in.csv", "size": len(content), "digest": made.json()["digest"]}]
    async with api.database.transaction(one.workspace_id) as tx:
        page = NewFile("page ü.html", b"<script>alert(1)</script>", "text/html")
        await RUNS.record_files(tx, one.workspace_id, UUID(run["id"]), 1, [page])
    got = await api.call(one.keys["viewer"], "GET", f"/runs/{run['id']}/files/page%20%C3%BC.html")
    assert got.content == b"<script>alert(1)</script>"
    assert got.headers["content-disposition"] == "attachment; filename*=UTF-8''page%20%C3%BC.html"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    given = await api.call(one.keys["viewer"], "GET", f"/runs/{run['id']}/files/in.csv")
    assert given.content == content
    missing = await api.call(one.keys["viewer"], "GET", f"/runs/{run['id']}/files/..%2F..%2Fetc%2Fpasswd")
    assert missing.status_code == 404


async def test_uploads_have_a_limit_and_plain_names(api: Api, one: Tenant) -> None:
    large = await api.call(
        one.keys["editor"], "PUT", "/uploads?name=a", content=b"x" * (64 * 1024 * 1024 + 1)
    )
    assert large.status_code == 413
    for name in ("..%2Fa", "a%00b", "a%0Ab", ""):
        bad = await api.call(one.keys["editor"], "PUT", f"/uploads?name={name}", content=b"x")
        assert bad.status_code == 422, name


async def test_state_over_http(api: Api, one: Tenant, bot: str) -> None:
    store = RUNS.state_store(api.database, one.workspace_id, UUID(bot), "dev")
    for n in range(3):
        await store.set(f"k{n}", {"n": n})
    first = (await api.call(one.keys["viewer"], "GET", "/bots/hello/state?limit=2")).json()
    assert ([item["key"] for item in first["items"]], first["next_cursor"]) == (["k0", "k1"], "k1")
    rest = (await api.call(one.keys["viewer"], "GET", "/bots/hello/state?cursor=k1&environment=dev")).json()
    assert [(item["key"], item["value"], item["revision"]) for item in rest["items"]] == [("k2", {"n": 2}, 1)]


async def test_a_viewer_may_look_and_not_touch(api: Api, one: Tenant, bot: str) -> None:
    run_id = (await submit(api, one, {"input": {}})).json()["id"]
    assert (await submit(api, one, {"input": {}}, role="viewer")).status_code == 403
    for path in (f"/runs/{run_id}/cancel", f"/runs/{run_id}/retry"):
        assert (await api.call(one.keys["viewer"], "POST", path)).status_code == 403
    assert (await api.call(one.keys["viewer"], "PUT", "/uploads?name=a", content=b"")).status_code == 403
    assert (await api.call(None, "GET", "/runs")).status_code == 401


async def test_another_workspace_finds_nothing(api: Api, one: Tenant, two: Tenant, bot: str) -> None:
    run_id = (await submit(api, one, {"input": {}})).json()["id"]
    key = two.keys["editor"]
    for method, path in [
        ("GET", f"/runs/{run_id}"),
        ("GET", f"/runs/{run_id}/logs"),
        ("GET", f"/runs/{run_id}/attempts"),
        ("GET", f"/runs/{run_id}/stream"),
        ("GET", f"/runs/{run_id}/files/a"),
        ("POST", f"/runs/{run_id}/cancel"),
        ("POST", f"/runs/{run_id}/retry"),
        ("POST", f"/bots/{bot}/runs"),
        ("GET", f"/bots/{bot}/state"),
    ]:
        answer = await api.call(key, method, path, {"input": {}} if path.endswith("/runs") else None)
        assert answer.status_code == 404, path
    assert (await api.call(key, "GET", "/runs")).json()["items"] == []


async def test_hostile_texts_in_the_query_are_harmless(api: Api, one: Tenant, bot: str) -> None:
    for query in ("bot=%00", "trigger=%00", "environment=%00", "bot=%F0%9F%98%80", "cursor=%00", "status=x"):
        answer = await api.call(one.keys["viewer"], "GET", f"/runs?{query}")
        assert answer.status_code in {200, 422}, query
    state = await api.call(one.keys["viewer"], "GET", "/bots/hello/state?environment=%00&cursor=%00")
    assert state.status_code in {200, 404, 409, 422}
    body = json.dumps({"input": {}, "environment": "\0"})
    answer = await api.call(
        one.keys["editor"], "POST", "/bots/hello/runs", None,
        content=body, headers={"Content-Type": "application/json"},
    )  # fmt: skip
    assert answer.status_code in {409, 422}
