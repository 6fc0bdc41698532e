"""One action on many bots: what can be done is done, and what cannot says why."""

from __future__ import annotations

from typing import Any

from codex32_server.kit.ids import new_id
from support.api import Api, Tenant, source, with_tests


async def _deploy(api: Api, tenant: Tenant, *names: str) -> list[str]:
    made: list[str] = []
    for name in names:
        answer = await api.call(
            tenant.keys["editor"], "POST", "/bots", json={"files": {"bot.py": source(name)}}
        )
        made.append(answer.json()["bot"]["id"])
    return made


async def _act(api: Api, key: str, action: str, ids: list[str], **more: Any) -> dict[str, Any]:
    answer = await api.call(key, "POST", "/bots/bulk", json={"action": action, "ids": ids} | more)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def _names(api: Api, tenant: Tenant, **query: str) -> list[str]:
    answer = await api.call(tenant.keys["viewer"], "GET", "/bots", params=query)
    return [bot["name"] for bot in answer.json()["items"]]


async def test_put_away_and_back(api: Api, one: Tenant) -> None:
    a, b, c = await _deploy(api, one, "a", "b", "c")
    key, nowhere = one.keys["editor"], str(new_id())
    done = await _act(api, key, "archive", [b, nowhere, a, b])
    assert [(item["id"], item["ok"]) for item in done["items"]] == [(b, True), (nowhere, False), (a, True)]
    assert (done["succeeded"], done["failed"]) == (2, 1)
    assert done["items"][1]["problem"]["code"] == "bot_not_found"
    assert await _names(api, one) == ["c"]
    assert (await _act(api, key, "restore", [a, b]))["failed"] == 0
    assert (await _act(api, key, "delete", [a, c]))["failed"] == 0
    assert await _names(api, one) == ["b"]


async def test_runs_are_started(api: Api, one: Tenant) -> None:
    a, b = await _deploy(api, one, "a", "b")
    await _act(api, one.keys["editor"], "archive", [b])
    done = await _act(api, one.keys["editor"], "run", [a, b], input={"n": 5})
    assert [item["ok"] for item in done["items"]] == [True, False]
    assert done["items"][1]["problem"]["code"] == "bot_archived"
    run = (await api.call(one.keys["viewer"], "GET", f"/runs/{done['items'][0]['run_id']}")).json()
    assert (run["input"], run["status"]) == ({"n": 5}, "queued")
    refused = await _act(api, one.keys["editor"], "run", [a], input={"n": "x"})
    assert refused["items"][0]["problem"]["status"] == 422


async def test_promotion(api: Api, one: Tenant) -> None:
    (plain,) = await _deploy(api, one, "plain")
    made = (await api.call(one.keys["editor"], "POST", "/bots", json={"files": with_tests("tested")})).json()
    await api.prove(one, made["version"]["id"])
    done = await _act(api, one.keys["editor"], "promote", [plain, made["bot"]["id"]], to="prod")
    assert [item["ok"] for item in done["items"]] == [False, True]
    assert done["items"][0]["problem"]["code"] == "not_proven"
    assert await _names(api, one, environment="prod") == ["tested"]


async def test_favourites_are_for_readers_and_changes_are_not(api: Api, one: Tenant) -> None:
    ids = await _deploy(api, one, "a", "b")
    viewer = one.keys["viewer"]
    assert (await _act(api, viewer, "favourite", ids))["succeeded"] == 2
    assert (await _act(api, viewer, "unfavourite", ids[:1]))["succeeded"] == 1
    assert await _names(api, one, favourite="true") == ["b"]
    for action in ("archive", "restore", "delete", "run"):
        answer = await api.call(viewer, "POST", "/bots/bulk", json={"action": action, "ids": ids})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), action


async def test_bots_of_another_workspace_are_not_there(api: Api, one: Tenant, two: Tenant) -> None:
    ids = await _deploy(api, one, "a")
    for action in ("archive", "delete", "run", "favourite"):
        done = await _act(api, two.keys["owner"], action, ids)
        assert done["items"][0]["problem"]["code"] == "bot_not_found"
    assert await _names(api, one) == ["a"]


async def test_what_makes_no_sense_is_refused(api: Api, one: Tenant) -> None:
    ids = await _deploy(api, one, "a")
    wrong: list[dict[str, Any]] = [
        {"action": "promote", "ids": ids},
        {"action": "archive", "ids": ids, "to": "prod"},
        {"action": "delete", "ids": ids, "input": {}},
        {"action": "archive", "ids": []},
        {"action": "archive", "ids": ids * 201},
    ]
    for body in wrong:
        assert (await api.call(one.keys["owner"], "POST", "/bots/bulk", json=body)).status_code == 422
