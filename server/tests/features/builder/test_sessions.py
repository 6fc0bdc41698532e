"""A session from the first word to the published bot, through the API; the worker works on demand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from codex32_server.features.builder.facade import sweep_sessions
from support.builder.sessions import Sessions, stage


async def test_words_become_a_published_bot(sessions: Sessions) -> None:
    opened = await sessions.open()
    assert (opened["status"], opened["engine"], opened["stages"]) == ("working", "recipes", [])
    session = await sessions.work(opened)
    assert session["status"] == "reviewing", session
    assert [row["stage"] for row in session["stages"]] == [
        *("requirements", "plan", "code", "checks", "tests", "review"),
    ]
    assert all(row["holds"] and row["status"] == "done" for row in session["stages"])
    assert session["review"]["name"] == "clean-contacts"
    assert session["review"]["schedules"] == ["0 9 * * 1-5 (UTC)"]
    assert session["review"]["starts"] == ["It starts every weekday at 09:00 (UTC)."]
    assert session["changes"] is None
    assert session["review"]["cost"]["says"].startswith("It uses no model")
    published = await sessions.call("POST", f"/{session['id']}/publish")
    assert published.status_code == 200, published.text
    assert (published.json()["status"], published.json()["bot"]["name"]) == ("published", "clean-contacts")
    again = await sessions.call("POST", f"/{session['id']}/publish")
    assert again.json() == published.json()
    version = await sessions.api.call(
        sessions.tenant.keys["viewer"], "GET", "/bots/clean-contacts/versions/1"
    )
    assert (version.json()["proof"], version.json()["environments"]) == ("proven", ["dev"])
    assert stage(published.json(), "code")["document"]["files"]["bot.py"]


@pytest.mark.parametrize(
    "body",
    [
        {"text": "a\0b"},
        {"text": "sort a.csv by name", "answers": {"x": "\0"}},
        {"text": "sort a.csv by name", "timezone": "\0"},
        {"text": "sort a.csv by name", "timezone": "Europe/Nowhere"},
        {"text": "   "},
        {"text": "x" * 20_001},
        {"text": "x", "budget_usd": "-1"},
        {"text": "x", "name": "Not A Slug"},
        {"text": "x", "surprise": 1},
    ],
)
async def test_what_cannot_begin_is_said(sessions: Sessions, body: dict[str, Any]) -> None:
    answer = await sessions.call("POST", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["next_step"]


async def test_documents_of_a_person_may_hold_any_text(sessions: Sessions) -> None:
    session = await sessions.build()
    code = stage(session, "code")["document"]
    code["files"]["README.md"] = "a\0b"
    answer = await sessions.call("PUT", f"/{session['id']}/stages/code", json={"document": code})
    assert answer.status_code == 200, answer.text
    assert stage(answer.json(), "code")["document"]["files"]["README.md"] == "a\ufffdb"


async def test_the_list_goes_on_page_by_page(sessions: Sessions) -> None:
    made = [(await sessions.open(f"sort {name}.csv by name"))["id"] for name in "abc"]
    first = (await sessions.call("GET", "?limit=2")).json()
    rest = (await sessions.call("GET", f"?limit=2&cursor={first['next_cursor']}")).json()
    assert [one["id"] for one in (*first["items"], *rest["items"])] == made[::-1]
    assert rest["next_cursor"] is None


async def test_what_nobody_touched_for_long_is_forgotten_and_the_bot_stays(sessions: Sessions) -> None:
    session = await sessions.build()
    await sessions.call("POST", f"/{session['id']}/publish")
    working = await sessions.open()
    workspace_id = sessions.tenant.workspace_id
    async with sessions.api.under_test.scheduler.transaction(workspace_id) as tx:
        assert await sweep_sessions(tx, workspace_id, timedelta(days=1)) == []
        assert len(await sweep_sessions(tx, workspace_id, timedelta(0))) == 1
    left = (await sessions.call("GET")).json()["items"]
    assert [one["id"] for one in left] == [working["id"]]
    bots = await sessions.api.call(sessions.tenant.keys["viewer"], "GET", "/bots")
    assert [bot["name"] for bot in bots.json()["items"]] == ["clean-contacts"]


async def test_files_that_come_with_the_words_go_to_the_schedules(sessions: Sessions) -> None:
    key = sessions.tenant.keys["editor"]
    sent = await sessions.api.http.put(
        "/api/v1/uploads?name=contacts.csv", content=b"email\n", headers={"Authorization": f"Bearer {key}"}
    )
    session = await sessions.build(files={"contacts.csv": sent.json()["id"]})
    await sessions.call("POST", f"/{session['id']}/publish")
    schedules = await sessions.api.call(key, "GET", "/schedules")
    attached = [[file["name"] for file in one["files"]] for one in schedules.json()["items"]]
    assert attached == [["contacts.csv"]]
    lost = await sessions.call("POST", json={"text": "sort a.csv by name", "files": {"a.csv": session["id"]}})
    assert lost.status_code in (404, 422)
