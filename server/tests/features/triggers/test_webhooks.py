"""Webhooks over the API: made, changed, rotated, shown once, tried out, and those that manifests declare."""

from __future__ import annotations

import asyncio
import itertools
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from codex32_server.features.triggers.facade import DELIVERIES_KEPT
from codex32_server.features.triggers.repository.webhooks import forget_deliveries, forget_orphans
from codex32_server.features.triggers.service.webhooks import rotated
from codex32_server.kit.ids import new_id
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from support.api import Api, Tenant, source
from support.hooks import create, deliver, deliveries, deploy, path, runs
from support.workspace import Platform


@pytest.fixture
async def bot(api: Api, one: Tenant) -> str:
    return await deploy(api, one)


async def call(
    api: Api, tenant: Tenant, method: str, made: dict[str, Any], end: str = "", json: Any = None
) -> Any:
    return await api.call(tenant.keys["editor"], method, f"/webhooks/{made['webhook']['id']}{end}", json)


async def test_the_life_of_a_webhook(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one, name="orders", answer="sync", timeout=5, environment="dev")
    webhook = made["webhook"]
    assert (webhook["name"], webhook["bot_name"], webhook["auth"], webhook["origin"]) == (
        "orders", "hello", "signature", "person",
    )  # fmt: skip
    assert (webhook["secret_shown"], webhook["old_secrets"], webhook["paused"]) == (True, 0, False)
    assert webhook["url"].startswith("http://api/hooks/")
    assert made["secret"].startswith("whsec_")
    changed = await call(
        api, one, "PATCH", made, json={"auth": "token", "methods": ["PUT"], "input": {"n": 1}}
    )
    assert changed.json() == webhook | {"auth": "token", "methods": ["PUT"], "input": {"n": 1}}
    listed = (await api.call(one.keys["viewer"], "GET", "/webhooks?bot=hello")).json()
    assert [item["id"] for item in listed["items"]] == [webhook["id"]]
    assert (await api.call(one.keys["viewer"], "GET", f"/webhooks/{webhook['id']}")).json() == changed.json()
    assert (await call(api, one, "DELETE", made)).status_code == 204
    assert (await call(api, one, "GET", made)).status_code == 404
    assert (await api.http.put(path(made))).status_code == 404


