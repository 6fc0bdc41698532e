"""Changing a bot that is there: a session with a base, the proposal it becomes; and suggestions."""

from __future__ import annotations

from typing import Any

import pytest
from codex32_server.features.builder.engines.changing import words_of
from codex32_server.kit.manifest.manifest import parse_header
from codex32_server.kit.manifest.patching import patch_manifest
from sqlalchemy import text
from support.api import Tenant, source
from support.builder.sessions import ScriptedEngine, Sessions, stage

WISH = "every weekday at 9 deduplicate contacts.csv by email"


async def built(sessions: Sessions, text: str = WISH, name: str = "contacts") -> dict[str, Any]:
    session = await sessions.work(await sessions.open(text=text, name=name))
    assert session["status"] == "reviewing", session
    published = await sessions.call("POST", f"/{session['id']}/publish")
    assert published.status_code == 200, published.text
    return published.json()


async def changed(sessions: Sessions, text: str, bot: str = "contacts") -> dict[str, Any]:
    return await sessions.work(await sessions.open(text=text, bot=bot))


async def versions(sessions: Sessions, bot: str = "contacts") -> list[dict[str, Any]]:
    found = await sessions.api.call(sessions.tenant.keys["viewer"], "GET", f"/bots/{bot}/versions")
    return found.json()["items"]


async def test_a_change_is_shown_and_then_made(sessions: Sessions) -> None:
    await built(sessions)
    session = await changed(sessions, "also drop rows without a name")
    assert session["status"] == "reviewing", session
    review = session["review"]
    assert review["name"] == "contacts"
    assert review["wider"] == []
    assert {change["path"] for change in review["changes"]} == {"bot.py", "test_bot.py", "README.md"}
    published = await sessions.call("POST", f"/{session['id']}/publish")
    assert published.status_code == 200, published.text
    newest = (await versions(sessions))[0]
    assert (newest["number"], newest["proof"], newest["environments"]) == (2, "proven", ["dev"])
    listed = await sessions.api.call(sessions.tenant.keys["viewer"], "GET", "/proposals?bot=contacts")
    [proposal] = listed.json()["items"]
    assert (proposal["status"], proposal["origin"], proposal["origin_ref"]) == (
        "applied",
        "edit",
        session["id"],
    )


async def test_a_change_of_a_change(sessions: Sessions) -> None:
    await built(sessions)
    session = await changed(sessions, "only on mondays")
    await sessions.call("POST", f"/{session['id']}/publish")
    session = await changed(sessions, "also drop rows without a name")
    words = stage(session, "requirements")["document"]["sentence"]
    assert words == "on mondays at 9:00, deduplicate contacts.csv by email, and drop rows without a name"
    assert session["review"]["schedules"] == ["0 9 * * 1 (UTC)"]


async def test_a_change_that_is_not_understood_asks_or_refuses(sessions: Sessions) -> None:
    await built(sessions)
    session = await changed(sessions, "make it nicer")
    assert session["status"] == "asking"
    session = await changed(sessions, "don't sort any more")
    assert session["status"] == "refused"
    assert len(await versions(sessions)) == 1


async def test_what_was_refused_stands_in_no_later_change_s_way(sessions: Sessions) -> None:
    await built(sessions)
    session = await changed(sessions, "don't sort any more")
    assert session["status"] == "refused"
    await sessions.call("POST", f"/{session['id']}/messages", json={"text": "also drop rows without a name"})
    session = await sessions.work(session)
    assert session["status"] == "reviewing", session
    words = stage(session, "requirements")["document"]["sentence"]
    assert words == f"{WISH}, and drop rows without a name"
    await sessions.call("POST", f"/{session['id']}/messages", json={"text": "don't chart any more"})
    assert (await sessions.work(session))["status"] == "refused"


async def test_a_change_left_to_somebody_else(sessions: Sessions) -> None:
    await built(sessions)
    session = await changed(sessions, "only on mondays")
    proposed = await sessions.call("POST", f"/{session['id']}/propose")
    assert proposed.status_code == 200, proposed.text
    again = await sessions.call("POST", f"/{session['id']}/propose")
    assert again.json()["proposal_id"] == proposed.json()["proposal_id"]
    shown = await sessions.api.call(
        sessions.tenant.keys["viewer"], "GET", f"/proposals/{proposed.json()['proposal_id']}"
    )
    assert (shown.json()["status"], shown.json()["proof"]) == ("proposed", "proven")
    assert len(await versions(sessions)) == 1
    await sessions.call("POST", f"/{session['id']}/publish")
    assert len(await versions(sessions)) == 2


