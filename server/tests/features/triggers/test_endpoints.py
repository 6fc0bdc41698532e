"""Schedules over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from codex32_server.kit.ids import new_id
from support.api import Api, Tenant, source


@pytest.fixture
async def bot(api: Api, one: Tenant) -> str:
    manifest = 'triggers = [{ schedule = "0 7 * * *", name = "declared" }]'
    files = {"bot.py": source("hello", manifest=manifest)}
    answer = await api.call(one.keys["editor"], "POST", "/bots", {"files": files})
    assert answer.status_code == 201, answer.text
    return answer.json()["bot"]["id"]


async def create(api: Api, tenant: Tenant, **values: Any) -> Any:
    body = {"bot": "hello", "cron": "0 9 * * mon-fri", "timezone": "Europe/Madrid"} | values
    return await api.call(tenant.keys["editor"], "POST", "/schedules", body)


async def test_the_life_of_a_schedule(api: Api, one: Tenant, bot: str) -> None:
    key = one.keys["editor"]
    made = (await create(api, one, name="mornings", input={"n": 2})).json()
    assert (made["bot_id"], made["name"], made["timezone"], made["misfire"]) == (
        bot,
        "mornings",
        "Europe/Madrid",
        "once",
    )
    assert len(made["next_fires"]) == 3
    upload = (await api.call(key, "PUT", "/uploads?name=a.csv", content=b"a")).json()
    path = f"/schedules/{made['id']}"
    changed = (
        await api.call(key, "PATCH", path, {"cron": "0 8 * * *", "files": {"a.csv": upload["id"]}})
    ).json()
    assert (changed["cron"], [file["name"] for file in changed["files"]]) == ("0 8 * * *", ["a.csv"])
    assert (await api.call(key, "POST", f"{path}/pause")).json()["paused"] is True
    assert (await api.call(key, "POST", f"{path}/resume")).json()["paused"] is False
    listed = (await api.call(one.keys["viewer"], "GET", "/schedules?bot=hello")).json()
    assert [item["name"] for item in listed["items"]] == ["mornings", "declared"]
    assert (await api.call(one.keys["viewer"], "GET", f"{path}/slots")).json() == {
        "items": [],
        "next_cursor": None,
    }
    assert (await api.call(key, "DELETE", path)).status_code == 204
    assert (await api.call(key, "GET", path)).status_code == 404


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"cron": "every day"}, "body.cron"),
        ({"timezone": "Mars"}, "body.timezone"),
        ({"misfire": "perhaps"}, "body.misfire"),
        ({"input": {"n": "x"}}, "input.n"),
        ({"surprise": 1}, "body.surprise"),
    ],
)
async def test_what_is_wrong_is_named(api: Api, one: Tenant, bot: str, values: Any, field: str) -> None:
    answer = await create(api, one, **values)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_unknown_bots_and_schedules(api: Api, one: Tenant, bot: str) -> None:
    assert (await create(api, one, bot="nobody")).status_code == 404
    assert (await api.call(one.keys["viewer"], "GET", f"/schedules/{new_id()}")).status_code == 404
    assert (await api.call(one.keys["viewer"], "GET", "/schedules?bot=nobody")).status_code == 404


async def test_a_declared_schedule_is_changed_in_the_manifest(api: Api, one: Tenant, bot: str) -> None:
    (declared,) = (await api.call(one.keys["viewer"], "GET", "/schedules")).json()["items"]
    answer = await api.call(
        one.keys["editor"], "PATCH", f"/schedules/{declared['id']}", {"cron": "0 8 * * *"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "schedule_in_manifest")
    assert "manifest" in answer.json()["next_step"]


async def test_preview(api: Api, one: Tenant) -> None:
    body = {"cron": "0 12 * * *", "timezone": "Asia/Kathmandu", "count": 2}
    fires = (await api.call(one.keys["viewer"], "POST", "/schedules/preview", body)).json()["next_fires"]
    assert [moment[11:] for moment in fires] == ["06:15:00Z", "06:15:00Z"]


async def test_scopes_and_workspaces(api: Api, one: Tenant, two: Tenant, bot: str) -> None:
    made = (await create(api, one)).json()
    path = f"/schedules/{made['id']}"
    assert (await api.call(one.keys["viewer"], "PATCH", path, {"paused": True})).status_code == 403
    for method in ("GET", "PATCH", "DELETE"):
        body = {"paused": True} if method == "PATCH" else None
        assert (await api.call(two.keys["editor"], method, path, body)).status_code == 404
    assert (await create(api, two)).status_code == 404


async def test_an_environment_is_emptied_by_null_and_left_alone_without_it(
    api: Api, one: Tenant, bot: str
) -> None:
    made = (await create(api, one, environment="dev")).json()
    path = f"/schedules/{made['id']}"
    for body, expected in (({"misfire": "skip"}, "dev"), ({"environment": None}, None), ({}, None)):
        changed = await api.call(one.keys["editor"], "PATCH", path, body)
        assert (changed.status_code, changed.json()["environment"]) == (200, expected)


async def test_the_past_of_schedules(api: Api, one: Tenant, bot: str) -> None:
    seen = await api.call(one.keys["viewer"], "GET", "/schedules/past?zone=Europe/Madrid&bot=hello")
    assert (seen.status_code, seen.json()["slots"], seen.json()["dense"]) == (200, [], [])
    for query, code in (("zone=Nowhere", "invalid_input"), ("bot=nobody", "bot_not_found")):
        refused = await api.call(one.keys["viewer"], "GET", f"/schedules/past?{query}")
        assert refused.json()["code"] == code
    new = {"name": "narrow", "role": "viewer", "scopes": ["schedules:read"]}
    narrow = (await api.call(one.keys["owner"], "POST", "/keys", new)).json()["key"]
    refused = await api.call(narrow, "GET", "/schedules/past")  # it tells how runs ended
    assert (refused.status_code, "runs:read" in refused.json()["detail"]) == (403, True)
