"""Changes that wait for a person: filed, proven, approved or rejected, applied."""

from __future__ import annotations

import itertools
from typing import Any, get_args
from uuid import UUID

import pytest
from codex32_server.features.bots.facade import BotsFacade, ProofReport, ProofResult
from codex32_server.features.proposals.errors import ProposalDecidedError, ProposalStaleError
from codex32_server.features.proposals.facade import ProposalsFacade
from codex32_server.features.proposals.states import TRANSITIONS, Status, check
from codex32_server.http.principal import Principal
from codex32_server.kit.ids import new_id
from sqlalchemy import text
from support.api import Api, Tenant, source

REPORT: dict[str, Any] = {"tests": 1, "passed": 1, "failed": 0, "cases": [], "reason": "1 tests passed."}


async def bot(api: Api, tenant: Tenant, name: str = "shop", manifest: str = "") -> str:
    body = {"files": [{"path": "bot.py", "content": source(name, manifest=manifest)}]}
    made = await api.call(tenant.keys["owner"], "POST", "/bots", body)
    assert made.status_code == 201, made.text
    return name


def change(name: str = "shop", manifest: str = "", body: str = "return n + 1", **more: Any) -> dict[str, Any]:
    files = {"bot.py": source(name, body, manifest), "test_bot.py": "def test_it() -> None:\n    assert 1\n"}
    return {"bot": name, "title": "Count one more", "files": files, **more}


async def filed(api: Api, tenant: Tenant, proof: str | None = "proven", **wish: Any) -> dict[str, Any]:
    """A proposal of an editor, whose tests ended so."""
    answer = await api.call(tenant.keys["editor"], "POST", "/proposals", change(**wish))
    assert answer.status_code == 201, answer.text
    if proof is not None:
        await ended(api, tenant, answer.json()["id"], proof)
    return answer.json()


async def ended(api: Api, tenant: Tenant, proposal: str, proof: str) -> bool:
    facade = ProposalsFacade(BotsFacade())
    result = ProofResult(proof, ProofReport(**REPORT), lock="", input_schema={"type": "object"})  # type: ignore[arg-type]
    return await facade.record_proof(api.database, tenant.workspace_id, UUID(proposal), result)


async def act(api: Api, key: str, proposal: str, verb: str, body: Any = None) -> Any:
    return await api.call(key, "POST", f"/proposals/{proposal}/{verb}", body)


async def test_a_change_is_filed_with_its_differences(api: Api, one: Tenant) -> None:
    await bot(api, one)
    made = await filed(
        api, one, proof=None, goal="more", rationale="it was less", risks=["it counts"],
        manifest='network = ["api.shop.example"]',
    )  # fmt: skip
    assert (made["status"], made["proof"], made["widening"], made["stale"]) == (
        "proposed",
        "pending",
        True,
        False,
    )
    assert (made["bot_name"], made["base_number"], made["origin"]) == ("shop", 1, "person")
    assert [file["path"] for file in made["changes"]] == ["bot.py", "test_bot.py"]
    assert "+    return n + 1" in made["changes"][0]["unified"]
    assert {"path": "network", "before": None, "after": "api.shop.example", "widening": True} in made[
        "manifest_changes"
    ]
    listed = (await api.call(one.keys["viewer"], "GET", "/proposals?bot=shop&status=proposed")).json()
    assert [item["id"] for item in listed["items"]] == [made["id"]]
    assert "files" not in listed["items"][0]
    assert (await api.call(one.keys["viewer"], "GET", "/proposals?status=applied")).json()["items"] == []


async def test_from_filed_to_a_version(api: Api, one: Tenant) -> None:
    await bot(api, one)
    made = await filed(api, one)
    approved = await act(api, one.keys["editor"], made["id"], "approve", {"note": "fine"})
    assert approved.status_code == 200, approved.text
    assert (approved.json()["status"], approved.json()["review_note"]) == ("approved", "fine")
    applied = (await act(api, one.keys["editor"], made["id"], "apply")).json()
    assert applied["status"] == "applied"
    version = (
        await api.call(one.keys["viewer"], "GET", f"/bots/shop/versions/{applied['applied_version_id']}")
    ).json()
    assert (version["number"], version["message"]) == (2, "Count one more")
    assert (version["proof"], version["environments"]) == ("proven", ["dev"])
    again = (await act(api, one.keys["editor"], made["id"], "apply")).json()
    assert again["applied_version_id"] == applied["applied_version_id"]
    refused = await act(api, one.keys["editor"], made["id"], "reject")
    assert (refused.status_code, refused.json()["code"]) == (409, "proposal_decided")


@pytest.mark.parametrize(("proof", "said"), [(None, "not ended"), ("failed", "did not pass")])
async def test_what_is_not_proven_is_not_approved(
    api: Api, one: Tenant, proof: str | None, said: str
) -> None:
    await bot(api, one)
    made = await filed(api, one, proof)
    answer = await act(api, one.keys["owner"], made["id"], "approve")
    assert (answer.status_code, answer.json()["code"]) == (409, "proposal_not_proven")
    assert said in answer.json()["detail"]
    assert (await act(api, one.keys["owner"], made["id"], "apply")).json()["code"] == "proposal_decided"


async def test_tests_that_could_not_be_run(api: Api, one: Tenant) -> None:
    await bot(api, one)
    made = await filed(api, one, None)
    async with api.database.transaction(one.workspace_id) as tx:
        await tx.execute(text("update jobs set status = 'failed' where kind = 'prove_proposal'"))
    shown = (await api.call(one.keys["viewer"], "GET", f"/proposals/{made['id']}")).json()
    assert (made["proof"], shown["proof"]) == ("pending", "failed")
    answer = await act(api, one.keys["owner"], made["id"], "approve")
    assert (answer.status_code, answer.json()["code"]) == (409, "proposal_not_proven")
    assert "Propose the change again" in answer.json()["detail"]


