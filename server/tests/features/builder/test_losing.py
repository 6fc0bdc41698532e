"""A model that drops tests is sent back; a person who asks for it is told."""

from __future__ import annotations

from typing import Any

import pytest
from codex32_server.features.builder.contract import Brief, Message, Written
from codex32_server.features.builder.service.losing import asked_for_less
from support.builder.sessions import FAILED, PASSED, Proofs, ScriptedEngine, Sessions, bot_files, stage

MORE = "\n\ndef test_more() -> None:\n    assert main(2) == 2\n"


def written(*more: str, body: str = "return n") -> Written:
    files = bot_files("echo", body)
    return Written(files={**files, "test_bot.py": files["test_bot.py"] + "".join(more)})


def models(sessions: Sessions, **answers: Any) -> ScriptedEngine:
    engine = ScriptedEngine("models", **answers)
    sessions.engines["models"] = lambda _session: engine
    return engine


async def echo(sessions: Sessions, words: str, **answers: Any) -> tuple[dict[str, Any], ScriptedEngine]:
    """A change of a bot that has two tests."""
    files = [{"path": path, "content": text} for path, text in written(MORE).files.items()]
    made = await sessions.api.call(sessions.tenant.keys["editor"], "POST", "/bots", {"files": files})
    assert made.status_code == 201, made.text
    engine = models(sessions, **answers)
    return await sessions.build(words, bot="echo", engine="models", budget_usd="0.50"), engine


async def test_a_change_that_drops_a_test_is_sent_back(sessions: Sessions) -> None:
    less, whole = written(body="return n * 1"), written(MORE, body="return n * 1")
    session, engine = await echo(sessions, "also multiply it by one", write=[less], repair=[whole])
    assert session["status"] == "reviewing", session
    [[finding]] = engine.findings
    assert (finding.stage, finding.code) == ("checks", "tests-dropped")
    assert "there are 1 cases where there were 2 (gone: test_more)" in finding.message
    assert session["review"]["warnings"] == []


async def test_a_person_who_wants_it_is_told(sessions: Sessions) -> None:
    session, engine = await echo(sessions, "remove test_more", write=[written(body="return n * 1")])
    assert (session["status"], engine.findings) == ("reviewing", [])
    assert "The tests show less than before" in session["review"]["warnings"][0]


async def test_a_repair_does_not_drop_what_fails(sessions: Sessions) -> None:
    sessions.proofs = Proofs(FAILED, PASSED)
    whole = written(MORE, body="return n + 0")
    engine = models(sessions, write=[written(MORE)], repair=[written(), written(body="return 0 + n"), whole])
    session = await sessions.build(engine="models", budget_usd="0.50")
    assert session["status"] == "reviewing", session
    codes = [[finding.code for finding in findings] for findings in engine.findings]
    assert codes == [["test-failed"], ["tests-dropped"], ["tests-dropped"]]


async def test_what_a_person_edits_is_only_told(sessions: Sessions) -> None:
    models(sessions, write=[written(MORE)])
    session = await sessions.build(engine="models", budget_usd="0.50")
    document = {"document": written().model_dump(mode="json")}
    edited = await sessions.call("PUT", f"/{session['id']}/stages/code", json=document)
    assert edited.status_code == 200, edited.text
    session = await sessions.work(session)
    assert session["status"] == "reviewing", session
    [finding] = stage(session, "checks")["document"]["findings"]
    assert (finding["code"], finding["severity"]) == ("tests-dropped", "warning")


@pytest.mark.parametrize(
    ("text", "less"),
    [
        ("also drop rows without a name", False),
        ("only on mondays", False),
        ("add tests", False),
        ("don't deduplicate any more", True),
        ("remove the chart", True),
        ("ya no elimines los duplicados", True),
        ("quita el gráfico", True),
        ("it has too many tests, keep fewer", True),
    ],
)
def test_who_asks_for_less(text: str, less: bool) -> None:
    brief = Brief(messages=[Message(role="person", text=text)])
    assert asked_for_less(brief) is less
