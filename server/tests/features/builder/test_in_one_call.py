"""`POST /builder/bots`: a session that is waited for, over the same pipeline."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from codex32_server.queue.notify import Listener
from support.builder.sessions import FAILED, WISH, Proofs, Sessions


@pytest.fixture(autouse=True)
async def listening(sessions: Sessions) -> AsyncIterator[None]:
    """Who waits is woken, as in the product."""
    async with sessions.api.app.state.provided[Listener]:
        yield


async def _build(sessions: Sessions, **more: Any) -> httpx.Response:
    """The call, with a worker beside it."""
    key = sessions.tenant.keys["editor"]
    asked = asyncio.ensure_future(
        sessions.api.call(key, "POST", "/builder/bots", json={"text": WISH, **more})
    )
    while not asked.done():
        for session_id, walk in await sessions.jobs():
            await sessions.walking.walk(sessions.tenant.workspace_id, session_id, walk)
        await asyncio.sleep(0.02)
    return await asked


async def test_a_wish_becomes_a_bot_and_leaves_a_session(sessions: Sessions) -> None:
    built = (await _build(sessions)).json()
    assert (built["status"], built["bot"]["name"]) == ("published", "clean-contacts")
    session = await sessions.get({"id": built["session"]})
    assert (session["status"], session["bot"]) == ("published", built["bot"])
    assert (
        built["files"]
        == next(row for row in session["stages"] if row["stage"] == "code")["document"]["files"]
    )


async def test_a_taken_name_gets_a_number_and_the_manifest_says_so(sessions: Sessions) -> None:
    await _build(sessions)
    again = (await _build(sessions)).json()
    assert again["bot"]["name"] == "clean-contacts-2"
    assert 'name = "clean-contacts-2"' in again["files"]["bot.py"]
    taken = await _build(sessions, name="clean-contacts")
    assert (taken.status_code, taken.json()["code"]) == (409, "bot_exists")


async def test_a_name_taken_meanwhile_is_replaced_and_proven_again(sessions: Sessions) -> None:
    class Thief(Proofs):
        """Takes the name while the tests run."""

        async def __call__(self, workspace_id: Any, *given: Any) -> Any:
            if not self.given:
                body = {"files": {"bot.py": given[1]["bot.py"].decode()}}
                key = sessions.tenant.keys["editor"]
                assert (await sessions.api.call(key, "POST", "/bots", json=body)).status_code == 201
            return await super().__call__(workspace_id, *given)

    sessions.proofs = Thief()
    built = (await _build(sessions)).json()
    assert (built["status"], built["bot"]["name"]) == ("published", "clean-contacts-2")
    assert len(sessions.proofs.given) == 2


async def test_a_failed_proof_is_a_refusal_and_no_bot(sessions: Sessions) -> None:
    sessions.proofs = Proofs(FAILED)
    refused = (await _build(sessions)).json()
    assert (refused["status"], refused["bot"]) == ("refused", None)
    assert "test_it: assert 1 == 2" in refused["reason"]
    bots = await sessions.api.call(sessions.tenant.keys["viewer"], "GET", "/bots")
    assert bots.json()["items"] == []
    assert (await sessions.get({"id": refused["session"]}))["error_code"] == "not_repaired"


async def test_a_question_and_a_preview_leave_no_session(sessions: Sessions) -> None:
    asked = (await _build(sessions, text="do something with my data")).json()
    assert (asked["status"], len(asked["questions"])) == ("needs_answers", 1)
    preview = (await _build(sessions, publish=False)).json()
    assert (preview["status"], preview["session"]) == ("understood", None)
    assert (await sessions.call("GET")).json()["items"] == []