async def test_only_what_was_reviewed_is_applied(api: Api, one: Tenant) -> None:
    await bot(api, one)
    made = await filed(api, one)
    await act(api, one.keys["owner"], made["id"], "approve")
    facade = ProposalsFacade(BotsFacade())
    other = await facade.read({"bot.py": source("shop", "return n + 9")})
    principal = Principal(
        workspace_id=one.workspace_id,
        member_id=one.owner_id,
        name="owner",
        role="owner",
        scopes=frozenset({"proposals:write"}),
        administrator=False,
        credential="key",
        credential_id=new_id(),
    )
    with pytest.raises(ProposalStaleError, match="reviewed"):
        async with api.database.transaction(one.workspace_id) as tx:
            await facade.apply(tx, principal, UUID(made["id"]), other)


async def test_more_permissions_need_an_owner(api: Api, one: Tenant) -> None:
    await bot(api, one)
    made = await filed(api, one, manifest='network = ["api.shop.example"]')
    answer = await act(api, one.keys["editor"], made["id"], "approve")
    assert (answer.status_code, answer.json()["code"]) == (403, "widening_needs_owner")
    assert "network" in answer.json()["detail"]
    assert (await act(api, one.keys["owner"], made["id"], "approve")).json()["status"] == "approved"
    assert (await act(api, one.keys["editor"], made["id"], "apply")).status_code == 403
    assert (await act(api, one.keys["owner"], made["id"], "apply")).json()["status"] == "applied"


async def test_a_rejected_change_stays_rejected(api: Api, one: Tenant) -> None:
    await bot(api, one)
    made = await filed(api, one)
    assert (await act(api, one.keys["editor"], made["id"], "approve")).json()["status"] == "approved"
    rejected = (await act(api, one.keys["editor"], made["id"], "reject", {"note": "no"})).json()
    assert (rejected["status"], rejected["review_note"]) == ("rejected", "no")
    assert (await act(api, one.keys["editor"], made["id"], "reject")).json()["review_note"] == "no"
    for verb in ("approve", "apply"):
        assert (await act(api, one.keys["owner"], made["id"], verb)).json()["code"] == "proposal_decided"


async def test_a_bot_that_changed_meanwhile(api: Api, one: Tenant) -> None:
    await bot(api, one)
    made = await filed(api, one)
    await act(api, one.keys["editor"], made["id"], "approve")
    files = [{"path": "bot.py", "content": source("shop", "return n + 2")}]
    await api.call(one.keys["editor"], "POST", "/bots/shop/versions", {"files": files})
    assert (await api.call(one.keys["viewer"], "GET", f"/proposals/{made['id']}")).json()["stale"] is True
    answer = await act(api, one.keys["editor"], made["id"], "apply")
    assert (answer.status_code, answer.json()["code"]) == (409, "proposal_stale")


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"bot": "nobody"}, 404, "bot_not_found"),
        ({"title": " "}, 422, "invalid_input"),
        ({"files": {}}, 422, "invalid_input"),
        ({"files": {"bot.py": source("shop")}}, 422, "nothing_proposed"),
        ({"files": {"bot.py": source("other")}}, 422, "nothing_proposed"),
        ({"files": {"bot.py": "def main(:"}}, 422, "source_invalid"),
        ({"files": {"../bot.py": source("shop")}}, 422, "package_invalid"),
        ({"status": "approved"}, 422, "invalid_input"),
    ],
)
async def test_what_cannot_be_proposed(
    api: Api, one: Tenant, wish: dict[str, Any], status: int, code: str
) -> None:
    await bot(api, one)
    answer = await api.call(one.keys["editor"], "POST", "/proposals", change() | wish)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_who_may_and_who_sees(api: Api, one: Tenant, two: Tenant) -> None:
    await bot(api, one)
    made = await filed(api, one)
    assert (await api.call(one.keys["viewer"], "POST", "/proposals", change())).status_code == 403
    assert (await act(api, one.keys["viewer"], made["id"], "approve")).status_code == 403
    assert (await api.call(two.keys["owner"], "GET", f"/proposals/{made['id']}")).status_code == 404
    assert (await act(api, two.keys["owner"], made["id"], "approve")).status_code == 404
    assert (await api.call(two.keys["owner"], "GET", "/proposals")).json()["items"] == []
    assert (await api.call(one.keys["viewer"], "GET", f"/proposals/{new_id()}")).json()[
        "code"
    ] == "proposal_not_found"


async def test_a_proof_is_written_once(api: Api, one: Tenant) -> None:
    await bot(api, one)
    made = await filed(api, one, proof=None)
    assert await ended(api, one, made["id"], "proven") is True
    assert await ended(api, one, made["id"], "failed") is False
    shown = (await api.call(one.keys["viewer"], "GET", f"/proposals/{made['id']}")).json()
    assert (shown["proof"], shown["evidence"]) == ("proven", REPORT)


@pytest.mark.parametrize(("before", "after"), list(itertools.product(get_args(Status), repeat=2)))
def test_every_change_of_state_is_in_the_table(before: Status, after: Status) -> None:
    if after in TRANSITIONS[before]:
        check(before, after)
    else:
        with pytest.raises(ProposalDecidedError):
            check(before, after)
