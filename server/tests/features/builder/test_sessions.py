"""A session from the first word to the published bot, through the API; the worker works on demand."""

from __future__ import annotations

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
