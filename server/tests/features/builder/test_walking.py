"""What becomes of a session on its way: questions, refusals, repairs, limits, edits, two workers at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from codex32_server.features.bots.facade import BotsFacade, ProofReport, ProofResult
from codex32_server.features.builder.contract import (
    Asked,
    Permissions,
    Plan,
    Question,
    Refused,
    Written,
)
from codex32_server.features.builder.facade import ScheduleFiles, SessionsFacade
from codex32_server.features.builder.service.walking import SupersededError
from codex32_server.features.proposals.facade import ProposalsFacade
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.triggers.facade import TriggersFacade
from codex32_server.http.routing import provide
from codex32_server.kit.errors import Codex32Error, UnavailableError
from sqlalchemy import text
from support.api import Tenant
from support.builder.sessions import (
    FAILED,
    PASSED,
    WISH,
    Proofs,
    ScriptedEngine,
    Sessions,
    bot_files,
    stage,
)


def scripted(sessions: Sessions, **answers: Any) -> ScriptedEngine:
    """Every engine of the session is this one."""
    engine = ScriptedEngine(**answers)
    sessions.engines = {"recipes": lambda _session: engine}
    return engine


async def test_questions_are_asked_and_answers_go_back_in(sessions: Sessions) -> None:
    asked = await sessions.build("every morning sort a.csv by name")
    assert asked["status"] == "asking"
    [question] = asked["questions"]
    assert (question["id"], question["kind"]) == ("schedule-1.time", "time")
    assert (stage(asked, "requirements")["status"], asked["review"]) == ("asked", None)
    answer = await sessions.call(
        "POST", f"/{asked['id']}/messages", json={"answers": {question["id"]: "8:15"}}
    )
    assert answer.json()["status"] == "working"
    session = await sessions.work(asked)
    assert (session["status"], session["review"]["schedules"]) == ("reviewing", ["15 8 * * * (UTC)"])
    assert [(one["role"], one["kind"]) for one in session["messages"]] == [
        ("person", "said"), ("builder", "asked"), ("person", "answered"),
    ]  # fmt: skip


async def test_a_refusal_can_be_said_in_other_words(sessions: Sessions) -> None:
    refused = await sessions.build("turn on the lights every day at 8")
    assert (refused["status"], refused["error_code"]) == ("refused", "refused")
    assert "The nearest" in refused["error"]
    assert refused["offer"] is None
    scripted(sessions)
    await sessions.call("POST", f"/{refused['id']}/messages", json={"text": "then just report on it"})
    assert (await sessions.work(refused))["status"] == "reviewing"


async def test_a_new_wish_after_a_refusal_stands_alone(sessions: Sessions) -> None:
    refused = await sessions.build("turn on the lights every day at 8")
    await sessions.call("POST", f"/{refused['id']}/messages", json={"text": "in the evening instead"})
    assert (await sessions.work(refused))["status"] == "refused"
    wish = "every day at 8 sort contacts.csv by name"
    await sessions.call("POST", f"/{refused['id']}/messages", json={"text": wish})
    session = await sessions.work(refused)
    assert session["status"] == "reviewing"
    assert not any("light" in sentence for sentence in session["review"]["does"])


async def test_more_words_make_everything_after_them_anew(sessions: Sessions) -> None:
    session = await sessions.build()
    before = {row["stage"]: row["number"] for row in session["stages"]}
    await sessions.call("POST", f"/{session['id']}/messages", json={"text": "and sort by name"})
    session = await sessions.work(session)
    assert session["status"] == "reviewing"
    assert all(row["number"] > before[row["stage"]] for row in session["stages"])
    assert any("sorted by name" in sentence for sentence in session["review"]["does"])


async def test_what_does_not_pass_is_repaired_with_what_was_found(sessions: Sessions) -> None:
    broken = Written(files=bot_files("echo") | {"bot.py": bot_files("echo")["bot.py"] + "import nowhere\n"})
    engine = scripted(sessions, write=[broken])
    sessions.proofs = Proofs(FAILED, PASSED)
    session = await sessions.build()
    assert session["status"] == "reviewing"
    assert [[one.code for one in found] for found in engine.findings] == [["import"], ["test-failed"]]
    assert stage(session, "code")["round"] == 3
    assert session["rounds"] == 3
    revisions = (await sessions.call("GET", f"/{session['id']}/stages/checks")).json()["items"]
    assert [row["status"] for row in revisions] == ["done", "done", "found"]
    assert [row["holds"] for row in revisions] == [True, False, False]


async def test_repairs_end_after_so_many_rounds(sessions: Sessions) -> None:
    engine = scripted(sessions)
    sessions.proofs = Proofs(FAILED)
    session = await sessions.build(max_rounds=2)
    assert (session["status"], session["error_code"]) == ("failed", "rounds_used_up")
    assert "assert 1 == 2" in session["error"]
    assert len(engine.findings) == 2
    sessions.proofs = Proofs(PASSED)
    await sessions.call("POST", f"/{session['id']}/messages", json={"max_rounds": 3})
    assert (await sessions.work(session))["status"] == "reviewing"


async def test_repairs_end_with_the_money(sessions: Sessions) -> None:
    from dataclasses import replace
    from decimal import Decimal

    scripted(sessions)
    sessions.proofs = Proofs(FAILED)
    opened = await sessions.open(budget_usd="0.50")
    [(session_id, walk)] = await sessions.jobs()

    async def spent(*_: Any) -> Decimal:
        return Decimal("0.50")

    walking = replace(sessions.walking, spending=spent)
    assert await walking.walk(sessions.tenant.workspace_id, session_id, walk) == "failed"
    assert (await sessions.get(opened))["error_code"] == "budget_used_up"


async def test_what_recipes_cannot_mend_is_said(sessions: Sessions) -> None:
    session = await sessions.build()
    code = stage(session, "code")["document"]
    code["files"]["bot.py"] += "\n\ndef more() -> None:\n    import nowhere\n"
    await sessions.call("PUT", f"/{session['id']}/stages/code", json={"document": code})
    session = await sessions.work(session)
    assert (session["status"], session["error_code"]) == ("failed", "not_repaired")
    assert "by hand" in session["error"]
    code["files"]["bot.py"] = code["files"]["bot.py"].replace("import nowhere", "return")
    await sessions.call("PUT", f"/{session['id']}/stages/code", json={"document": code})
    assert (await sessions.work(session))["status"] == "reviewing"


async def test_each_stage_can_be_edited_and_the_rest_goes_on(sessions: Sessions) -> None:
    session = await sessions.build()
    requirements = stage(session, "requirements")["document"]
    requirements["parts"][1]["words"] = "drop rows without a phone"
    edited = await sessions.call(
        "PUT", f"/{session['id']}/stages/requirements", json={"document": requirements}
    )
    assert edited.status_code == 200, edited.text
    session = await sessions.work(session)
    assert session["status"] == "reviewing", session["error"]
    assert "Rows without phone are dropped" in " ".join(session["review"]["does"])
    assert [one["kind"] for one in session["messages"]] == ["said", "restated"]

    plan = stage(session, "plan")["document"] | {"name": "my-own-name"}
    await sessions.call("PUT", f"/{session['id']}/stages/plan", json={"document": plan})
    session = await sessions.work(session)
    assert session["review"]["name"] == "my-own-name"
    assert stage(session, "plan")["edited_by"] == str(sessions.tenant.owner_id)

    code = stage(session, "code")["document"]
    code["files"]["README.md"] = "# Mine\n"
    await sessions.call("PUT", f"/{session['id']}/stages/code", json={"document": code})
    session = await sessions.work(session)
    published = (await sessions.call("POST", f"/{session['id']}/publish")).json()
    assert (published["status"], published["bot"]["name"]) == ("published", "my-own-name")
    page = await sessions.api.call(
        sessions.tenant.keys["viewer"], "GET", "/bots/my-own-name/versions/1/files/README.md"
    )
    assert page.text == "# Mine\n"


async def test_recipes_take_no_plan_but_the_name(sessions: Sessions) -> None:
    session = await sessions.build()
    plan = stage(session, "plan")["document"] | {"steps": ["It makes coffee."]}
    await sessions.call("PUT", f"/{session['id']}/stages/plan", json={"document": plan})
    session = await sessions.work(session)
    assert (session["status"], stage(session, "code")["status"]) == ("refused", "refused")
    assert "Change the words" in session["error"]


@pytest.mark.parametrize(
    ("where", "document", "code"),
    [
        ("checks", {"kind": "checked", "findings": []}, "stage_not_editable"),
        ("tests", {"kind": "tested", "proof": "proven", "digest": "x"}, "stage_not_editable"),
        ("review", {}, "stage_not_editable"),
        ("plan", {"kind": "plan", "name": "x"}, "bad_stage_document"),
        ("code", {"files": {"other.py": ""}}, "bad_stage_document"),
        ("code", {"files": {"bot.py": ""}, "proven": True}, "bad_stage_document"),
        ("nothing", {}, "invalid_input"),
    ],
)
async def test_what_cannot_be_edited(
    sessions: Sessions, where: str, document: dict[str, Any], code: str
) -> None:
    session = await sessions.open()
    answer = await sessions.call("PUT", f"/{session['id']}/stages/{where}", json={"document": document})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    early = await sessions.call(
        "PUT", f"/{session['id']}/stages/code", json={"document": {"files": {"bot.py": "x = 1"}}}
    )
    assert (early.status_code, early.json()["code"]) == (409, "builder_session_state")


async def test_a_dry_run_tests_and_publishes_nothing(sessions: Sessions) -> None:
    session = await sessions.build(dry_run=True)
    assert (session["status"], session["dry_run"]) == ("reviewing", True)
    assert stage(session, "tests")["document"]["proof"] == "skipped"
    assert sessions.proofs.given == []
    refused = await sessions.call("POST", f"/{session['id']}/publish")
    assert (refused.status_code, refused.json()["code"]) == (409, "builder_not_proven")


async def test_nothing_is_published_before_its_time_or_twice(sessions: Sessions) -> None:
    session = await sessions.open()
    early = await sessions.call("POST", f"/{session['id']}/publish")
    assert (early.status_code, early.json()["code"]) == (409, "builder_session_state")
    await sessions.work(session)
    answers = await asyncio.gather(*(sessions.call("POST", f"/{session['id']}/publish") for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["version"]["id"] for answer in answers}) == 1
    for path, body in (("messages", {"text": "more"}), ("cancel", None)):
        late = await sessions.call("POST", f"/{session['id']}/{path}", json=body)
        assert (late.status_code, late.json()["code"]) == (409, "builder_session_state")


async def test_a_taken_name_is_told_before_anything_is_built(sessions: Sessions) -> None:
    session = await sessions.build(name="mine")
    await sessions.call("POST", f"/{session['id']}/publish")
    taken = await sessions.call("POST", json={"text": WISH, "name": "mine"})
    assert (taken.status_code, taken.json()["code"]) == (409, "bot_exists")


async def test_a_change_takes_the_work_away(sessions: Sessions) -> None:
    """The worker finds out with its next write; what it wrote last does not count."""
    session = await sessions.open()

    class Meddling(ScriptedEngine):
        async def plan(self, *given: Any) -> Any:
            await sessions.call("POST", f"/{session['id']}/messages", json={"text": "other words"})
            return await super().plan(*given)

    sessions.engines = {"recipes": lambda _session: Meddling()}
    [(session_id, walk)] = await sessions.jobs()
    assert await sessions.walking.walk(sessions.tenant.workspace_id, session_id, walk) == "superseded"
    present = await sessions.get(session)
    assert (present["status"], stage(present, "plan")["status"]) == ("working", "lost")
    assert await sessions.walking.walk(sessions.tenant.workspace_id, session_id, walk) == "superseded"
    scripted(sessions)
    assert (await sessions.work(session))["status"] == "reviewing"


async def test_two_workers_of_one_job_do_not_both_advance(sessions: Sessions) -> None:
    """A worker that was thought dead comes back: its fence is an old one."""
    session = await sessions.open()
    [(session_id, walk)] = await sessions.jobs()
    gate, reached = asyncio.Event(), asyncio.Event()

    class Slow(ScriptedEngine):
        async def write(self, *given: Any) -> Any:
            reached.set()
            await gate.wait()
            return await super().write(*given)

    sessions.engines = {"recipes": lambda _session: Slow()}
    first = asyncio.ensure_future(sessions.walking.walk(sessions.tenant.workspace_id, session_id, walk))
    await reached.wait()
    scripted(sessions)
    second = await sessions.walking.walk(sessions.tenant.workspace_id, session_id, walk)
    gate.set()
    assert (await first, second) == ("superseded", "reviewing")
    rows = [row for row in (await sessions.get(session))["stages"] if row["stage"] == "code"]
    assert [row["status"] for row in rows] == ["done"]


async def test_cancelling_ends_it_and_is_harmless_to_repeat(sessions: Sessions) -> None:
    session = await sessions.open()
    for _ in range(2):
        answer = await sessions.call("POST", f"/{session['id']}/cancel")
        assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert await sessions.jobs() == []
    query = text("select status from jobs where kind = 'walk_builder_session'")
    async with sessions.api.database.transaction(sessions.tenant.workspace_id) as tx:
        assert (await tx.execute(query)).scalars().all() == ["cancelled"]


async def test_what_says_nothing_about_the_bot_is_tried_again(sessions: Sessions) -> None:
    sessions.proofs = Proofs(UnavailableError("The index is away."), PASSED)
    session = await sessions.open()
    [(session_id, walk)] = await sessions.jobs()
    with pytest.raises(UnavailableError):
        await sessions.walking.walk(sessions.tenant.workspace_id, session_id, walk)
    present = await sessions.get(session)
    assert (present["status"], stage(present, "tests")["status"]) == ("working", "failed")
    assert await sessions.walking.walk(sessions.tenant.workspace_id, session_id, walk) == "reviewing"


async def test_what_went_wrong_is_told_and_can_be_resumed(sessions: Sessions) -> None:
    class Broke(Codex32Error):
        code = "model_refused"
        status = 422

    scripted(sessions, plan=[Broke("The model said no.")])
    session = await sessions.build()
    assert (session["status"], session["error_code"]) == ("failed", "model_refused")
    await sessions.call("POST", f"/{session['id']}/messages", json={})
    session = await sessions.work(session)
    assert (session["status"], session["error"]) == ("reviewing", None)


async def test_a_fault_of_ours_fails_the_session_and_the_job(sessions: Sessions) -> None:
    scripted(sessions, plan=[RuntimeError("boom")])
    session = await sessions.open()
    with pytest.raises(RuntimeError):
        await sessions.work(session)
    session = await sessions.get(session)
    assert (session["status"], session["error_code"]) == ("failed", "internal_error")
    assert "boom" not in session["error"]


async def test_work_that_nobody_does_any_more_reads_as_failed(sessions: Sessions) -> None:
    session = await sessions.open()
    async with sessions.api.under_test.owner.transaction(None) as tx:
        await tx.execute(text("update jobs set status = 'failed' where kind = 'walk_builder_session'"))
    present = await sessions.get(session)
    assert (present["status"], present["error_code"]) == ("failed", "given_up")
    listed = (await sessions.call("GET", "?status=failed")).json()["items"]
    assert [one["id"] for one in listed] == [session["id"]]
    await sessions.call("POST", f"/{session['id']}/messages", json={})
    assert (await sessions.work(session))["status"] == "reviewing"


async def test_a_bot_without_tests_or_with_untested_lines(sessions: Sessions) -> None:
    engine = scripted(sessions)
    sessions.proofs = Proofs(ProofResult("unproven", ProofReport(reason="There are no tests.")), PASSED)
    session = await sessions.build()
    assert (session["status"], engine.findings[0][0].code) == ("reviewing", "tests-missing")


async def test_a_question_of_the_plan_is_asked_too(sessions: Sessions) -> None:
    asked = Asked(questions=[Question(id="q", text="Which one?", default="a")])
    engine = scripted(sessions, plan=[asked, Refused(reason="No.")])
    session = await sessions.build()
    assert (session["status"], session["questions"][0]["id"], session["at"]) == ("asking", "q", "plan")
    await sessions.call("POST", f"/{session['id']}/messages", json={"assume_defaults": True})
    session = await sessions.work(session)
    assert (session["status"], session["error"]) == ("refused", "No.")
    assert engine.briefs[-1].assume_defaults


async def test_the_review_shows_what_it_may_touch(sessions: Sessions) -> None:
    files = bot_files("echo")
    manifest = (
        '# triggers = [{ schedule = "0 * * * *" }]\n# network = ["api.example.com"]\n'
        '# secrets = ["API_TOKEN"]\n# budget = { per_run = "0.02 USD" }\n'
    )
    files["bot.py"] = files["bot.py"].replace('# name = "echo"\n', f'# name = "echo"\n{manifest}')
    permissions = Permissions(network=["api.example.com"], secrets=["API_TOKEN"])
    plan = Plan(name="echo", title="Echo", steps=["It echoes."], permissions=permissions)
    scripted(sessions, plan=[plan], write=[Written(files=files)])
    review = (await sessions.build())["review"]
    assert review["permissions"]["network"] == ["api.example.com"]
    assert review["secrets"] == [
        {"name": "API_TOKEN", "is_set": False, "command": "codex32 secrets set API_TOKEN --env dev"}
    ]
    assert review["cost"]["most_per_run_usd"] == "0.02"
    assert float(review["cost"]["most_per_month_usd"]) == pytest.approx(0.02 * 730, rel=0.01)
    assert any("api.example.com" in warning for warning in review["warnings"])


async def test_others_see_nothing_of_it(sessions: Sessions, two: Tenant) -> None:
    session = await sessions.build()
    for method, path in (("GET", ""), ("GET", "/events"), ("POST", "/publish"), ("POST", "/cancel")):
        answer = await sessions.api.call(
            two.keys["owner"], method, f"/builder/sessions/{session['id']}{path}"
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "builder_session_not_found")
    listed = await sessions.api.call(two.keys["owner"], "GET", "/builder/sessions")
    assert listed.json()["items"] == []
    assert (await sessions.call("GET", f"/{session['id']}", role="viewer")).status_code == 200
    for path, body in (("", {"text": WISH}), (f"/{session['id']}/publish", None)):
        answer = await sessions.call("POST", path, role="viewer", json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_events_tell_everything_in_order_and_go_on_where_one_stopped(sessions: Sessions) -> None:
    session = await sessions.build()
    events = await sessions.events(session)
    assert [data["stage"] for kind, _, data in events if kind == "stage" and data["status"] == "done"] == [
        *("requirements", "plan", "code", "checks", "tests", "review"),
    ]
    numbers = [int(number) for _, number, _ in events[:-1] if number]
    assert numbers == sorted(set(numbers))
    assert events[-1] == ("end", None, {"status": "reviewing"})
    middle = events[5][1]
    assert middle is not None
    assert await sessions.events(session, **{"Last-Event-ID": middle}) == events[6:]
    bad = await sessions.call("GET", f"/{session['id']}/events", headers={"Last-Event-ID": "x"})
    assert bad.status_code == 422


def facade_with(*engines: str, **more: Any) -> SessionsFacade:
    """Sessions as the API has them where workers have these engines."""
    bots = BotsFacade()
    runs = RunsFacade(bots.resolve)
    files = ScheduleFiles(runs, TriggersFacade(bots, runs))
    return SessionsFacade(bots, files, ProposalsFacade(bots), engines=frozenset(engines), **more)


async def test_an_engine_that_is_not_there_is_refused(sessions: Sessions) -> None:
    provide(sessions.api.app, SessionsFacade, facade_with("recipes"))
    missing = await sessions.call("POST", json={"text": WISH, "engine": "models"})
    assert (missing.status_code, missing.json()["code"]) == (422, "builder_engine_unavailable")


@pytest.mark.parametrize(
    ("words", "alias", "offered"),
    [
        ("do something with my data", "code", True),
        ("turn on the lights every day at 8", "code", True),
        ("every morning sort a.csv by name", "code", False),
        ("do something with my data", None, False),
    ],
)
async def test_models_are_offered_where_recipes_do_not_know_how(
    sessions: Sessions, words: str, alias: str | None, offered: bool
) -> None:
    async def has(*_: Any) -> str | None:
        return alias

    provide(sessions.api.app, SessionsFacade, facade_with("recipes", "models", aliases=has))
    session = await sessions.build(words)
    assert (session["engine"], session["offer"] is not None) == ("recipes", offered)
    if not offered:
        return
    assert session["offer"]["model"] == "code"
    assert [walk for _, walk in await sessions.jobs()] == [1], "nothing is begun unasked"
    taken = {"engine": "models", "budget_usd": "0.25"}
    await sessions.call("POST", f"/{session['id']}/messages", json=taken)
    engine = ScriptedEngine()
    sessions.engines["models"] = lambda _session: engine
    session = await sessions.work(session)
    assert (session["status"], session["engine"], session["offer"]) == ("reviewing", "models", None)
    assert float(session["budget_usd"]) == 0.25


def test_a_superseded_worker_is_no_error_of_the_tree() -> None:
    assert not issubclass(SupersededError, Codex32Error)
