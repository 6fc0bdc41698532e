"""Workspaces and members."""

from __future__ import annotations

import asyncio

import pytest
from codex32_server.features.workspaces.facade import WorkspacesFacade
from codex32_server.features.workspaces.service import slug_of
from support.api import Api, Tenant
from support.postgres import DatabaseUnderTest


async def test_many_first_starts_make_one_workspace(database: DatabaseUnderTest) -> None:
    workspaces = WorkspacesFacade()

    async def start() -> tuple[object, bool]:
        async with database.app.transaction(None) as tx:
            workspace, owner, new = await workspaces.bootstrap(tx, "Europe/Madrid")
            assert owner.administrator
            return workspace, new

    started = await asyncio.gather(*(start() for _ in range(6)))
    assert [new for _, new in started].count(True) == 1
    assert len({workspace.id for workspace, _ in started}) == 1  # type: ignore[attr-defined]


async def test_an_administrator_opens_workspaces(api: Api, one: Tenant) -> None:
    made = await api.call(
        one.keys["administrator"],
        "POST",
        "/workspaces",
        json={"name": "Café Nº 1", "timezone": "Europe/Madrid"},
    )
    assert made.status_code == 201, made.text
    assert made.json()["workspace"]["slug"] == "cafe-no-1"
    key = made.json()["key"]["key"]
    me = (await api.call(key, "GET", "/me")).json()
    assert me["workspace"]["timezone"] == "Europe/Madrid"
    assert me["principal"]["administrator"] is False
    assert (await api.call(key, "GET", "/workspaces")).status_code == 403
    listed = (await api.call(one.keys["administrator"], "GET", "/workspaces")).json()["items"]
    assert {"main", "two", "cafe-no-1"} == {workspace["slug"] for workspace in listed}


async def test_short_names_are_unique(api: Api, one: Tenant) -> None:
    answer = await api.call(
        one.keys["administrator"], "POST", "/workspaces", json={"name": "X", "slug": "two"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "workspace_exists")


async def test_zones_are_checked(api: Api, one: Tenant) -> None:
    answer = await api.call(one.keys["owner"], "PATCH", "/workspace", json={"timezone": "Mars/Base"})
    assert answer.status_code == 422
    assert "Europe/Madrid" in answer.json()["detail"]


async def test_a_workspace_keeps_an_owner(api: Api, two: Tenant) -> None:
    owner = two.keys["owner"]
    path = f"/members/{two.owner_id}"
    for method, body in (("PATCH", {"role": "viewer"}), ("DELETE", None)):
        answer = await api.call(owner, method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "last_owner")
    await api.call(owner, "POST", "/members", json={"name": "Second", "role": "owner"})
    assert (await api.call(owner, "PATCH", path, json={"role": "editor"})).status_code == 200


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Sales", "sales"),
        ("123", "workspace-123"),
        ("!!!", "workspace"),
        ("日本", "workspace"),
        ("a" * 100, "a" * 63),
    ],
)
def test_slugs(name: str, slug: str) -> None:
    assert slug_of(name) == slug