async def test_what_was_approved_is_not_another_change(sessions: Sessions, one: Tenant) -> None:
    """A proposal that was agreed to says nothing about what the session has become since."""
    await built(sessions)
    session = await changed(sessions, "only on mondays")
    first = (await sessions.call("POST", f"/{session['id']}/propose")).json()["proposal_id"]
    approved = await sessions.api.call(one.keys["owner"], "POST", f"/proposals/{first}/approve", {})
    assert approved.json()["status"] == "approved"
    await sessions.call(
        "POST", f"/{session['id']}/messages", json={"text": "also post it to Slack", "assume_defaults": True}
    )
    session = await sessions.work(session)
    assert session["review"]["wider"], session
    answer = await sessions.call("POST", f"/{session['id']}/publish")
    assert (answer.status_code, answer.json()["code"]) == (403, "widening_needs_owner")
    assert len(await versions(sessions)) == 1
    second = (await sessions.call("POST", f"/{session['id']}/propose")).json()["proposal_id"]
    assert second != first
    old = (await sessions.api.call(one.keys["viewer"], "GET", f"/proposals/{first}")).json()
    assert old["status"] == "rejected"
    published = await sessions.call("POST", f"/{session['id']}/publish", role="owner")
    assert published.status_code == 200, published.text
    made = (await sessions.api.call(one.keys["viewer"], "GET", f"/proposals/{second}")).json()
    assert (made["status"], made["digest"]) == ("applied", (await versions(sessions))[0]["digest"])


async def test_what_somebody_else_applied_is_changed_in_words(sessions: Sessions, one: Tenant) -> None:
    await built(sessions)
    session = await changed(sessions, "only on mondays")
    proposal = (await sessions.call("POST", f"/{session['id']}/propose")).json()["proposal_id"]
    for verb in ("approve", "apply"):
        done = await sessions.api.call(one.keys["owner"], "POST", f"/proposals/{proposal}/{verb}", {})
        assert done.status_code == 200, done.text
    published = await sessions.call("POST", f"/{session['id']}/publish")
    assert published.json()["status"] == "published", published.text
    assert len(await versions(sessions)) == 2
    session = await changed(sessions, "also drop rows without a name")
    words = stage(session, "requirements")["document"]["sentence"]
    assert words == "on mondays at 9:00, deduplicate contacts.csv by email, and drop rows without a name"


async def test_a_change_begins_where_dev_is(sessions: Sessions, one: Tenant) -> None:
    await built(sessions)
    broken = {
        "files": [
            {"path": "bot.py", "content": source("contacts", "return n + 2")},
            {"path": "test_bot.py", "content": "def test_it() -> None:\n    assert False\n"},
        ]
    }
    made = await sessions.api.call(one.keys["editor"], "POST", "/bots/contacts/versions", broken)
    assert made.status_code == 201, made.text
    session = await changed(sessions, "also drop rows without a name")
    assert session["status"] == "reviewing", session
    assert (await sessions.call("POST", f"/{session['id']}/publish")).status_code == 200
    assert (await versions(sessions))[0]["number"] == 3


async def test_a_new_bot_is_not_proposed(sessions: Sessions) -> None:
    session = await sessions.work(await sessions.open(text=WISH, name="contacts"))
    answer = await sessions.call("POST", f"/{session['id']}/propose")
    assert (answer.status_code, answer.json()["code"]) == (409, "builder_nothing_to_propose")


async def test_a_bot_that_changed_meanwhile(sessions: Sessions) -> None:
    await built(sessions)
    first, second = await changed(sessions, "only on mondays"), await changed(sessions, "only on fridays")
    assert (await sessions.call("POST", f"/{first['id']}/publish")).status_code == 200
    answer = await sessions.call("POST", f"/{second['id']}/publish")
    assert (answer.status_code, answer.json()["code"]) == (409, "proposal_stale")


async def test_a_bot_written_by_hand_gets_other_times_only(sessions: Sessions, one: Tenant) -> None:
    manifest = 'triggers = [{ schedule = "0 9 * * *", timezone = "Europe/Madrid" }]'
    files = {
        "bot.py": source("hand", manifest=manifest),
        "test_bot.py": "from bot import main\n\n\ndef test_it() -> None:\n    assert main(1) == 1\n",
    }
    body = {"files": [{"path": path, "content": text} for path, text in files.items()]}
    made = await sessions.api.call(one.keys["owner"], "POST", "/bots", body)
    assert made.status_code == 201, made.text
    session = await changed(sessions, "only on mondays", "hand")
    assert session["status"] == "reviewing", session
    assert session["review"]["schedules"] == ["0 9 * * 1 (Europe/Madrid)"]
    assert [change["path"] for change in session["review"]["changes"]] == ["bot.py"]
    session = await changed(sessions, "also sort by name", "hand")
    assert session["status"] == "refused"
    assert "by hand" in session["error"]


