"""References of versions to secrets: told at deployment, required for a promotion."""

from __future__ import annotations

from typing import Any

from support.api import Api, Tenant, source

WANTS = 'secrets = ["API_TOKEN", "OTHER"]'


async def deploy(api: Api, tenant: Tenant, number: int = 1, manifest: str = WANTS) -> dict[str, Any]:
    files = {"bot.py": source("needs", f"return {number}", manifest), "test_bot.py": "def test_it(): pass\n"}
    answer = await api.call(tenant.keys["editor"], "PUT", "/bots/by-name/needs", json={"files": files})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def put(api: Api, tenant: Tenant, name: str, environment: str | None = None) -> None:
    params = {"environment": environment} if environment else None
    answer = await api.call(
        tenant.keys["editor"], "PUT", f"/secrets/{name}", json={"value": "a value"}, params=params
    )
    assert answer.status_code == 200, answer.text


async def promote(api: Api, tenant: Tenant, to: str = "prod") -> Any:
    return await api.call(tenant.keys["editor"], "POST", "/bots/needs/promote", json={"to": to})


async def test_a_deployment_tells_what_is_not_set(api: Api, one: Tenant) -> None:
    await put(api, one, "OTHER", "prod")
    first = await deploy(api, one)
    assert first["missing_secrets"] == ["API_TOKEN", "OTHER"]
    assert not [warning for warning in first["version"]["warnings"] if "secret" in warning]
    await put(api, one, "API_TOKEN")
    assert (await deploy(api, one))["missing_secrets"] == ["OTHER"]
    await put(api, one, "OTHER", "dev")
    assert (await deploy(api, one, 2))["missing_secrets"] == []


async def test_a_bot_without_tests_is_told_too(api: Api, one: Tenant) -> None:
    files = {"bot.py": source("raw", manifest=WANTS)}
    made = await api.call(one.keys["editor"], "POST", "/bots", json={"files": files})
    assert made.status_code == 201
    assert made.json()["missing_secrets"] == ["API_TOKEN", "OTHER"]
    plain = await api.call(one.keys["editor"], "POST", "/bots", json={"files": {"bot.py": source("plain")}})
    assert plain.json()["missing_secrets"] == []


async def test_a_promotion_waits_for_its_secrets(api: Api, one: Tenant) -> None:
    await api.prove(one, (await deploy(api, one))["version"]["id"])
    await put(api, one, "OTHER")
    refused = await promote(api, one)
    assert (refused.status_code, refused.json()["code"]) == (409, "secrets_missing")
    assert refused.json()["detail"] == "Version 1 needs what is not set for 'prod': API_TOKEN."
    assert "codex32 secrets set API_TOKEN --env prod" in refused.json()["next_step"]
    assert [problem["field"] for problem in refused.json()["errors"]] == ["secrets.API_TOKEN"]
    await put(api, one, "API_TOKEN", "staging")
    assert (await promote(api, one)).status_code == 409
    assert (await promote(api, one, "staging")).status_code == 200
    await put(api, one, "API_TOKEN", "prod")
    assert (await promote(api, one)).status_code == 200


async def test_injected_secrets_count(api: Api, one: Tenant) -> None:
    table = 'network = ["a.example"]\nsecrets = [{ name = "KEY", inject = "header:X", host = "a.example" }]'
    made = await deploy(api, one, manifest=table)
    assert made["missing_secrets"] == ["KEY"]
    await api.prove(one, made["version"]["id"])
    assert (await promote(api, one)).json()["code"] == "secrets_missing"


async def test_going_back_is_never_refused(api: Api, one: Tenant) -> None:
    """Whoever rolls back is in a hurry; the run says what is missing."""
    await put(api, one, "API_TOKEN")
    await put(api, one, "OTHER")
    for number in (1, 2):
        await api.prove(one, (await deploy(api, one, number))["version"]["id"])
        assert (await promote(api, one)).status_code == 200
    await api.call(one.keys["editor"], "DELETE", "/secrets/OTHER")
    back = await api.call(one.keys["editor"], "POST", "/bots/needs/rollback", json={"environment": "prod"})
    assert back.status_code == 200


async def test_the_other_workspace_does_not_help(api: Api, one: Tenant, two: Tenant) -> None:
    for name in ("API_TOKEN", "OTHER"):
        await put(api, two, name)
    assert (await deploy(api, one))["missing_secrets"] == ["API_TOKEN", "OTHER"]
