"""Promote and roll back: only what is proven leaves dev, and every move can be gone back over."""

from __future__ import annotations

from typing import Any

from codex32_server.features.bots.service.pointing import standing
from codex32_server.kit.ids import new_id
from support.api import Api, Tenant, source, with_tests


async def _proven(api: Api, tenant: Tenant, name: str, body: str) -> dict[str, Any]:
    answer = await api.call(
        tenant.keys["editor"], "PUT", f"/bots/by-name/{name}", json={"files": with_tests(name, body)}
    )
    version = answer.json()["version"]
    await api.prove(tenant, version["id"])
    return version


async def _prod(api: Api, tenant: Tenant, name: str) -> int:
    environments = (await api.call(tenant.keys["viewer"], "GET", f"/bots/{name}/environments")).json()
    return next(item["number"] for item in environments["items"] if item["name"] == "prod")


async def test_an_unproven_version_stays_in_dev(api: Api, one: Tenant) -> None:
    await api.call(one.keys["editor"], "POST", "/bots", json={"files": {"bot.py": source("raw")}})
    answer = await api.call(one.keys["editor"], "POST", "/bots/raw/promote", json={"to": "prod"})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_proven")
    assert "no tests" in answer.json()["detail"]
    assert "test_" in answer.json()["next_step"]


async def test_pending_and_failed_versions_are_published_nowhere(api: Api, one: Tenant) -> None:
    made = (await api.call(one.keys["editor"], "POST", "/bots", json={"files": with_tests("fails")})).json()
    request = {"version": 1, "to": "dev"}
    pending = await api.call(one.keys["editor"], "POST", "/bots/fails/promote", json=request)
    assert (pending.status_code, pending.json()["code"]) == (409, "proof_pending")
    await api.prove(one, made["version"]["id"], "failed")
    failed = await api.call(one.keys["editor"], "POST", "/bots/fails/promote", json=request)
    assert (failed.status_code, failed.json()["code"]) == (409, "proof_failed")
    again = await api.call(
        one.keys["editor"], "PUT", "/bots/by-name/fails", json={"files": with_tests("fails")}
    )
    assert again.json()["version"]["proof"] == "pending"


async def test_a_promotion_that_widens_needs_who_may_agree_to_that(api: Api, one: Tenant) -> None:
    """The first version of an environment is what it is; from then on more is agreed to by an owner."""
    await _proven(api, one, "wide", "return 1")
    first = await api.call(one.keys["editor"], "POST", "/bots/wide/promote", json={"to": "prod"})
    assert first.status_code == 200
    files = with_tests("wide", "return 2")
    files["bot.py"] = files["bot.py"].replace(
        '# name = "wide"', '# name = "wide"\n# network = ["api.example.com:443"]'
    )
    deployed = await api.call(one.keys["editor"], "PUT", "/bots/by-name/wide", json={"files": files})
    await api.prove(one, deployed.json()["version"]["id"])
    refused = await api.call(one.keys["editor"], "POST", "/bots/wide/promote", json={"to": "prod"})
    assert (refused.status_code, refused.json()["code"]) == (403, "promotion_widens")
    assert "network" in refused.json()["detail"]
    assert await _prod(api, one, "wide") == 1
    agreed = await api.call(one.keys["owner"], "POST", "/bots/wide/promote", json={"to": "prod"})
    assert agreed.status_code == 200, agreed.text
    assert await _prod(api, one, "wide") == 2


async def test_promote_and_roll_back_along_the_history(api: Api, one: Tenant) -> None:
    for number in (1, 2, 3):
        await _proven(api, one, "app", f"return {number}")
        answer = await api.call(
            one.keys["editor"], "POST", "/bots/app/promote", json={"from": "dev", "to": "prod"}
        )
        assert answer.status_code == 200, answer.text
    for expected in (2, 1):
        await api.call(one.keys["editor"], "POST", "/bots/app/rollback", json={"environment": "prod"})
        assert await _prod(api, one, "app") == expected
    end = await api.call(one.keys["editor"], "POST", "/bots/app/rollback", json={"environment": "prod"})
    assert (end.status_code, end.json()["code"]) == (409, "nothing_to_roll_back")
    moves = (await api.call(one.keys["viewer"], "GET", "/bots/app/environments")).json()["moves"]
    kinds = [move["kind"] for move in moves if move["environment"] == "prod"]
    assert kinds == ["rollback", "rollback", "promote", "promote", "promote"]


async def test_a_slow_proof_never_takes_dev_back(api: Api, one: Tenant) -> None:
    first = (await api.call(one.keys["editor"], "POST", "/bots", json={"files": with_tests("slow")})).json()
    second = await _proven(api, one, "slow", "return 2")
    await api.prove(one, first["version"]["id"])
    bot = (await api.call(one.keys["viewer"], "GET", "/bots/slow")).json()
    assert bot["environments"]["dev"]["version_id"] == second["id"]


async def test_a_proof_is_written_once(api: Api, one: Tenant) -> None:
    version = await _proven(api, one, "once", "return 1")
    await api.prove(one, version["id"], "failed")
    read = (await api.call(one.keys["viewer"], "GET", f"/bots/once/versions/{version['digest']}")).json()
    assert read["proof"] == "proven"


async def test_a_run_uses_prod_if_it_is_set(api: Api, one: Tenant) -> None:
    await _proven(api, one, "choose", "return 1")
    await api.call(one.keys["editor"], "POST", "/bots/choose/promote", json={"to": "prod"})
    newer = await _proven(api, one, "choose", "return 2")
    plain = (await api.call(one.keys["editor"], "POST", "/bots/choose/runs", json={"input": {}})).json()
    assert (plain["environment"], plain["version_id"] == newer["id"]) == ("prod", False)
    named = await api.call(
        one.keys["editor"], "POST", "/bots/choose/runs", json={"input": {}, "environment": "dev"}
    )
    assert named.json()["version_id"] == newer["id"]


def test_rollbacks_go_further_back() -> None:
    a, b, c = new_id(), new_id(), new_id()

    def moves(*pairs: tuple[str, object]) -> list[dict[str, object]]:
        return [{"kind": kind, "to_version_id": target} for kind, target in pairs]

    assert standing(moves(("promote", a), ("promote", b), ("promote", c))) == [a, b, c]
    assert standing(moves(("promote", a), ("promote", b), ("rollback", a), ("promote", c))) == [a, c]
    assert standing(moves(("promote", a), ("promote", b), ("promote", a), ("rollback", b))) == [a, b]
