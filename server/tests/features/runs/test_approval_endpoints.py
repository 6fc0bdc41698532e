"""Answering over HTTP: scopes, problems, other workspaces, and what the run then looks like."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.queue.entries import ClaimedRun, Outcome, Wait
from codex32_server.queue.link import Links
from codex32_server.queue.store import run_queue
from support.api import Api, Tenant, source
from support.queue import ending

RUNS = RunsFacade(BotsFacade().resolve)


@pytest.fixture
async def asked(api: Api, one: Tenant) -> AsyncIterator[ClaimedRun]:
    """A run that waits for an answer to `publish`."""
    await api.call(one.keys["editor"], "POST", "/bots", {"files": {"bot.py": source("hello")}})
    await api.call(one.keys["editor"], "POST", "/bots/hello/runs", {"input": {}})
    links = Links(api.under_test.worker_url)
    queue = run_queue(links)
    (run,) = await queue.claim(uuid4(), 1, 60)
    async with api.under_test.worker.transaction(one.workspace_id) as tx:
        await RUNS.durable.ask(tx, run, "publish", "Send?", None)
        await RUNS.durable.store_step(tx, run, "step:a#1", [1])
    await queue.complete([ending(run, Outcome.SUSPENDED, wait=Wait("approval", "publish", "Send?"))])
    yield run
    await links.close()


async def answer(
    api: Api, tenant: Tenant, run: ClaimedRun, body: Any, role: str = "editor", name: str = "publish"
) -> Any:
    return await api.call(tenant.keys[role], "POST", f"/runs/{run.id}/approvals/{name}", body)


async def test_an_answer_is_recorded_with_who_and_when(api: Api, one: Tenant, asked: ClaimedRun) -> None:
    run = (await api.call(one.keys["viewer"], "GET", f"/runs/{asked.id}")).json()
    assert run["status"] == "waiting"
    assert run["waiting_for"] == {
        "kind": "approval",
        "name": "publish",
        "detail": "Send?",
        "until": None,
        "run_id": None,
    }
    open_now = (await api.call(one.keys["viewer"], "GET", "/approvals")).json()
    assert [(one["name"], one["decision"], one["bot_name"]) for one in open_now["items"]] == [
        ("publish", None, "hello")
    ]
    decided = await answer(api, one, asked, {"decision": "approve", "comment": "go"})
    assert decided.status_code == 200, decided.text
    document = decided.json()
    assert (document["decision"], document["comment"], document["decided_by_name"]) == (
        "approve",
        "go",
        "editor",
    )
    assert document["decided_by"]
    assert document["decided_at"].endswith("Z")
    assert (await answer(api, one, asked, {"decision": "approve"})).json() == document
    refused = await answer(api, one, asked, {"decision": "reject"})
    assert (refused.status_code, refused.json()["code"]) == (409, "approval_closed")
    assert (await api.call(one.keys["viewer"], "GET", "/approvals")).json()["items"] == []
    every = await api.call(one.keys["viewer"], "GET", f"/approvals?run={asked.id}")
    assert every.json()["items"] == [document]
    run = (await api.call(one.keys["viewer"], "GET", f"/runs/{asked.id}")).json()
    assert (run["status"], run["waiting_for"]) == ("queued", None)
    attempts = (await api.call(one.keys["viewer"], "GET", f"/runs/{asked.id}/attempts")).json()["items"]
    assert [attempt["outcome"] for attempt in attempts] == ["suspended"]


async def test_who_may_not_answer(api: Api, one: Tenant, two: Tenant, asked: ClaimedRun) -> None:
    assert (await answer(api, one, asked, {"decision": "approve"}, "viewer")).status_code == 403
    assert (await answer(api, two, asked, {"decision": "approve"}, "owner")).status_code == 404
    assert (await api.call(two.keys["owner"], "GET", "/approvals")).json()["items"] == []
    assert (await api.call(two.keys["owner"], "GET", f"/approvals?run={asked.id}")).json()["items"] == []
    assert (await api.call(two.keys["owner"], "GET", f"/runs/{asked.id}/steps")).status_code == 404


@pytest.mark.parametrize(
    ("body", "name", "status", "code"),
    [
        ({"decision": "maybe"}, "publish", 422, "invalid_input"),
        ({}, "publish", 422, "invalid_input"),
        ({"decision": "approve", "comment": "x" * 2001}, "publish", 422, "invalid_input"),
        ({"decision": "approve", "more": 1}, "publish", 422, "invalid_input"),
        ({"decision": "approve"}, "other", 404, "approval_not_found"),
        ({"decision": "approve"}, "x" * 101, 422, "invalid_input"),
        ({"decision": "approve", "comment": "a\u0000b"}, "publish", 422, "invalid_input"),
        ({"decision": "approve"}, "pub%00lish", 422, "invalid_input"),
    ],
)
async def test_other_answers_are_refused(
    api: Api, one: Tenant, asked: ClaimedRun, body: Any, name: str, status: int, code: str
) -> None:
    refused = await answer(api, one, asked, body, name=name)
    assert (refused.status_code, refused.json()["code"]) == (status, code)


async def test_steps_are_shown(api: Api, one: Tenant, asked: ClaimedRun) -> None:
    (step,) = (await api.call(one.keys["viewer"], "GET", f"/runs/{asked.id}/steps")).json()["items"]
    assert (step["key"], step["attempt"], step["value"]) == ("step:a#1", 1, [1])
    assert (await api.call(one.keys["viewer"], "GET", f"/runs/{uuid4()}/steps")).status_code == 404