@pytest.mark.parametrize("bot", ["nobody", "x" * 200])
async def test_a_bot_that_is_not_there(sessions: Sessions, bot: str) -> None:
    answer = await sessions.call("POST", json={"text": "only on mondays", "bot": bot})
    assert answer.status_code in (404, 422)


async def test_suggestions_become_proposals_and_sessions(sessions: Sessions, one: Tenant) -> None:
    await built(sessions)
    key = one.keys["editor"]
    found = (await sessions.api.call(key, "GET", "/bots/contacts/suggestions")).json()["items"]
    assert [item["id"] for item in found] == ["tell-somebody"], found
    taken = await sessions.api.call(key, "POST", "/bots/contacts/suggestions/tell-somebody")
    assert taken.status_code == 201, taken.text
    assert taken.json()["session_id"]
    gone = await sessions.api.call(key, "POST", "/bots/contacts/suggestions/nothing")
    assert (gone.status_code, gone.json()["code"]) == (404, "suggestion_not_found")
    manifest = 'network = ["api.shop.example"]'
    body = {"files": [{"path": "bot.py", "content": source("asks", manifest=manifest)}]}
    await sessions.api.call(key, "POST", "/bots", body)
    taken = await sessions.api.call(key, "POST", "/bots/asks/suggestions/retries")
    proposal = await sessions.api.call(key, "GET", f"/proposals/{taken.json()['proposal_id']}")
    assert proposal.json()["origin"] == "suggestion"
    assert "+# retries = {attempts = 3" in proposal.json()["changes"][0]["unified"]


async def test_who_may_ask_for_suggestions(sessions: Sessions, one: Tenant, two: Tenant) -> None:
    await built(sessions)
    assert (
        await sessions.api.call(one.keys["viewer"], "GET", "/bots/contacts/suggestions")
    ).status_code == 200
    taken = await sessions.api.call(one.keys["viewer"], "POST", "/bots/contacts/suggestions/tell-somebody")
    assert taken.status_code == 403
    assert (
        await sessions.api.call(two.keys["owner"], "GET", "/bots/contacts/suggestions")
    ).status_code == 404


async def files_of(sessions: Sessions) -> dict[str, str]:
    """The newest version's files."""
    key, number = sessions.tenant.keys["viewer"], (await versions(sessions))[0]["number"]
    path = f"/bots/contacts/versions/{number}/files"
    names = [item["path"] for item in (await sessions.api.call(key, "GET", path)).json()["items"]]
    return {name: (await sessions.api.call(key, "GET", f"{path}/{name}")).text for name in names}


async def suggested(sessions: Sessions, one: Tenant, values: dict[str, Any]) -> None:
    """A suggestion that was applied: it changes the manifest, and nothing else."""
    files = await files_of(sessions)
    files["bot.py"] = patch_manifest(files["bot.py"], values)
    body = {"bot": "contacts", "title": "More room", "files": files}
    made = await sessions.api.call(one.keys["editor"], "POST", "/proposals", body)
    assert made.status_code == 201, made.text
    proven = "proof = 'proven', evidence = '{}', origin = 'suggestion' where status = 'proposed'"
    async with sessions.api.database.transaction(one.workspace_id) as tx:
        await tx.execute(text(f"update proposals set {proven}"))
    for verb in ("approve", "apply"):
        done = await sessions.api.call(
            one.keys["owner"], "POST", f"/proposals/{made.json()['id']}/{verb}", {}
        )
        assert done.status_code == 200, done.text


async def test_a_manifest_set_by_hand_does_not_end_changes_in_words(sessions: Sessions, one: Tenant) -> None:
    await built(sessions)
    await suggested(sessions, one, {"limits.timeout": "10m", "retries": {"attempts": 3}})
    session = await changed(sessions, "also drop rows without a name")
    assert session["status"] == "reviewing", session
    [code] = [change for change in session["review"]["changes"] if change["path"] == "bot.py"]
    assert "timeout" not in [line for line in code["diff"].split("\n") if line.startswith(("+", "-"))]
    assert (await sessions.call("POST", f"/{session['id']}/publish")).status_code == 200
    manifest = parse_header((await files_of(sessions))["bot.py"]).manifest
    assert (manifest.limits.timeout, manifest.retries.attempts) == (600, 3)
    assert [trigger.schedule for trigger in manifest.triggers] == ["0 9 * * 1-5"]


async def test_times_set_by_hand_are_changed_where_they_stand(sessions: Sessions, one: Tenant) -> None:
    await built(sessions)
    triggers = [{"schedule": "30 10 * * 1-5", "timezone": "Europe/Madrid"}]
    await suggested(sessions, one, {"triggers": triggers})
    session = await changed(sessions, "only on mondays")
    assert session["status"] == "reviewing", session
    assert session["review"]["schedules"] == ["30 10 * * 1 (Europe/Madrid)"]


