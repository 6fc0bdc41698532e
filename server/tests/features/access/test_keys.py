"""API keys: made once, shown once, never more than their maker or their member."""

from __future__ import annotations

from codex32_server.features.access.facade import AccessFacade
from codex32_server.features.workspaces.facade import WorkspacesFacade
from codex32_server.http.limiter import FailureLimiter
from sqlalchemy import text
from support.api import PEPPER, Api, Tenant


async def _key(api: Api, by: str, **wish: object) -> dict[str, object]:
    answer = await api.call(by, "POST", "/keys", json={"name": "k", **wish})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_key_is_shown_once_and_only_its_hash_is_stored(api: Api, one: Tenant) -> None:
    made = await _key(api, one.keys["owner"], role="viewer")
    value = str(made["key"])
    assert value.startswith("c32_")
    assert len(value) == 47
    assert value.startswith(str(made["hint"]))
    listed = (await api.call(one.keys["owner"], "GET", "/keys")).json()["items"]
    assert all("key" not in key for key in listed)
    async with api.under_test.owner.transaction(None) as tx:
        rows = (await tx.execute(text("select to_jsonb(k)::text from api_keys k"))).scalars().all()
    assert all(value not in row for row in rows)


async def test_the_last_use_is_noted(api: Api, one: Tenant) -> None:
    made = await _key(api, one.keys["owner"], role="viewer")
    assert (await api.call(str(made["key"]), "GET", "/me")).status_code == 200
    listed = (await api.call(one.keys["owner"], "GET", "/keys")).json()["items"]
    used = next(key for key in listed if key["id"] == made["id"])
    assert used["last_used_at"] is not None


async def test_a_revoked_key_opens_nothing_at_once(api: Api, one: Tenant) -> None:
    made = await _key(api, one.keys["owner"], role="viewer")
    assert (await api.call(one.keys["owner"], "DELETE", f"/keys/{made['id']}")).status_code == 204
    for path in ("/me", "/bots", "/runs"):
        answer = await api.call(str(made["key"]), "GET", path)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_an_expired_key_opens_nothing(api: Api, one: Tenant) -> None:
    made = await _key(api, one.keys["owner"], role="viewer", expires_at="2999-01-01T00:00:00Z")
    assert (await api.call(str(made["key"]), "GET", "/bots")).status_code == 200
    async with api.under_test.owner.transaction(None) as tx:
        await tx.execute(
            text("update api_keys set expires_at = now() - interval '1 s' where id = :id"), {"id": made["id"]}
        )
    assert (await api.call(str(made["key"]), "GET", "/bots")).status_code == 401


async def test_a_key_that_would_be_over_already_is_not_made(api: Api, one: Tenant) -> None:
    body = {"name": "k", "role": "viewer", "expires_at": "2020-01-01T00:00:00Z"}
    answer = await api.call(one.keys["owner"], "POST", "/keys", json=body)
    assert answer.status_code == 422
    assert [item["field"] for item in answer.json()["errors"]] == ["body.expires_at"]
    assert "has passed" in answer.json()["errors"][0]["detail"]


async def test_only_an_administrator_revokes_an_administrators_key(api: Api, one: Tenant) -> None:
    made = await _key(api, one.keys["administrator"], role="owner", administrator=True)
    refused = await api.call(one.keys["owner"], "DELETE", f"/keys/{made['id']}")
    assert (refused.status_code, refused.json()["code"]) == (403, "too_much_access")
    assert (await api.call(str(made["key"]), "GET", "/me")).status_code == 200
    assert (await api.call(one.keys["administrator"], "DELETE", f"/keys/{made['id']}")).status_code == 204


async def test_scopes_narrow_a_key(api: Api, one: Tenant) -> None:
    made = await _key(api, one.keys["owner"], role="editor", scopes=["runs:write"])
    assert (await api.call(str(made["key"]), "GET", "/bots")).status_code == 403
    me = (await api.call(str(made["key"]), "GET", "/me")).json()
    assert me["principal"]["scopes"] == ["runs:write"]


async def test_nobody_hands_on_more_than_they_have(api: Api, one: Tenant) -> None:
    narrow = await _key(api, one.keys["owner"], role="owner", scopes=["keys:write", "bots:read"])
    wider = await api.call(str(narrow["key"]), "POST", "/keys", json={"name": "w", "role": "owner"})
    assert (wider.status_code, wider.json()["code"]) == (403, "too_much_access")
    same = await api.call(
        str(narrow["key"]), "POST", "/keys", json={"name": "s", "role": "viewer", "scopes": ["bots:read"]}
    )
    assert same.status_code == 201
    admin = await api.call(
        one.keys["owner"], "POST", "/keys", json={"name": "a", "role": "owner", "administrator": True}
    )
    assert (admin.status_code, admin.json()["code"]) == (403, "too_much_access")


async def test_unknown_scopes_are_named(api: Api, one: Tenant) -> None:
    answer = await api.call(
        one.keys["owner"], "POST", "/keys", json={"name": "x", "role": "viewer", "scopes": ["bots:write"]}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_scope")
    assert "bots:write" in answer.json()["detail"]


async def test_a_demoted_member_takes_the_keys_along(api: Api, one: Tenant) -> None:
    owner = one.keys["owner"]
    member = (await api.call(owner, "POST", "/members", json={"name": "Eve", "role": "editor"})).json()
    made = await _key(api, owner, role="editor", member_id=member["id"])
    key = str(made["key"])
    assert (await api.call(key, "GET", "/me")).json()["principal"]["scopes"].count("bots:write") == 1
    await api.call(owner, "PATCH", f"/members/{member['id']}", json={"role": "viewer"})
    assert "bots:write" not in (await api.call(key, "GET", "/me")).json()["principal"]["scopes"]
    assert (await api.call(owner, "DELETE", f"/members/{member['id']}")).status_code == 204
    assert (await api.call(key, "GET", "/me")).status_code == 401


async def test_the_bootstrap_key_is_idempotent_and_replaced(api: Api, one: Tenant) -> None:
    workspaces = WorkspacesFacade()
    access = AccessFacade(PEPPER, workspaces)
    for value in ("first-bootstrap-key-of-24", "first-bootstrap-key-of-24", "second-bootstrap-key-of-24"):
        async with api.database.transaction(None) as tx:
            workspace, owner, new = await workspaces.bootstrap(tx)
            assert not new
            await access.bootstrap_key(tx, owner, workspace.id, value)
    assert (await api.call("first-bootstrap-key-of-24", "GET", "/me")).status_code == 401
    me = (await api.call("second-bootstrap-key-of-24", "GET", "/me")).json()
    assert me["workspace"]["id"] == str(one.workspace_id)
    assert me["principal"]["administrator"] is True


async def test_guessing_is_shed(api: Api, one: Tenant) -> None:
    assert (await api.call(one.keys["viewer"], "GET", "/me")).status_code == 200
    api.app.state.edge.failures = FailureLimiter(burst=10, interval=60.0)
    statuses = [(await api.call(f"c32_guess{n}", "GET", "/bots")).status_code for n in range(12)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    shed = await api.call(one.keys["owner"], "GET", "/me")
    assert shed.status_code == 429
    assert int(shed.headers["retry-after"]) >= 1
    # Who was let in before shares the address with the guesser and not the consequences.
    assert (await api.call(one.keys["viewer"], "GET", "/me")).status_code == 200
    assert (await api.call(one.keys["viewer"], "GET", "/bots")).status_code == 200
