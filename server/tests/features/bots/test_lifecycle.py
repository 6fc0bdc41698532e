"""Lists, archive, delete and restore."""

from __future__ import annotations

from support.api import Api, Tenant, source


async def _deploy(api: Api, tenant: Tenant, name: str, manifest: str = "") -> str:
    answer = await api.call(
        tenant.keys["editor"], "POST", "/bots", json={"files": {"bot.py": source(name, manifest=manifest)}}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["bot"]["id"]


async def _names(api: Api, tenant: Tenant, **query: str) -> list[str]:
    answer = await api.call(tenant.keys["viewer"], "GET", "/bots", params=query)
    assert answer.status_code == 200, answer.text
    return [bot["name"] for bot in answer.json()["items"]]


async def test_pages_follow_each_other(api: Api, one: Tenant) -> None:
    for number in range(5):
        await _deploy(api, one, f"bot-{number}")
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await api.call(one.keys["viewer"], "GET", "/bots", params=query)).json()
        seen += [bot["name"] for bot in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [f"bot-{number}" for number in (4, 3, 2, 1, 0)]


async def test_search_and_filters(api: Api, one: Tenant) -> None:
    await _deploy(
        api, one, "sales-report", 'title = "Weekly 100% sales"\ntags = ["sales"]\nrole = "analyzer"'
    )
    await _deploy(api, one, "cleaner", 'description = "Cleans_up lists"\ntags = ["data"]')
    assert await _names(api, one, q="WEEKLY") == ["sales-report"]
    assert await _names(api, one, q="100%") == ["sales-report"]
    assert await _names(api, one, q="s_u") == ["cleaner"]
    assert await _names(api, one, q="%") == ["sales-report"]
    assert await _names(api, one, tag="data") == ["cleaner"]
    assert await _names(api, one, role="analyzer") == ["sales-report"]
    assert await _names(api, one, role="analyzer", tag="data") == []


async def test_an_archived_bot_keeps_everything_and_runs_nothing(api: Api, one: Tenant) -> None:
    await _deploy(api, one, "old")
    archived = (await api.call(one.keys["editor"], "POST", "/bots/old/archive")).json()
    assert archived["status"] == "archived"
    assert await _names(api, one) == []
    assert await _names(api, one, status="archived") == ["old"]
    run = await api.call(one.keys["editor"], "POST", "/bots/old/runs", json={"input": {}})
    assert (run.status_code, run.json()["code"]) == (409, "bot_archived")
    deploy = await api.call(
        one.keys["editor"], "PUT", "/bots/by-name/old", json={"files": {"bot.py": source("old", "return 2")}}
    )
    assert (deploy.status_code, deploy.json()["code"]) == (409, "bot_archived")
    assert (await api.call(one.keys["editor"], "POST", "/bots/old/restore")).json()["status"] == "active"


async def test_a_deleted_bot_frees_its_name_and_comes_back(api: Api, one: Tenant) -> None:
    first = await _deploy(api, one, "name")
    assert (await api.call(one.keys["editor"], "DELETE", "/bots/name")).status_code == 204
    assert (await api.call(one.keys["viewer"], "GET", "/bots/name")).status_code == 404
    assert (await api.call(one.keys["viewer"], "GET", f"/bots/{first}")).json()["status"] == "deleted"
    second = await _deploy(api, one, "name")
    taken = await api.call(one.keys["editor"], "POST", f"/bots/{first}/restore")
    assert (taken.status_code, taken.json()["code"]) == (409, "bot_exists")
    await api.call(one.keys["editor"], "DELETE", f"/bots/{second}")
    assert (await api.call(one.keys["editor"], "POST", f"/bots/{first}/restore")).json()["status"] == "active"
