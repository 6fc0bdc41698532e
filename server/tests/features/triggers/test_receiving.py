"""Deliveries over HTTP: what is let in, what it starts, and that one delivery starts one run."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from codex32_server.features.triggers.service.rates import Buckets
from sqlalchemy import text
from support.api import Api, Tenant, source
from support.hooks import create, deliver, deliveries, deploy, path, runs, signed


@pytest.fixture
async def bot(api: Api, one: Tenant) -> str:
    return await deploy(api, one)


async def test_a_signed_delivery_starts_a_run(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one)
    answer = await deliver(api, made)
    assert answer.status_code == 202, answer.text
    run_id = answer.json()["run_id"]
    assert answer.json() == {"run_id": run_id, "repeated": False}
    assert answer.headers["location"] == f"/api/v1/runs/{run_id}"
    run = (await api.call(one.keys["viewer"], "GET", f"/runs/{run_id}")).json()
    assert (run["status"], run["input"], run["bot_id"]) == ("queued", {"n": 3}, bot)
    assert run["trigger"] == {"kind": "webhook", "id": made["webhook"]["id"]}
    (row,) = await deliveries(api, one, made)
    assert (row["outcome"], row["http_status"], row["run_id"], row["delivery_id"], row["size"]) == (
        "accepted", 202, run_id, "msg_1", 8,
    )  # fmt: skip
    assert row["latency_ms"] > 0


async def test_a_repeated_delivery_answers_with_the_same_run(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one)
    first = (await deliver(api, made)).json()
    again = await deliver(api, made)
    assert (again.status_code, again.json()) == (202, {"run_id": first["run_id"], "repeated": True})
    assert (await deliver(api, made, id="msg_2")).json()["run_id"] != first["run_id"]
    assert await runs(api) == 2
    assert [row["outcome"] for row in await deliveries(api, one, made)] == [
        "accepted",
        "repeated",
        "accepted",
    ]


async def test_deliveries_of_one_outcome(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one)
    await deliver(api, made)
    await deliver(api, made)
    url = f"/webhooks/{made['webhook']['id']}/deliveries?outcome="
    found = (await api.call(one.keys["viewer"], "GET", url + "repeated")).json()["items"]
    assert [row["outcome"] for row in found] == ["repeated"]
    assert (await api.call(one.keys["viewer"], "GET", url + "lost")).status_code == 422


async def test_a_storm_of_the_same_delivery_is_one_run(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one)
    answers = await asyncio.gather(*(deliver(api, made) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["run_id"] for answer in answers}) == await runs(api) == 1


async def test_two_webhooks_may_be_sent_the_same_id(api: Api, one: Tenant, bot: str) -> None:
    first, second = await create(api, one), await create(api, one)
    ids = {(await deliver(api, made)).json()["run_id"] for made in (first, second)}
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"webhook-signature": "v1,AAAA"}, "No signature fits"),
        ({"webhook-id": "msg_other"}, "No signature fits"),
        ({"webhook-timestamp": "1700000000"}, "seconds old"),
        ({"webhook-timestamp": ""}, "webhook-timestamp is missing"),
    ],
)
async def test_a_delivery_that_is_not_signed_is_refused_and_recorded(
    api: Api, one: Tenant, bot: str, changes: dict[str, str], says: str
) -> None:
    made = await create(api, one)
    answer = await deliver(api, made, headers=changes)
    assert (answer.status_code, answer.json()["code"]) == (401, "delivery_unauthenticated")
    assert says in answer.json()["detail"]
    (row,) = await deliveries(api, one, made)
    assert (row["outcome"], row["http_status"], row["code"]) == ("refused", 401, "delivery_unauthenticated")
    assert says in row["detail"]
    assert await runs(api) == 0


async def test_the_raw_bytes_are_what_is_signed(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one)
    spaced = signed(made["secret"], b'{"n":  3}')
    assert (await deliver(api, made, b'{"n": 3}', headers=spaced)).status_code == 401
    assert (await deliver(api, made, b'{"n":  3}', headers=spaced)).status_code == 202


async def test_a_refused_delivery_may_be_sent_again(api: Api, one: Tenant, bot: str) -> None:
    """What was wrong with it may be put right: only what was accepted is remembered by its id."""
    made = await create(api, one)
    assert (await deliver(api, made, b'{"n": "x"}')).status_code == 422
    assert (await deliver(api, made, b'{"n": 1}')).json()["repeated"] is False


@pytest.mark.parametrize("header", ["authorization", "x-codex32-token"])
async def test_a_token(api: Api, one: Tenant, bot: str, header: str) -> None:
    made = await create(api, one, auth="token")
    assert made["secret"].startswith("c32h_")
    value = made["secret"] if header.startswith("x-") else f"Bearer {made['secret']}"
    answer = await api.http.post(path(made), json={"n": 1}, headers={header: value})
    assert answer.status_code == 202, answer.text
    wrong = await api.http.post(path(made), json={"n": 1}, headers={header: value + "x"})
    assert (wrong.status_code, wrong.json()["detail"]) == (401, "The token is not valid.")
    none = await api.http.post(path(made), json={"n": 1})
    assert none.status_code == 401
    assert made["secret"] not in wrong.text + none.text


async def test_a_key_of_the_api_opens_no_webhook(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one, auth="token")
    answer = await api.http.post(path(made), headers={"authorization": f"Bearer {one.keys['owner']}"})
    assert answer.status_code == 401


async def test_the_url_alone(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one, auth="none", methods=["GET", "POST"])
    assert made["secret"] is None
    assert (await api.http.post(path(made), json={"n": 1})).status_code == 202
    got = await api.http.get(path(made), params={"n": "5"})
    run = (await api.call(one.keys["viewer"], "GET", f"/runs/{got.json()['run_id']}")).json()
    assert run["input"] == {"n": 5}


async def test_repeats_are_known_by_the_header_that_is_named(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one, auth="none", delivery_id="X-GitHub-Delivery")
    ids = [
        (await deliver(api, made, headers={"x-github-delivery": delivery_id})).json()["run_id"]
        for delivery_id in ("a", "a", "b")
    ]
    assert ids[0] == ids[1] != ids[2]
    missing = await deliver(api, made)
    assert (missing.status_code, missing.json()["code"]) == (400, "delivery_id_missing")
    assert (await deliver(api, made, headers={"x-github-delivery": "x" * 256})).status_code == 400


async def test_without_an_id_every_delivery_is_another_one(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one, auth="none")
    assert len({(await deliver(api, made)).json()["run_id"] for _ in range(2)}) == 2


@pytest.mark.parametrize("address", ["x", "A" * 43, "A" * 90, "%00", "ü"])
async def test_addresses_that_do_not_exist(api: Api, address: str) -> None:
    answer = await api.http.post(f"/hooks/{address}", content=b"{}")
    assert (answer.status_code, answer.json()["code"]) in {(404, "no_such_webhook"), (422, "invalid_input")}
    assert (await api.http.get("/hooks")).status_code == 404
    assert (await api.http.get("/hooks/a/b")).status_code == 404


async def test_methods_that_are_not_taken(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one, auth="none", methods=["POST", "PUT"])
    answer = await api.http.get(path(made))
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST, PUT")
    assert answer.json()["code"] == "method_not_allowed"
    assert (await api.http.put(path(made), json={})).status_code == 202


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{", "application/json", 422, "json_invalid"),
        (b'{"n": "x"}', "application/json", 422, "input_invalid"),
        (b'{"m": 1}', "application/json", 422, "input_invalid"),
        (b"\xff", "text/plain", 422, "webhook_body"),
        (b"x" * (5 * 1024 * 1024), "text/plain", 413, "body_too_large"),
        (b'"' + b"x" * (4 * 1024 * 1024 - 2) + b'"', "application/json", 413, "json_too_large"),
    ],
)
async def test_bodies_that_are_not_taken(
    api: Api, one: Tenant, bot: str, body: bytes, kind: str, status: int, code: str
) -> None:
    made = await create(api, one, auth="none")
    answer = await deliver(api, made, body, headers={"content-type": kind})
    assert answer.status_code == status, answer.text
    assert answer.json()["code"] == code
    assert await runs(api) == 0


async def test_a_form(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one, auth="none")
    answer = await api.http.post(path(made), data={"n": "7"})
    run = (await api.call(one.keys["viewer"], "GET", f"/runs/{answer.json()['run_id']}")).json()
    assert run["input"] == {"n": 7}


async def test_what_is_fixed_cannot_be_sent(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one, auth="none", input={"n": 9})
    answer = await deliver(api, made, b'{"n": 1}')
    run = (await api.call(one.keys["viewer"], "GET", f"/runs/{answer.json()['run_id']}")).json()
    assert run["input"] == {"n": 9}


async def test_a_paused_webhook_asks_to_come_again(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one)
    url = f"/webhooks/{made['webhook']['id']}"
    paused = await api.call(one.keys["editor"], "POST", f"{url}/pause")
    assert paused.json()["paused"] is True
    answer = await deliver(api, made)
    assert (answer.status_code, answer.json()["code"]) == (503, "webhook_paused")
    assert int(answer.headers["retry-after"]) > 0
    await api.call(one.keys["editor"], "POST", f"{url}/resume")
    assert (await deliver(api, made)).json()["repeated"] is False


@pytest.mark.parametrize("change", ["archive", "delete"])
async def test_a_bot_that_cannot_run(api: Api, one: Tenant, bot: str, change: str) -> None:
    made = await create(api, one)
    method, url = ("DELETE", "/bots/hello") if change == "delete" else ("POST", "/bots/hello/archive")
    await api.call(one.keys["editor"], method, url)
    answer = await deliver(api, made)
    assert (answer.status_code, answer.json()["code"]) == (503, "bot_unavailable")
    (row,) = await deliveries(api, one, made)
    assert (row["outcome"], row["code"]) == ("refused", "bot_unavailable")


async def test_an_environment_without_a_version(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one)
    url = f"/webhooks/{made['webhook']['id']}"
    await api.call(one.keys["editor"], "PATCH", url, {"environment": "staging"})
    assert (await deliver(api, made)).json()["code"] == "bot_unavailable"


async def test_the_newest_version_runs(api: Api, one: Tenant, bot: str) -> None:
    """What is remembered of versions is remembered by version: a deployment counts at once."""
    made = await create(api, one)
    assert (await deliver(api, made, b'{"m": 1}')).status_code == 422
    changed = {
        "bot.py": '# /// script\n# [tool.codex32]\n# name = "hello"\n# ///\ndef main(m: int): return m\n'
    }
    answer = await api.call(one.keys["editor"], "POST", "/bots/hello/versions", {"files": changed})
    assert answer.status_code in (200, 201), answer.text
    assert (await deliver(api, made, b'{"m": 1}')).status_code == 202


async def test_a_flood_is_shed_and_leaves_few_traces(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one, auth="none")
    receiving = _receiving(api)
    receiving._accepting, receiving._refusing = Buckets(0.0001, 1), Buckets(0.0001, 5)
    assert (await deliver(api, made)).status_code == 202
    answer = await deliver(api, made)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_deliveries")
    assert int(answer.headers["retry-after"]) >= 1
    for _ in range(10):
        assert (await deliver(api, made, method="DELETE")).status_code == 405
    assert [row["outcome"] for row in await deliveries(api, one, made)] == ["refused"] * 5 + ["accepted"]


async def test_a_disk_that_is_nearly_full(api: Api, one: Tenant, bot: str) -> None:
    class Full:
        def short(self) -> bool:
            return True

        def sentence(self) -> str:
            return "There is little room left."

    made = await create(api, one)
    api.app.state.disk = Full()
    answer = await deliver(api, made)
    assert answer.status_code == 507, answer.text
    api.app.state.disk = None
    assert (await deliver(api, made)).json()["repeated"] is False


async def test_what_may_be_wrong_with_the_database_is_503_and_nothing_is_accepted(
    api: Api, one: Tenant, bot: str
) -> None:
    made = await create(api, one)
    async with api.under_test.owner.transaction(None) as tx:
        await tx.execute(text("alter function find_webhook(uuid) rename to find_webhook_away"))
    answer = await deliver(api, made)
    assert answer.status_code >= 500
    async with api.under_test.owner.transaction(None) as tx:
        await tx.execute(text("alter function find_webhook_away(uuid) rename to find_webhook"))
    assert await runs(api) == 0
    assert (await deliver(api, made)).json()["repeated"] is False


async def test_connections_that_the_database_closed_are_replaced(api: Api, one: Tenant, bot: str) -> None:
    made = await create(api, one)
    await deliver(api, made)
    async with api.under_test.owner.transaction(None) as tx:
        await tx.execute(
            text(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where application_name = 'codex32-lean' and datname = current_database()"
            )
        )
    assert (await deliver(api, made, id="msg_2")).status_code == 202


async def test_workspaces_do_not_see_each_others(api: Api, one: Tenant, two: Tenant, bot: str) -> None:
    made = await create(api, one)
    await deliver(api, made)
    url = f"/webhooks/{made['webhook']['id']}"
    for method, end in (("GET", ""), ("GET", "/deliveries"), ("POST", "/secret"), ("POST", "/test")):
        answer = await api.call(two.keys["owner"], method, url + end)
        assert (answer.status_code, answer.json()["code"]) == (404, "webhook_not_found"), end
    assert (await api.call(two.keys["owner"], "GET", "/webhooks")).json()["items"] == []


async def test_the_log_never_holds_an_address(
    api: Api, one: Tenant, bot: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made = await create(api, one, auth="none")
    await deliver(api, made)
    await deliver(api, made, b"{")
    printed = capsys.readouterr()
    assert path(made).removeprefix("/hooks/") not in printed.out + printed.err
    assert "/hooks/***" in printed.out + printed.err


async def test_old_timestamps_are_refused_by_the_clock_of_the_database(
    api: Api, one: Tenant, bot: str
) -> None:
    made = await create(api, one)
    for shift, status in ((-400, 401), (-200, 202)):
        headers = signed(made["secret"], b"{}", f"msg{shift}", at=time.time() + shift)
        assert (await deliver(api, made, b"{}", headers=headers)).status_code == status


def _receiving(api: Api) -> Any:
    from codex32_server.features.triggers.facade import WebhooksFacade

    return api.app.state.provided[WebhooksFacade]._receiving


async def test_a_bot_whose_hosts_are_not_allowed_any_more(api: Api, one: Tenant, bot: str) -> None:
    """Its sender may come again, and does not learn which hosts these are."""
    made = await create(api, one)
    files = {"bot.py": source("hello", manifest='network = ["api.example.com"]')}
    await api.call(one.keys["editor"], "PUT", "/bots/by-name/hello", {"files": files})
    hosts = {"egress_hosts": ["*.example.org"]}
    await api.call(one.keys["owner"], "PATCH", "/workspace", hosts)
    answer = await deliver(api, made)
    assert (answer.status_code, answer.json()["code"]) == (503, "bot_unavailable")
    assert "example.com" not in answer.text
    (row,) = await deliveries(api, one, made)
    assert (row["outcome"], row["code"]) == ("refused", "egress_not_allowed_by_workspace")
    assert row["detail"] == "The workspace does not allow api.example.com."
