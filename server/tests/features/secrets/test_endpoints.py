"""/secrets: written by editors and owners, listed without values, and nobody else's."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

import httpx
import pytest
from codex32_server.features.secrets import facade, schemas
from codex32_server.features.secrets.facade import SecretsFacade
from support.api import Api, Tenant
from support.secrets import secret_keys

VALUE = "hunter2-and-more"


async def put(
    api: Api, tenant: Tenant, name: str, value: Any = VALUE, environment: str | None = None
) -> httpx.Response:
    params = {"environment": environment} if environment else None
    return await api.call(
        tenant.keys["editor"], "PUT", f"/secrets/{name}", json={"value": value}, params=params
    )


async def given(api: Api, tenant: Tenant, environment: str, *names: str) -> dict[str, str]:
    """What a run would get."""
    async with api.under_test.worker.transaction(tenant.workspace_id) as tx:
        facade = SecretsFacade(secret_keys())
        return dict(await facade.resolve(tx, tenant.workspace_id, environment, names))


async def test_set_list_replace_delete(api: Api, one: Tenant) -> None:
    key = one.keys["editor"]
    made = await put(api, one, "API_TOKEN")
    assert made.status_code == 200, made.text
    assert VALUE not in made.text
    view = made.json()
    assert (view["name"], view["environment"], view["version"], view["last_used_at"]) == (
        "API_TOKEN",
        None,
        1,
        None,
    )
    assert UUID(view["updated_by"])
    again = (await put(api, one, "API_TOKEN", "another value")).json()
    assert again["version"] == 2
    assert again["updated_at"] > view["updated_at"]
    await put(api, one, "API_TOKEN", environment="prod")
    listed = await api.call(key, "GET", "/secrets")
    assert [(item["name"], item["environment"]) for item in listed.json()["items"]] == [
        ("API_TOKEN", None), ("API_TOKEN", "prod"),
    ]  # fmt: skip
    assert "value" not in listed.text
    for params in ({"environment": "prod"}, None):
        deleted = await api.call(key, "DELETE", "/secrets/API_TOKEN", params=params)
        assert deleted.status_code == 204
        gone = await api.call(key, "DELETE", "/secrets/API_TOKEN", params=params)
        assert (gone.status_code, gone.json()["code"]) == (404, "secret_not_found")
    assert (await api.call(key, "GET", "/secrets")).json()["items"] == []


async def test_an_environment_has_its_own_value_or_the_default(api: Api, one: Tenant) -> None:
    await put(api, one, "A", "for all")
    await put(api, one, "A", "for prod", "prod")
    await put(api, one, "B", "only prod", "prod")
    assert await given(api, one, "dev", "A") == {"A": "for all"}
    assert await given(api, one, "prod", "B", "A") == {"A": "for prod", "B": "only prod"}
    with pytest.raises(facade.SecretMissingError, match="'dev': B, C") as caught:
        await given(api, one, "dev", "A", "B", "C")
    assert "codex32 secrets set B --env dev" in caught.value.advice
    listed = (await api.call(one.keys["editor"], "GET", "/secrets", params={"environment": "dev"})).json()
    assert [(item["name"], item["environment"]) for item in listed["items"]] == [("A", None)]


async def test_use_is_noted(api: Api, one: Tenant) -> None:
    await put(api, one, "A")
    await put(api, one, "A", environment="prod")
    await given(api, one, "prod", "A")
    items = (await api.call(one.keys["owner"], "GET", "/secrets")).json()["items"]
    assert [item["last_used_at"] is not None for item in items] == [False, True]
    await given(api, one, "prod", "A")
    assert (await api.call(one.keys["owner"], "GET", "/secrets")).json()["items"] == items


@pytest.mark.parametrize(
    "value", ["x", "ü" * 32_768, "line\nline\n", " spaces ", "nul\0inside", '{"json": "too"}'], ids=repr
)
async def test_values_are_kept_exactly(api: Api, one: Tenant, value: str) -> None:
    assert (await put(api, one, "A", value)).status_code == 200
    assert await given(api, one, "dev", "A") == {"A": value}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("lower", VALUE, "capital letters"),
        ("PATH", VALUE, "platform sets itself"),
        ("A", "", "empty"),
        ("A", "ü" * 32_769, "65538 bytes"),
        ("A", 5, "string"),
        ("A", None, "string"),
        ("A", [VALUE], "string"),
        ("A", {"x": VALUE}, "string"),
    ],
)
async def test_what_is_refused_is_not_shown(
    api: Api, one: Tenant, name: str, value: Any, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = await put(api, one, name, value)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert words in answer.text
    assert VALUE not in answer.text
    assert "üü" not in answer.text
    assert VALUE not in caplog.text


async def test_half_a_surrogate_pair_is_refused(api: Api, one: Tenant) -> None:
    answer = await api.call(
        one.keys["editor"], "PUT", "/secrets/A",
        content=b'{"value": "\\ud800"}', headers={"content-type": "application/json"},
    )  # fmt: skip
    assert (answer.status_code, "surrogate" in answer.text) == (422, True)


async def test_an_unknown_environment_is_refused(api: Api, one: Tenant) -> None:
    for bad in ("*", "", "Prod", "a/b"):
        answer = await api.call(
            one.keys["editor"], "PUT", "/secrets/A", json={"value": VALUE}, params={"environment": bad}
        )
        assert answer.status_code == 422, bad


async def test_viewers_see_not_even_names(api: Api, one: Tenant) -> None:
    await put(api, one, "A")
    for method, path, json in (
        ("GET", "/secrets", None), ("PUT", "/secrets/A", {"value": VALUE}), ("DELETE", "/secrets/A", None),
    ):  # fmt: skip
        for role, status in (("viewer", 403), ("editor", 200), ("owner", 200)):
            answer = await api.call(one.keys[role], method, path, json=json)
            if method == "DELETE" and role != "viewer":
                assert answer.status_code in (204, 404)
            else:
                assert answer.status_code == status, (role, method)


async def test_a_key_may_be_narrowed_to_writing(api: Api, one: Tenant) -> None:
    made = await api.call(
        one.keys["owner"], "POST", "/keys", json={"name": "ci", "role": "editor", "scopes": ["secrets:write"]}
    )
    key = made.json()["key"]
    assert (await api.call(key, "PUT", "/secrets/A", json={"value": VALUE})).status_code == 200
    assert (await api.call(key, "GET", "/secrets")).status_code == 403


async def test_the_number_is_bounded(api: Api, one: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codex32_server.features.secrets.service.vault.MOST_SECRETS", 2)
    assert schemas.MOST_SECRETS == 500
    await put(api, one, "A")
    await put(api, one, "B")
    full = await put(api, one, "C")
    assert (full.status_code, full.json()["code"]) == (409, "too_many_secrets")
    assert (await put(api, one, "A", "again")).status_code == 200


async def test_the_same_name_in_two_workspaces(api: Api, one: Tenant, two: Tenant) -> None:
    await put(api, one, "A", "of one")
    await put(api, two, "A", "of two")
    assert await given(api, one, "dev", "A") == {"A": "of one"}
    assert await given(api, two, "dev", "A") == {"A": "of two"}
    await api.call(two.keys["owner"], "DELETE", "/secrets/A")
    assert await given(api, one, "dev", "A") == {"A": "of one"}
