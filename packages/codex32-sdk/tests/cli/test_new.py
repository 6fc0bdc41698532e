"""`codex32 new`: the stable JSON, and nothing published without a yes."""

from __future__ import annotations

from typing import Any

import pytest

PUBLISHED = {
    "status": "published",
    "bot": {"id": "b1", "name": "clean-contacts"},
    "version": {"id": "v1", "digest": "sha256:abc"},
    "questions": [],
    "reason": None,
    "understanding": ["Drops rows without an email."],
    "files": {"bot.py": "code"},
}
OPEN = {
    "status": "needs_answers",
    "bot": None,
    "version": None,
    "questions": [{"id": "trigger.time", "text": "At what time?", "kind": "time", "choices": []}],
    "reason": "A time is missing.",
    "understanding": [],
    "files": {},
}


def test_published(api: Any, codex32: Any) -> None:
    api.on("POST /builder/bots", PUBLISHED)
    told = codex32("new", "clean the contacts CSV", "--yes", "--json", "--timezone", "Europe/Madrid")
    assert told.code == 0
    assert told.json | PUBLISHED == told.json | {"files": {"bot.py": "code"}}
    assert "files" not in told.json
    assert api.requests[0].json == {
        "text": "clean the contacts CSV",
        "publish": True,
        "timezone": "Europe/Madrid",
    }
    assert codex32("new", "clean", "-y").out == "clean-contacts\n"


@pytest.mark.parametrize("status", ["needs_answers", "refused"])
def test_not_published_is_exit_code_1_with_the_questions(api: Any, codex32: Any, status: str) -> None:
    api.on("POST /builder/bots", OPEN | {"status": status})
    told = codex32("new", "every day clean it", "--yes", "--json")
    assert told.code == 1
    assert told.json["status"] == status
    assert told.json["questions"][0]["id"] == "trigger.time"
    assert told.json["reason"] == "A time is missing."
    assert (told.json["bot"], told.json["version"]) == (None, None)


def test_json_without_yes_publishes_nothing(api: Any, codex32: Any) -> None:
    api.on("POST /builder/bots", PUBLISHED | {"status": "proven", "bot": None, "version": None})
    told = codex32("new", "clean it", "--json")
    assert told.code == 1
    assert [request.json["publish"] for request in api.requests] == [False]
    assert "Nothing was published" in told.err


def test_a_person_is_asked_and_then_it_is_published(
    api: Any, codex32: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    dry = PUBLISHED | {"status": "understood", "bot": None, "version": None}
    replies = [OPEN, dry, PUBLISHED]
    api.on("POST /builder/bots", *replies)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "09:00")
    monkeypatch.setattr("typer.confirm", lambda *_, **__: True)
    told = codex32("new", "every day clean it", "--answer", "x=1")
    assert told.code == 0
    assert "Drops rows without an email." in told.err
    bodies = [request.json for request in api.requests]
    assert [body["publish"] for body in bodies] == [False, False, True]
    assert bodies[2]["answers"] == {"x": "1", "trigger.time": "09:00"}


def test_an_answer_needs_its_question(codex32: Any, api: Any) -> None:
    assert codex32("new", "x", "--answer", "nine").code == 2
    assert api.requests == []