async def test_a_name_is_given_once(api: Api, one: Tenant, bot: str) -> None:
    first = await create(api, one, name="orders")
    other = await create(api, one)
    again = {"bot": "hello", "name": "orders"}
    for refused in (
        await api.call(one.keys["editor"], "POST", "/webhooks", again),
        await call(api, one, "PATCH", other, json={"name": "orders"}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "webhook_name_taken")
        assert "'orders'" in refused.json()["detail"]
    assert (await call(api, one, "PATCH", first, json={"name": "orders"})).status_code == 200
    assert (await call(api, one, "PATCH", first, json={"name": "bills"})).status_code == 200
    assert (await call(api, one, "PATCH", other, json={"name": "orders"})).status_code == 200
    await deploy(api, one, name="second")
    await create(api, one, bot="second", name="orders")
    assert (await call(api, one, "DELETE", first)).status_code == 204
    await create(api, one, name="bills")


async def test_of_two_who_take_a_name_at_once_one_gets_it(api: Api, one: Tenant, bot: str) -> None:
    wish = {"bot": "hello", "name": "orders"}
    made = await asyncio.gather(*(api.call(one.keys["editor"], "POST", "/webhooks", wish) for _ in range(4)))
    assert sorted(answer.status_code for answer in made) == [201, 409, 409, 409]


async def test_the_url_can_be_replaced_alone(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one)
    rotated_url = (await call(api, one, "POST", made, "/rotate", {"url": True, "keep_secret": True})).json()
    assert rotated_url["secret"] is None
    assert rotated_url["webhook"]["url"] != made["webhook"]["url"]
    assert rotated_url["webhook"]["old_secrets"] == 0
    assert (await deliver(api, made)).status_code == 404
    assert (await deliver(api, made | {"webhook": rotated_url["webhook"]})).status_code == 202
    nothing = await call(api, one, "POST", made, "/rotate", {"keep_secret": True})
    assert (nothing.status_code, nothing.json()["code"]) == (422, "invalid_input")


async def test_names_are_made_up_and_pages_go_on(api: Api, one: Tenant, bot: str) -> None:
    names = [(await create(api, one))["webhook"]["name"] for _ in range(3)]
    assert names == ["webhook", "webhook-2", "webhook-3"]
    first = (await api.call(one.keys["viewer"], "GET", "/webhooks?limit=2")).json()
    rest = (
        await api.call(one.keys["viewer"], "GET", f"/webhooks?limit=2&cursor={first['next_cursor']}")
    ).json()
    assert [item["name"] for item in first["items"] + rest["items"]] == names[::-1]


@pytest.mark.parametrize(
    "values",
    [
        {"auth": "hmac"},
        {"answer": "later"},
        {"methods": []},
        {"methods": ["POST", "POST"]},
        {"methods": ["HEAD"]},
        {"timeout": 0},
        {"timeout": 121},
        {"payload": "all"},
        {"delivery_id": "X Id"},
        {"delivery_id": "X-Id"},
        {"auth": "token", "delivery_id": "Authorization"},
        {"name": "A b"},
        {"unknown": 1},
        {"input": []},
        {"input": {"n": "x"}},
        {"input": {"unknown": 1}},
    ],
)
async def test_what_is_not_a_webhook(api: Api, one: Tenant, bot: str, values: dict[str, Any]) -> None:
    answer = await api.call(one.keys["editor"], "POST", "/webhooks", {"bot": "hello", **values})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input"), answer.text


@pytest.mark.parametrize(
    "change", [{"delivery_id": "X-Id"}, {"methods": ["PUT", "PUT"]}, {"input": {"n": "x"}}]
)
async def test_a_change_is_held_to_the_same_rules(
    api: Api, one: Tenant, bot: str, change: dict[str, Any]
) -> None:
    made = await create(api, one)
    assert (await call(api, one, "PATCH", made, json=change)).status_code == 422


async def test_a_bot_that_does_not_exist(api: Api, one: Tenant) -> None:
    answer = await api.call(one.keys["editor"], "POST", "/webhooks", {"bot": "nobody"})
    assert (answer.status_code, answer.json()["code"]) == (404, "bot_not_found")


async def test_a_rotated_secret_stays_valid_for_a_while(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one)
    second = (await call(api, one, "POST", made, "/rotate")).json()
    assert second["secret"] != made["secret"]
    assert second["webhook"]["old_secrets"] == 1
    assert second["webhook"]["url"] == made["webhook"]["url"]
    assert (await deliver(api, made, id="old")).status_code == 202
    assert (await deliver(api, second, id="new")).status_code == 202
    third = (await call(api, one, "POST", made, "/rotate", {"grace": 0})).json()
    assert third["webhook"]["old_secrets"] == 0
    assert (await deliver(api, made, id="old2")).status_code == 401
    assert (await deliver(api, second, id="new2")).status_code == 401
    assert (await deliver(api, third, id="newest")).status_code == 202


async def test_an_old_secret_ends_by_the_clock_of_the_database(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one)
    await call(api, one, "POST", made, "/rotate", {"grace": 3600})
    async with api.under_test.owner.transaction(None) as tx:
        await tx.execute(
            text(
                "update webhooks set secrets = jsonb_set(secrets::jsonb, '{1,expires_at}',"
                " to_jsonb(now() - interval '1 second'))::json"
            )
        )
    assert (await deliver(api, made)).status_code == 401
    assert (await call(api, one, "GET", made)).json()["old_secrets"] == 0


async def test_a_rotated_url_is_unknown_at_once(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one, auth="none")
    refused = await call(api, one, "POST", made, "/rotate")
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook_without_secret")
    other = (await call(api, one, "POST", made, "/rotate", {"url": True})).json()
    assert other["secret"] is None
    assert (await deliver(api, made)).status_code == 404
    assert (await deliver(api, other)).status_code == 202


@given(st.lists(st.integers(0, 7200), min_size=1, max_size=12))
def test_at_most_five_secrets_are_valid_and_none_lives_longer_by_rotation(graces: list[int]) -> None:
    from datetime import UTC, datetime

    moment = datetime(2026, 1, 1, tzinfo=UTC)
    secrets: list[dict[str, Any]] = [{"generation": 1, "expires_at": None}]
    for number, grace in enumerate(graces, start=2):
        before = {one["generation"]: one["expires_at"] for one in secrets}
        secrets = rotated(secrets, moment, timedelta(seconds=grace))
        assert secrets[0] == {"generation": number, "expires_at": None}
        assert len(secrets) <= 5
        for one in secrets[1:]:
            assert one["expires_at"] <= (moment + timedelta(seconds=grace)).isoformat()
            earlier = before[one["generation"]]
            assert earlier is None or one["expires_at"] <= earlier


async def test_a_declared_webhook_shows_its_secret_once(api: Api, one: Tenant) -> None:
    await deploy(api, one, 'triggers = [{ webhook = { auth = "token" }, name = "orders" }]')
    (webhook,) = (await api.call(one.keys["viewer"], "GET", "/webhooks")).json()["items"]
    assert (webhook["origin"], webhook["name"], webhook["secret_shown"]) == ("manifest", "orders", False)
    made = {"webhook": webhook}
    shown = await call(api, one, "POST", made, "/secret")
    assert shown.json()["webhook"]["secret_shown"] is True
    again = await call(api, one, "POST", made, "/secret")
    assert (again.status_code, again.json()["code"]) == (409, "secret_shown")
    assert (await deliver(api, shown.json())).status_code == 202
    for method, json in (("DELETE", None), ("PATCH", {"auth": "none"})):
        refused = await call(api, one, method, made, json=json)
        assert (refused.status_code, refused.json()["code"]) == (409, "webhook_in_manifest")
    assert (await call(api, one, "PATCH", made, json={"paused": True})).json()["paused"] is True


async def test_a_webhook_without_proof_has_no_secret_to_show(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one, auth="none")
    assert (await call(api, one, "POST", made, "/secret")).json()["code"] == "webhook_without_secret"


async def test_a_test_starts_a_run_without_a_signature(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one)
    answer = await call(api, one, "POST", made, "/test", {"body": {"n": 4}})
    assert answer.status_code == 202, answer.text
    run = (await api.call(one.keys["viewer"], "GET", f"/runs/{answer.json()['run_id']}")).json()
    assert (run["input"], run["trigger"]["kind"]) == ({"n": 4}, "webhook")
    (row,) = await deliveries(api, one, made)
    assert (row["test"], row["outcome"], row["run_id"]) == (True, "accepted", run["id"])
    wrong = await call(api, one, "POST", made, "/test", {"body": {"n": "x"}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "input_invalid")
    viewer = await api.call(one.keys["viewer"], "POST", f"/webhooks/{made['webhook']['id']}/test")
    assert viewer.status_code == 403


async def test_only_editors_see_secrets(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one)
    for end in ("/secret", "/rotate"):
        answer = await api.call(one.keys["viewer"], "POST", f"/webhooks/{made['webhook']['id']}{end}")
        assert answer.status_code == 403
    assert "secret" not in (await api.call(one.keys["viewer"], "GET", "/webhooks")).json()["items"][0]


async def test_secrets_are_in_no_row(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one, auth="token")
    async with api.under_test.owner.transaction(None) as tx:
        rows = (await tx.execute(text("select to_jsonb(w)::text from webhooks w"))).scalars().all()
    assert rows
    assert made["secret"] not in "".join(rows)
    assert path(made).removeprefix("/hooks/") not in "".join(rows)


# -- those of manifests follow the pointer


async def declared(platform: Platform) -> list[tuple[Any, ...]]:
    return [
        tuple(row)
        for row in await platform.rows(
            "select id, name, environment, auth from webhooks where deleted_at is null order by id"
        )
    ]


async def test_a_declared_webhook_keeps_its_url_and_secret(platform: Platform) -> None:
    await platform.deploy("hooked", 'triggers = [{ webhook = true, name = "orders" }]')
    ((first, *_),) = await declared(platform)
    await platform.execute("update webhooks set secret_shown_at = now(), paused_at = now()")
    await platform.deploy(
        "hooked", 'triggers = [{ webhook = { auth = "token", answer = "sync" }, name = "orders" }]'
    )
    assert await declared(platform) == [(first, "orders", None, "token")]
    kept = await platform.rows("select secret_shown_at is null, paused_at is null from webhooks")
    assert tuple(kept[0]) == (False, False)
    await platform.deploy("hooked", 'triggers = [{ webhook = { auth = "token" }, name = "sales" }]')
    assert await declared(platform) == [(first, "sales", None, "token")]
    await platform.deploy("hooked", "")
    assert await declared(platform) == []


async def test_each_environment_has_its_own(platform: Platform) -> None:
    manifest = (
        'triggers = [{ webhook = true, name = "a" }, { webhook = true, name = "b", environment = "prod" }]'
    )
    bot_id = await platform.deploy("hooked", manifest)
    assert [row[1:3] for row in await declared(platform)] == [("a", None)]
    await platform.publish(bot_id, "prod")
    assert sorted(row[1:3] for row in await declared(platform)) == [("a", None), ("b", "prod")]


async def test_schedules_and_webhooks_do_not_disturb_each_other(platform: Platform) -> None:
    both = 'triggers = [{ webhook = true }, { schedule = "0 9 * * *" }]'
    await platform.deploy("hooked", both)
    before = await declared(platform)
    slots = await platform.rows("select id from triggers where deleted_at is null")
    await platform.deploy("hooked", both + '\ntitle = "Other"')
    assert await declared(platform) == before
    assert await platform.rows("select id from triggers where deleted_at is null") == slots


# -- what is forgotten


async def test_deliveries_are_bounded(platform: Platform) -> None:
    webhook_id, workspace_id = new_id(), platform.workspace_id
    bot_id = await platform.deploy("hooked")
    await platform.execute(
        "insert into webhooks (id, workspace_id, bot_id, name, origin, auth, answer, methods, payload,"
        " timeout_seconds, secrets)"
        " values (:id, :w, :b, 'x', 'person', 'none', 'async', '{POST}', 'body', 1, '[]')",
        id=webhook_id, w=workspace_id, b=bot_id,
    )  # fmt: skip

    shifts = itertools.count(100, 100)

    async def fill(count: int, outcome: str, key: str | None, days: int, of: UUID = webhook_id) -> None:
        await platform.execute(
            "insert into webhook_deliveries (id, workspace_id, webhook_id, delivery_key, outcome,"
            " http_status, method, size, latency_ms, created_at)"
            " select uuid7_at(now() - make_interval(days => :days, secs => n + :shift)), :w, :of,"
            " cast(:key as text) || n, :outcome, 202, 'POST', 1, 1, now() - make_interval(days => :days)"
            " from generate_series(1, :count) n",
            shift=next(shifts), w=workspace_id, of=of, key=key, outcome=outcome, count=count, days=days,
        )  # fmt: skip

    await fill(1, "accepted", "ancient-", 40)
    await fill(3, "accepted", "old-", 10)
    await fill(4, "accepted", "recent-", 1)
    await fill(3, "refused", None, 0)
    await fill(2, "refused", None, 0, of=new_id())
    async with platform.scheduler.transaction(workspace_id) as tx:
        removed = await forget_deliveries(
            tx, workspace_id, kept=2, remembered=timedelta(days=3), age=timedelta(days=30)
        )
        orphans = await forget_orphans(tx, workspace_id)
    assert (removed, orphans) == (1 + 3 + 1, 2)
    left = await platform.rows("select outcome, count(*) from webhook_deliveries group by 1 order by 1")
    assert [tuple(row) for row in left] == [("accepted", 4), ("refused", 2)]
    async with platform.scheduler.transaction(workspace_id) as tx:
        assert await platform.triggers.sweep(tx, workspace_id, timedelta(days=30)) == 0
    assert DELIVERIES_KEPT >= 100


async def test_a_bot_has_a_bounded_number_of_webhooks(
    api: Api, one: Tenant, bot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codex32_server.features.triggers.service.webhooks.MOST_OF_A_BOT", 1)
    await create(api, one)
    answer = await api.call(one.keys["editor"], "POST", "/webhooks", {"bot": "hello"})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_webhooks")


async def test_a_deployment_over_http_declares_too(api: Api, one: Tenant) -> None:
    files = {"bot.py": source("hooked", manifest="triggers = [{ webhook = true }]")}
    answer = await api.call(one.keys["editor"], "POST", "/bots", {"files": files})
    assert answer.status_code == 201
    assert len((await api.call(one.keys["viewer"], "GET", "/webhooks")).json()["items"]) == 1
    assert await runs(api) == 0
