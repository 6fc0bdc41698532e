"""Every operation × every role: who is let in is decided by the scope that the operation declares."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from codex32_server.api.openapi import Operation, operations
from codex32_server.http.edge import PUBLIC, SIGNED_IN
from codex32_server.http.principal import SCOPES, granted
from support.api import Api, Tenant

PUBLIC_OPERATIONS = {
    "create_session",
    "get_manifest_schema",
    "get_metrics",
    "health",
    "health_alive",
    "health_ready",
    "receive_delivery",  # the webhook decides who gets in
}
"""Operations that need no principal; each new one has to be thought about here."""

_ASK_ELSEWHERE = {"refresh_model_catalogue"}
"""Operations that ask a server elsewhere, once somebody is let in."""

_PARAMETER = re.compile(r"\{[^}]+\}")
_ROLES = ("viewer", "editor", "owner", "administrator")


def _path(operation: Operation) -> str:
    """A path whose ids exist nowhere, so that nothing happens when the caller is let in."""
    return _PARAMETER.sub(str(uuid4()), operation.path)


async def test_every_operation_declares_a_scope(api: Api) -> None:
    found = operations(api.app)
    assert len(found) > 40
    assert [operation for operation in found if operation.scope is None] == []
    assert {operation.name for operation in found if operation.scope == PUBLIC} == PUBLIC_OPERATIONS
    known = SCOPES | {PUBLIC, SIGNED_IN}
    assert [operation for operation in found if operation.scope not in known] == []


async def test_operation_ids_are_unique(api: Api) -> None:
    names = [operation.name for operation in operations(api.app)]
    assert len(names) == len(set(names))


async def test_nobody_gets_in_without_a_credential(api: Api) -> None:
    for operation in operations(api.app):
        if operation.scope == PUBLIC:
            continue
        answer = await api.call(None, operation.method, _path(operation))
        assert answer.status_code in (401, 422), f"{operation.name}: {answer.status_code}"
        assert answer.status_code == 401 or operation.method in ("post", "put", "patch"), operation.name


@pytest.mark.parametrize("role", _ROLES)
async def test_the_whole_matrix(api: Api, one: Tenant, role: str) -> None:
    scopes = granted("owner" if role == "administrator" else role, role == "administrator", None)
    for operation in operations(api.app):
        if operation.scope == PUBLIC or operation.path.endswith("/stream"):
            continue
        if operation.name in _ASK_ELSEWHERE and operation.scope in scopes:
            continue
        json = {} if operation.method in ("post", "put", "patch") else None
        answer = await api.call(one.keys[role], operation.method, _path(operation), json=json)
        allowed = operation.scope == SIGNED_IN or operation.scope in scopes
        shown = f"{role} {operation.name}: {answer.status_code} {answer.text[:200]}"
        if allowed:
            assert answer.status_code != 401, shown
            assert answer.status_code != 403 or answer.json()["code"] == "too_much_access", shown
        else:
            assert answer.status_code == 403, shown
            assert answer.json()["code"] == "forbidden", shown
        assert answer.status_code < 500, shown


async def test_a_key_of_no_workspace_is_refused_everywhere(api: Api, one: Tenant) -> None:
    for operation in operations(api.app):
        if operation.scope == PUBLIC:
            continue
        answer = await api.call("c32_" + "x" * 43, operation.method, _path(operation), json={})
        assert answer.status_code in (401, 429), operation.name
