"""Lists of bots in other orders and by more filters, favourites, and what there is to filter by."""

from __future__ import annotations

import pytest
from codex32_server.features.bots.service.places import next_place, read_place
from codex32_server.http.errors import BadCursorError
from codex32_server.kit.ids import new_id
from support.api import Api, Tenant, source, with_tests


async def _deploy(api: Api, tenant: Tenant, name: str, manifest: str = "", by: str = "editor") -> str:
    files = {"files": {"bot.py": source(name, manifest=manifest)}}
    answer = await api.call(tenant.keys[by], "PUT", f"/bots/by-name/{name}", json=files)
    assert answer.status_code == 200, answer.text
    return answer.json()["bot"]["id"]


async def _all(api: Api, tenant: Tenant, by: str = "viewer", **query: str) -> list[str]:
    """Names over all pages of two."""
    names: list[str] = []
    more: dict[str, str] = {}
    while True:
        answer = await api.call(tenant.keys[by], "GET", "/bots", params={"limit": "2"} | query | more)
        assert answer.status_code == 200, answer.text
        names += [bot["name"] for bot in answer.json()["items"]]
        if answer.json()["next_cursor"] is None:
            return names
        more = {"cursor": answer.json()["next_cursor"]}


async def test_pages_in_each_order(api: Api, one: Tenant) -> None:
    for name in ("delta", "alpha", "charlie", "bravo", "echo"):
        await _deploy(api, one, name)
    await _deploy(api, one, "alpha", 'title = "Changed"')
    assert await _all(api, one) == ["echo", "bravo", "charlie", "alpha", "delta"]
    assert await _all(api, one, sort="name") == ["alpha", "bravo", "charlie", "delta", "echo"]
    assert await _all(api, one, sort="updated") == ["alpha", "echo", "bravo", "charlie", "delta"]


async def test_a_page_goes_on_where_it_was_though_its_last_bot_changed(api: Api, one: Tenant) -> None:
    for name in ("a", "b", "c", "d"):
        await _deploy(api, one, name)
    query = {"sort": "updated", "limit": "2"}
    first = (await api.call(one.keys["viewer"], "GET", "/bots", params=query)).json()
    await _deploy(api, one, first["items"][-1]["name"], 'title = "Changed"')
    query["cursor"] = first["next_cursor"]
    second = (await api.call(one.keys["viewer"], "GET", "/bots", params=query)).json()
    assert [bot["name"] for bot in second["items"]] == ["b", "a"]


async def test_by_owner_and_environment(api: Api, one: Tenant) -> None:
    await _deploy(api, one, "plain")
    made = await api.call(one.keys["editor"], "POST", "/bots", json={"files": with_tests("tested")})
    await api.prove(one, made.json()["version"]["id"])
    await api.call(one.keys["editor"], "POST", "/bots/tested/promote", json={"to": "prod"})
    assert await _all(api, one, environment="prod") == ["tested"]
    assert await _all(api, one, environment="prod", sort="name") == ["tested"]
    assert await _all(api, one, environment="dev") == ["tested", "plain"]
    assert await _all(api, one, owner=str(one.owner_id)) == ["tested", "plain"]
    assert await _all(api, one, owner=str(new_id())) == []
    shown = (await api.call(one.keys["viewer"], "GET", "/bots/plain")).json()
    assert shown["owner"] == {"id": str(one.owner_id), "name": "Owner"}


async def test_favourites_are_of_one_member(api: Api, one: Tenant, two: Tenant) -> None:
    for name in ("a", "b", "c"):
        await _deploy(api, one, name)
    chosen = await api.call(one.keys["viewer"], "PUT", "/bots/b/favourite")
    assert (chosen.status_code, chosen.json()["favourite"]) == (200, True)
    assert (await api.call(one.keys["viewer"], "PUT", "/bots/b/favourite")).status_code == 200
    assert await _all(api, one, favourite="true") == ["b"]
    listed = (await api.call(one.keys["viewer"], "GET", "/bots")).json()["items"]
    assert [bot["favourite"] for bot in listed] == [False, True, False]
    other = (
        await api.call(one.keys["owner"], "POST", "/members", json={"name": "M", "role": "viewer"})
    ).json()
    new = {"name": "m", "role": "viewer", "member_id": other["id"]}
    key = (await api.call(one.keys["owner"], "POST", "/keys", json=new)).json()["key"]
    theirs = await api.call(key, "GET", "/bots", params={"favourite": "true"})
    assert theirs.json()["items"] == []
    assert (await api.call(two.keys["viewer"], "PUT", "/bots/b/favourite")).status_code == 404
    assert (await api.call(one.keys["viewer"], "DELETE", "/bots/b/favourite")).status_code == 204
    assert await _all(api, one, favourite="true") == []


async def test_facets(api: Api, one: Tenant, two: Tenant) -> None:
    await _deploy(api, one, "a", 'tags = ["x", "y"]\nrole = "analyzer"')
    await _deploy(api, one, "b", 'tags = ["x"]')
    await _deploy(api, two, "c", 'tags = ["z"]')
    await api.call(one.keys["viewer"], "PUT", "/bots/a/favourite")
    answer = await api.call(one.keys["viewer"], "GET", "/bots/facets")
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "total": 2,
        "roles": [{"value": "analyzer", "count": 1}, {"value": "worker", "count": 1}],
        "tags": [{"value": "x", "count": 2}, {"value": "y", "count": 1}],
        "environments": [{"value": "dev", "count": 2}],
        "owners": [{"id": str(one.owner_id), "name": "Owner", "count": 2}],
        "favourites": 1,
    }
    gone = (await api.call(one.keys["viewer"], "GET", "/bots/facets", params={"status": "deleted"})).json()
    assert (gone["total"], gone["tags"]) == (0, [])


async def test_a_cursor_of_another_order_is_refused(api: Api, one: Tenant) -> None:
    rows = [{"id": new_id(), "name": "a"}, {"id": new_id(), "name": "b"}]
    cursor = next_place(rows, 1, "name")
    assert cursor is not None
    place = read_place(cursor, "name")
    assert place is not None
    assert (place.id, place.name) == (rows[0]["id"], "a")
    for sort in ("updated", "created"):
        query = {"sort": sort, "cursor": cursor}
        answer = await api.call(one.keys["viewer"], "GET", "/bots", params=query)
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")


@pytest.mark.parametrize("cursor", ["", "n", "ü", "bg", "dQ" * 40, "bgAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_no_cursor_breaks_anything(cursor: str) -> None:
    for sort in ("name", "updated", "created"):
        with pytest.raises(BadCursorError):
            read_place(cursor, sort)
