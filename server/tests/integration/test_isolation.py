"""Two workspaces, the application's own filters switched off: row-level security alone lets nothing cross."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from codex32_server.api.openapi import Operation, operations
from codex32_server.features.bots.repository import listing as bot_queries
from codex32_server.features.bots.schemas import BotFilter
from codex32_server.http.edge import PUBLIC
from codex32_server.storage.tenancy import switch_filters_for_test
from sqlalchemy import text
from support.api import Api, Tenant, source, with_tests

MARK = "only-of-one"
"""A word in everything that belongs to the first workspace."""
_PARAMETER = re.compile(r"\{([^}]+)\}")
_HARMLESS = {"create_workspace", "list_workspaces"}
"""Operations of administrators, who see the list of workspaces by design."""


@pytest.fixture
def unfiltered() -> Iterator[None]:
    switch_filters_for_test(False)
    bot_queries.forget_statements()
    yield
    switch_filters_for_test(True)
    bot_queries.forget_statements()


async def _fill(api: Api, one: Tenant) -> dict[str, list[str]]:
    """Something of every kind in the first workspace: parameter name → values that name it."""
    key = one.keys["administrator"]
    await api.call(key, "PATCH", "/workspace", json={"name": f"{MARK} workspace"})
    made = (await api.call(key, "POST", "/bots", json={"files": {"bot.py": source(MARK)}})).json()
    proven = (await api.call(key, "POST", "/bots", json={"files": with_tests(f"{MARK}-proven")})).json()
    await api.prove(one, proven["version"]["id"])
    run = (await api.call(key, "POST", f"/bots/{MARK}/runs", json={"input": {"n": 7}})).json()
    upload = await api.call(
        key,
        "PUT",
        "/uploads",
        content=b"secret",
        params={"name": f"{MARK}.txt"},
        headers={"content-type": "application/octet-stream"},
    )
    schedule = await api.call(
        key, "POST", "/schedules", json={"bot": MARK, "cron": "0 9 * * *", "timezone": "UTC", "name": MARK}
    )
    hook = await api.call(key, "POST", "/webhooks", json={"bot": MARK, "name": MARK, "auth": "none"})
    assert hook.status_code == 201, hook.text
    webhook = hook.json()["webhook"]
    delivered = await api.http.post(webhook["url"], json={"n": 1})
    assert delivered.status_code == 202, delivered.text
    made_key = (await api.call(key, "POST", "/keys", json={"name": MARK, "role": "viewer"})).json()
    member = (await api.call(key, "POST", "/members", json={"name": MARK, "role": "viewer"})).json()
    assert run["status"] == "queued", run
    assert upload.status_code == 201, upload.text
    assert schedule.status_code == 201, schedule.text
    version = made["version"]
    return {
        "bot": [made["bot"]["id"], MARK, proven["bot"]["id"]],
        "name": [MARK],
        "version": [version["id"], "1", version["digest"]],
        "path": ["bot.py"],
        "run_id": [run["id"]],
        "run": [run["id"]],
        "key_id": [made_key["id"]],
        "member_id": [member["id"], str(one.owner_id)],
        "schedule_id": [schedule.json()["id"]],
        "webhook_id": [webhook["id"]],
        "upload_id": [upload.json()["id"]],
    }


def _paths(operation: Operation, known: dict[str, list[str]]) -> Iterator[str]:
    """The operation's path with every combination of the other workspace's names."""
    names = _PARAMETER.findall(operation.path)
    for values in itertools.product(*(known.get(name, [MARK]) for name in names)):
        path = operation.path
        for name, value in zip(names, values, strict=True):
            path = path.replace(f"{{{name}}}", value)
        yield path


def _bodies(operation: Operation, known: dict[str, list[str]]) -> list[Any]:
    """Bodies that name what belongs to the other workspace, where the operation takes any."""
    bodies: dict[str, Any] = {
        "submit_run": {"input": {}},
        "promote_bot": {"version": known["version"][0], "to": "prod"},
        "rollback_bot": {"environment": "dev"},
        "create_version": {"files": {"bot.py": source(MARK, "return 2")}},
        "create_schedule": {"bot": known["bot"][0], "cron": "0 9 * * *", "timezone": "UTC"},
        "create_webhook": {"bot": known["bot"][0]},
        "update_webhook": {"name": "taken-over", "paused": True},
        "create_key": {"name": "k", "role": "viewer", "member_id": known["member_id"][0]},
        "create_sign_in_link": {"member_id": known["member_id"][0]},
        "change_member": {"name": "taken over"},
        "change_schedule": {"name": "taken-over"},
    }
    return [bodies.get(operation.name, {})]


async def _snapshot(api: Api, one: Tenant) -> dict[str, Any]:
    """Every row of the first workspace, as the superuser sees it; moments of use aside."""
    tables = text(
        "select c.relname from pg_class c"
        " join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'"
        " where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and not c.relispartition"
    )
    seen: dict[str, Any] = {}
    async with api.under_test.owner.transaction(None) as tx:
        for table in (await tx.execute(tables)).scalars().all():
            row = "(to_jsonb(t) - 'last_used_at')::text"
            query = f"select {row} from {table} t where workspace_id = :w order by 1"
            rows = await tx.execute(text(query), {"w": one.workspace_id})
            seen[table] = rows.scalars().all()
    return seen


@pytest.mark.usefixtures("unfiltered")
async def test_nothing_crosses(api: Api, one: Tenant, two: Tenant) -> None:
    known = await _fill(api, one)
    before = await _snapshot(api, one)
    asked = 0
    for operation in operations(api.app):
        if operation.scope == PUBLIC or operation.name in _HARMLESS or operation.path.endswith("/stream"):
            continue
        for path in _paths(operation, known):
            for body in _bodies(operation, known):
                json = body if operation.method in ("post", "put", "patch") else None
                answer = await api.call(two.keys["owner"], operation.method, path, json=json)
                _says_nothing(operation, answer.status_code, answer.text, path, known)
                asked += 1
    assert asked > 60
    assert await _snapshot(api, one) == before


def _says_nothing(
    operation: Operation, status: int, text_: str, path: str, known: dict[str, list[str]]
) -> None:
    """No success on a thing of the other workspace, and no word of it but what the question held."""
    shown = f"{operation.name} {path}: {status} {text_[:300]}"
    assert status < 500, shown
    if "{" in operation.path and operation.name != "deploy_bot":
        assert status in (404, 422, 409, 403), shown
    asked_for = [value for values in known.values() for value in values]
    left = text_
    for value in asked_for:
        left = left.replace(value, "")
    if status < 300:
        assert MARK not in text_, shown
        assert not any(value in text_ for value in asked_for if len(value) > 20), shown
    assert "only-of-one" not in left, shown


async def test_the_same_name_in_both(api: Api, one: Tenant, two: Tenant) -> None:
    """Names are a workspace's own."""
    for tenant, key in ((one, "owner"), (two, "owner")):
        made = await api.call(tenant.keys[key], "POST", "/bots", json={"files": {"bot.py": source("same")}})
        assert made.status_code == 201, made.text
    listed = (await api.call(two.keys["viewer"], "GET", "/bots")).json()["items"]
    assert [bot["name"] for bot in listed] == ["same"]


@pytest.mark.usefixtures("unfiltered")
async def test_the_switch_really_switches_the_filters_off(api: Api, one: Tenant, two: Tenant) -> None:
    """Without row-level security (the superuser) the unfiltered query of one workspace shows the other's."""
    await api.call(one.keys["owner"], "POST", "/bots", json={"files": {"bot.py": source(MARK)}})
    async with api.under_test.owner.transaction(two.workspace_id) as tx:
        page = await bot_queries.page(tx, two.workspace_id, BotFilter(), 10, None)
    assert [bot["name"] for bot in page] == [MARK]