@pytest.mark.parametrize("engine", ["recipes", "models"])
async def test_a_question_is_answered_and_nothing_is_built(sessions: Sessions, engine: str) -> None:
    asked = ScriptedEngine("models")
    sessions.engines["models"] = lambda _session: asked
    await built(sessions)
    session = await sessions.work(
        await sessions.open("what does it do?", bot="contacts", engine=engine, budget_usd="0.50")
    )
    assert session["status"] == "asking", session
    assert any("contacts.csv" in line for line in session["understood"]), session["understood"]
    assert [question["id"] for question in session["questions"]] == ["change"]
    assert asked.briefs == []


async def test_why_a_run_failed(sessions: Sessions, one: Tenant) -> None:
    await built(sessions)
    started = await sessions.api.call(
        one.keys["editor"], "POST", "/bots/contacts/runs", {"environment": "dev"}
    )
    failed = "status = 'failed', error_code = 'out_of_memory', error_detail = 'Killed.', finished_at = now()"
    async with sessions.api.under_test.owner.transaction(one.workspace_id) as tx:
        await tx.execute(text(f"update runs set {failed} where id = :id"), {"id": started.json()["id"]})
    session = await changed(sessions, "why did it fail last night?")
    assert session["status"] == "asking", session
    assert "began at 20" in session["understood"][0]
    assert any("memory" in line for line in session["understood"]), session["understood"]


async def test_only_who_may_read_runs_asks_why_one_failed(sessions: Sessions, one: Tenant) -> None:
    await built(sessions)
    wish = {"name": "builder", "scopes": ["bots:read", "builder:write"]}
    made = await sessions.api.call(one.keys["owner"], "POST", "/keys", wish)
    assert made.status_code == 201, made.text
    body = {"text": "why did it fail?", "bot": "contacts"}
    answer = await sessions.api.call(made.json()["key"], "POST", "/builder/sessions", body)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    answer = await sessions.api.call(
        made.json()["key"], "POST", "/builder/sessions", {**body, "text": "explain it"}
    )
    assert answer.status_code == 201


async def test_why_it_failed_and_then_a_change(sessions: Sessions) -> None:
    await built(sessions)
    session = await changed(sessions, "¿Por qué falló anoche?")
    assert session["status"] == "asking", session
    assert session["understood"] == ["No run of contacts failed."]
    assert session["questions"][0]["text"].startswith("¿Qué debería cambiar?")
    answer = {"change": "also drop rows without a name"}
    await sessions.call("POST", f"/{session['id']}/messages", json={"answers": answer})
    session = await sessions.work(session)
    assert session["status"] == "reviewing", session
    words = stage(session, "requirements")["document"]["sentence"]
    assert words == "every weekday at 9 deduplicate contacts.csv by email, and drop rows without a name"


async def test_the_first_tests_of_a_bot_are_a_proposal(sessions: Sessions, one: Tenant) -> None:
    key = one.keys["editor"]
    body = {"files": [{"path": "bot.py", "content": source("bare")}]}
    assert (await sessions.api.call(key, "POST", "/bots", body)).status_code == 201
    run = await sessions.api.call(key, "POST", "/bots/bare/runs", {"environment": "dev", "input": {"n": 3}})
    ended = "status = 'succeeded', output = '3', finished_at = now()"
    async with sessions.api.under_test.owner.transaction(one.workspace_id) as tx:
        await tx.execute(text(f"update runs set {ended} where id = :id"), {"id": run.json()["id"]})
    first = (await sessions.api.call(key, "GET", "/bots/bare/suggestions")).json()["items"][0]
    assert (first["id"], list(first["files"])) == ("no-tests", ["test_bot.py"])
    taken = await sessions.api.call(key, "POST", "/bots/bare/suggestions/no-tests")
    shown = await sessions.api.call(key, "GET", f"/proposals/{taken.json()['proposal_id']}")
    proposal = shown.json()
    assert ([file["path"] for file in proposal["changes"]], proposal["widening"]) == (["test_bot.py"], False)
    assert "given = {'n': 3}" in proposal["files"]["test_bot.py"]
    assert proposal["risks"]


async def test_signs_of_markdown_in_the_words_of_a_bot_stay_words(sessions: Sessions) -> None:
    """They are read back from its page where no session knows them any more."""
    await built(sessions, 'every weekday at 9 keep only rows where "*_all_*" is above 5 in contacts.csv')
    page = (await files_of(sessions))["README.md"]
    assert r"\*\_all\_\*" in page
    assert words_of({"README.md": page}) == (
        'every weekday at 9 keep only rows where "*_all_*" is above 5 in contacts.csv'
    )
