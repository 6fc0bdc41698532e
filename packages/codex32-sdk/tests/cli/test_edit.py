"""`codex32 edit` against a server that answers as it is told."""
# ruff: noqa: E501 - documents are read best in few lines

from __future__ import annotations

from typing import Any

import pytest

REVIEW = {
    "name": "contacts", "title": "Contacts", "does": ["It runs every Monday."], "permissions": {"network": []},
    "wider": ["It may reach hooks.slack.com."], "secrets": [], "tests": [], "tested": True,
    "cost": {"says": "It uses no model."}, "changes": [{"path": "bot.py", "change": "changed", "diff": "-a\n+b"}],
}  # fmt: skip
SESSION: dict[str, Any] = {
    "id": "s1", "title": "only on mondays", "status": "reviewing", "engine": "recipes", "dry_run": False,
    "review": REVIEW,
}  # fmt: skip


@pytest.fixture
def changing(api: Any, kit: Any) -> Any:
    api.on("POST /builder/sessions", SESSION | {"status": "working", "review": None})
    events = kit.Answer(200, b'event: end\ndata: {"status": "x"}\n\n', {"Content-Type": "text/event-stream"})
    api.on("GET /builder/sessions/s1/events", events)
    api.on("GET /builder/sessions/s1", SESSION)
    return api


def test_a_change_is_shown_and_published(changing: Any, codex32: Any) -> None:
    published = SESSION | {"status": "published", "bot": {"id": "b1", "name": "contacts"}}
    changing.on("POST /builder/sessions/s1/publish", published)
    told = codex32("edit", "contacts", "only on mondays", "--yes")
    assert (told.code, told.out) == (0, "contacts\n")
    opened = next(one for one in changing.requests if one.path.endswith("/builder/sessions"))
    assert (opened.json["bot"], opened.json["text"]) == ("contacts", "only on mondays")


def test_without_yes_nothing_is_published(changing: Any, codex32: Any) -> None:
    told = codex32("edit", "contacts", "only on mondays")
    assert told.code != 0
    assert "+b" in told.err
    assert "New permission: It may reach hooks.slack.com." in told.err


def test_a_change_is_left_to_somebody_else(changing: Any, codex32: Any) -> None:
    changing.on("POST /builder/sessions/s1/propose", SESSION | {"proposal_id": "p1"})
    told = codex32("edit", "contacts", "only on mondays", "--propose")
    assert (told.code, told.out) == (0, "p1\n")
    assert "codex32 proposals approve p1" in told.err
    assert codex32("edit", "contacts", "only on mondays", "--propose", "--json").json["proposal_id"] == "p1"


def test_a_change_of_before_is_left_to_somebody_else(changing: Any, codex32: Any) -> None:
    changing.on("POST /builder/sessions/s1/propose", SESSION | {"proposal_id": "p1"})
    told = codex32("builder", "propose", "s1")
    assert (told.code, told.out) == (0, "p1\n")
    assert codex32("builder", "propose", "s1", "--json").json["proposal_id"] == "p1"


def test_an_empty_sentence(codex32: Any) -> None:
    told = codex32("edit", "contacts", " ", "--json")
    assert (told.code, told.json["code"]) == (2, "bad_input")


def test_a_question_is_answered(changing: Any, codex32: Any) -> None:
    question = {"id": "change", "text": "What should change?", "default": None, "choices": []}
    asked = {
        "status": "asking",
        "review": None,
        "questions": [question],
        "understood": ["It ran out of time."],
    }
    changing.on("GET /builder/sessions/s1", SESSION | asked)
    told = codex32("edit", "contacts", "why did it fail last night?")
    assert (told.code, told.out) == (0, "It ran out of time.\n")
    assert "--answer change=TEXT" in told.err
    found = codex32("edit", "contacts", "why did it fail last night?", "--json").json
    assert (found["status"], found["understanding"]) == ("needs_answers", ["It ran out of time."])
