"""The hosts beyond which no bot of a workspace reaches: set by owners, looked at wherever versions go."""

from __future__ import annotations

from typing import Any

from support.api import Api, Tenant, source, with_tests

CODE = "egress_not_allowed_by_workspace"


async def _allow(api: Api, tenant: Tenant, *hosts: str, by: str = "owner") -> Any:
    return await api.call(tenant.keys[by], "PATCH", "/workspace", json={"egress_hosts": list(hosts)})


async def _deploy(api: Api, tenant: Tenant, name: str, network: str, tests: bool = False) -> Any:
    files = {"bot.py": source(name, manifest=f"network = {network}")}
    if tests:
        files["test_bot.py"] = with_tests(name)["test_bot.py"]
    return await api.call(tenant.keys["editor"], "POST", "/bots", json={"files": files})


async def test_owners_set_them(api: Api, one: Tenant, two: Tenant) -> None:
    assert (await api.call(one.keys["viewer"], "GET", "/workspace")).json()["egress_hosts"] == []
    changed = await _allow(api, one, "API.example.com", "*.example.org", "api.example.com")
    assert changed.json()["egress_hosts"] == ["api.example.com", "*.example.org"]
    assert (await _allow(api, one, by="editor")).status_code == 403
    for wrong in ("https://example.com", "127.0.0.1", "localhost", "a b"):
        assert (await _allow(api, one, wrong)).status_code == 422, wrong
    renamed = await api.call(one.keys["owner"], "PATCH", "/workspace", json={"name": "Other"})
    assert renamed.json()["egress_hosts"] == ["api.example.com", "*.example.org"]
    assert (await api.call(two.keys["viewer"], "GET", "/workspace")).json()["egress_hosts"] == []
    listed = (await api.call(one.keys["administrator"], "GET", "/workspaces")).json()["items"]
    assert listed[0]["egress_hosts"] == ["api.example.com", "*.example.org"]
    assert (await _allow(api, one)).json()["egress_hosts"] == []


async def test_a_version_that_asks_for_more_is_not_made(api: Api, one: Tenant) -> None:
    await _allow(api, one, "*.example.org")
    refused = await _deploy(api, one, "reaches", '["api.example.com", "a.example.org"]')
    assert (refused.status_code, refused.json()["code"]) == (403, CODE)
    assert "api.example.com" in refused.json()["detail"]
    assert (await api.call(one.keys["viewer"], "GET", "/bots")).json()["items"] == []
    assert (await _deploy(api, one, "reaches", '["a.example.org"]')).status_code == 201
    assert (await _deploy(api, one, "silent", "[]")).status_code == 201


async def test_nothing_is_promoted_or_rolled_back_beyond_them(api: Api, one: Tenant) -> None:
    key = one.keys["editor"]
    made = (await _deploy(api, one, "b", '["api.example.com"]', tests=True)).json()
    await api.prove(one, made["version"]["id"])
    await api.call(key, "POST", "/bots/b/promote", json={"to": "prod"})
    files = with_tests("b", "return n + 1")
    newer = (await api.call(key, "PUT", "/bots/by-name/b", json={"files": files})).json()
    await api.prove(one, newer["version"]["id"])
    await api.call(key, "POST", "/bots/b/promote", json={"to": "prod"})
    await _allow(api, one, "*.example.org")
    promoted = await api.call(key, "POST", "/bots/b/promote", json={"version": 1, "to": "staging"})
    assert (promoted.status_code, promoted.json()["code"]) == (403, CODE)
    back = await api.call(key, "POST", "/bots/b/rollback", json={"environment": "prod"})
    assert (back.status_code, back.json()["code"]) == (403, CODE)
    shown = (await api.call(key, "GET", "/bots/b")).json()
    assert shown["environments"]["prod"]["number"] == 2
    await _allow(api, one)
    assert (await api.call(key, "POST", "/bots/b/rollback", json={"environment": "prod"})).status_code == 200


async def test_a_run_that_needs_more_is_not_accepted(api: Api, one: Tenant) -> None:
    """The list was narrowed after the version was published."""
    key = one.keys["editor"]
    await _deploy(api, one, "b", '["api.example.com", "api.example.org"]')
    before = (await api.call(key, "POST", "/bots/b/runs", json={"input": {}})).json()
    await _allow(api, one, "*.example.org")
    refused = await api.call(key, "POST", "/bots/b/runs", json={"input": {}})
    assert (refused.status_code, refused.json()["code"]) == (403, CODE)
    assert refused.json()["detail"] == "The workspace does not allow api.example.com."
    assert refused.json()["errors"][0]["field"] == "manifest.network"
    assert "codex32 workspaces hosts" in refused.json()["next_step"]
    assert "Publish a version" in refused.json()["next_step"]
    again = await api.call(key, "POST", f"/runs/{before['id']}/retry", json={})
    assert again.json()["code"] == CODE
    listed = (await api.call(key, "GET", "/runs")).json()["items"]
    assert [run["id"] for run in listed] == [before["id"]]
    await _allow(api, one)
    assert (await api.call(key, "POST", "/bots/b/runs", json={"input": {}})).status_code == 202


async def test_a_service_is_blocked_and_released(api: Api, one: Tenant) -> None:
    source_of = source("s", manifest='kind = "service"\nnetwork = ["api.example.com"]')
    await api.call(one.keys["editor"], "POST", "/bots", json={"files": {"bot.py": source_of}})
    await _allow(api, one, "*.example.org")
    (incident,) = (await api.call(one.keys["viewer"], "GET", "/incidents?open=true")).json()["items"]
    assert (incident["kind"], incident["bot_name"]) == ("blocked", "s")
    needs = (await api.call(one.keys["viewer"], "GET", "/overview")).json()["attention"]
    assert [item["title"] for item in needs if item["kind"] == "incident"] == ["s: blocked"]
    renamed = await api.call(one.keys["owner"], "PATCH", "/workspace", json={"name": "Other"})
    assert renamed.status_code == 200
    await _allow(api, one, "api.example.com")
    assert (await api.call(one.keys["viewer"], "GET", "/incidents?open=true")).json()["items"] == []
