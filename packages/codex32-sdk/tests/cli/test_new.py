"""`codex32 new` and `codex32 builder`: stages as they pass, stable JSON, nothing published without a yes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from codex32_sdk.async_client import AsyncClient
from codex32_sdk.client import Client

STREAM = {"Content-Type": "text/event-stream"}
REVIEW = {
    "kind": "reviewed",
    "name": "clean-contacts",
    "title": "Clean contacts",
    "does": ["Drops rows without an email."],
    "assumed": ["At nine."],
    "permissions": {"network": ["api.example.com"], "calls": [], "dependencies": [], "events": []},
    "wider": ["reach api.example.com"],
    "secrets": [{"name": "API_TOKEN", "is_set": False, "command": "codex32 secrets set API_TOKEN --env dev"}],
    "cost": {"says": "It uses no model: running it costs nothing."},
    "warnings": ["bot.py:3: long"],
    "tests": [{"name": "test_it", "outcome": "passed", "message": ""}],
    "tested": True,
    "changes": [],
}
BASE = {
    "id": "s1",
    "title": "clean it",
    "status": "working",
    "engine": "recipes",
    "dry_run": False,
    "bot": None,
    "version": None,
    "messages": [{"number": 1, "role": "person", "kind": "said", "text": "clean it"}],
    "stages": [],
    "questions": [],
    "understood": [],
    "review": None,
    "error": None,
    "cost_usd": "0",
    "offer": None,
    "missing_secrets": [],
}
REVIEWING = BASE | {"status": "reviewing", "review": REVIEW}
PUBLISHED = REVIEWING | {
    "status": "published",
    "bot": {"id": "b1", "name": "clean-contacts"},
    "version": {"id": "v1", "digest": "sha256:abc"},
    "missing_secrets": ["API_TOKEN"],
}
ASKING = BASE | {
    "status": "asking",
    "questions": [{"id": "trigger.time", "text": "At what time?", "kind": "time", "choices": []}],
    "understood": ["It cleans."],
    "offer": {"engine": "models", "model": "code", "says": "The model behind 'code' can try."},
}
REFUSED = BASE | {"status": "refused", "error": "That cannot be done. The nearest is a report."}
EVENTS = [
    ("stage", {"stage": "requirements", "number": 3, "round": 1, "status": "running"}),
    ("thinking", {"stage": "requirements", "text": "reading the sentence"}),
    ("stage", {"stage": "tests", "number": 9, "round": 2, "status": "running"}),
    (
        "stage",
        {
            "stage": "tests",
            "number": 9,
            "status": "found",
            "findings": [{"severity": "error", "file": "bot.py", "line": 3, "message": "boom"}],
        },
    ),
]


def _frames(*events: tuple[str, Any]) -> bytes:
    told = [*events, ("end", {"status": "x"})]
    return b"".join(
        f"event: {name}\nid: {number}\ndata: {json.dumps(data)}\n\n".encode()
        for number, (name, data) in enumerate(told, 2)
    )


@pytest.fixture
def builder(api: Any, kit: Any) -> Any:
    """The server's part: what a session is when it rests, one after the other."""

    def answer(*rests: dict[str, Any]) -> Any:
        api.on("POST /builder/sessions", kit.Answer(201, BASE))
        api.on("GET /builder/sessions/s1/events", kit.Answer(200, _frames(*EVENTS), STREAM))
        api.on("GET /builder/sessions/s1", *rests)
        api.on("POST /builder/sessions/s1/messages", BASE)
        api.on("PUT /builder/sessions/s1/stages/code", BASE)
        api.on("POST /builder/sessions/s1/publish", PUBLISHED)
        api.on("POST /builder/sessions/s1/cancel", BASE | {"status": "cancelled"})
        return api

    return answer


def _sent(api: Any, route: str) -> list[Any]:
    method, _, path = route.partition(" ")
    found = [one for one in api.requests if one.method == method and one.path.endswith(path)]
    return [one.json if one.body else None for one in found]


def test_published(builder: Any, codex32: Any) -> None:
    api = builder(REVIEWING)
    told = codex32("new", "clean the contacts CSV", "--yes", "--json", "--timezone", "Europe/Madrid")
    assert told.code == 0, told.err
    assert told.json["status"] == "published"
    assert told.json["bot"] == {"id": "b1", "name": "clean-contacts"}
    assert told.json["version"] == {"id": "v1", "digest": "sha256:abc"}
    assert told.json["understanding"] == ["Drops rows without an email."]
    assert told.json["session"] == "s1"
    assert _sent(api, "POST /builder/sessions") == [
        {"text": "clean the contacts CSV", "engine": "auto", "timezone": "Europe/Madrid"}
    ]
    assert "Understanding …" in told.err
    assert "reading the sentence" in told.err
    assert "Testing in the sandbox, round 2 …" in told.err
    assert "bot.py:3: boom" in told.err
    assert "codex32 secrets set API_TOKEN --env dev" in told.err
    assert codex32("new", "clean", "-y").out == "clean-contacts\n"


def test_not_published_is_exit_code_1_with_the_questions(builder: Any, codex32: Any) -> None:
    builder(ASKING)
    told = codex32("new", "every day clean it", "--yes", "--json")
    assert told.code == 1
    assert told.json["status"] == "needs_answers"
    assert told.json["questions"][0]["id"] == "trigger.time"
    assert (told.json["bot"], told.json["version"]) == (None, None)
    assert "codex32 builder resume s1 --answer ID=TEXT" in told.err
    assert "--engine models" in told.err


def test_a_refusal_says_why(builder: Any, codex32: Any) -> None:
    builder(REFUSED)
    told = codex32("new", "do magic", "--json")
    assert (told.code, told.json["status"]) == (1, "refused")
    assert told.json["reason"] == "That cannot be done. The nearest is a report."


def test_json_without_yes_publishes_nothing(builder: Any, codex32: Any) -> None:
    api = builder(REVIEWING)
    told = codex32("new", "clean it", "--json")
    assert (told.code, told.json["status"]) == (1, "reviewing")
    assert _sent(api, "POST /builder/sessions/s1/publish") == []
    assert "Nothing was published" in told.err


def test_a_dry_run_ends_well_with_the_review(builder: Any, codex32: Any) -> None:
    api = builder(REVIEWING | {"dry_run": True})
    told = codex32("new", "clean it", "--dry-run", "--engine", "recipes", "--budget", "0.50", "--yes")
    assert told.code == 0, told.err
    [sent] = _sent(api, "POST /builder/sessions")
    assert (sent["dry_run"], sent["engine"], sent["budget_usd"]) == (True, "recipes", "0.50")
    assert _sent(api, "POST /builder/sessions/s1/publish") == []
    for line in ("Reaches: api.example.com", "not set yet", "costs nothing", "New permission", "Warning"):
        assert line in told.err


def test_a_person_is_asked_and_then_it_is_published(
    builder: Any, codex32: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = builder(ASKING, REVIEWING)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "09:00")
    monkeypatch.setattr("typer.confirm", lambda *_, **__: True)
    told = codex32("new", "every day clean it", "--answer", "x=1")
    assert told.code == 0, told.err
    assert "Drops rows without an email." in told.err
    assert _sent(api, "POST /builder/sessions")[0]["answers"] == {"x": "1"}
    assert _sent(api, "POST /builder/sessions/s1/messages") == [{"answers": {"trigger.time": "09:00"}}]
    assert len(_sent(api, "POST /builder/sessions/s1/publish")) == 1


def test_an_answer_needs_its_question(codex32: Any, api: Any) -> None:
    assert codex32("new", "x", "--answer", "nine").code == 2
    assert codex32("new", " ").code == 2
    assert api.requests == []


def test_sessions_are_listed_shown_and_cancelled(builder: Any, codex32: Any) -> None:
    stage = {"number": 3, "stage": "plan", "status": "done", "document": {"kind": "plan", "name": "x"}}
    api = builder(REVIEWING | {"stages": [stage]})
    api.on("GET /builder/sessions", {"items": [PUBLISHED], "next_cursor": None})
    listed = codex32("builder")
    assert "s1" in listed.out
    assert "clean-contacts" in listed.out
    assert codex32("builder", "sessions", "--json").json["items"][0]["id"] == "s1"
    assert "person: clean it" in codex32("builder", "show", "s1").err
    assert codex32("builder", "show", "s1", "--json").json["status"] == "reviewing"
    assert codex32("builder", "show", "s1", "--stage", "plan").json == {"kind": "plan", "name": "x"}
    assert codex32("builder", "show", "s1", "--stage", "code").code == 2
    assert codex32("builder", "cancel", "s1", "--json").json["status"] == "cancelled"
    assert codex32("builder", "cancel", "s1").code == 0
    assert codex32("builder", "publish", "s1").out == "clean-contacts\n"


def test_a_session_goes_on_with_answers_another_engine_or_files(
    builder: Any, codex32: Any, tmp_path: Path
) -> None:
    api = builder(REVIEWING)
    told = codex32(
        *("builder", "resume", "s1", "also sort it", "--answer", "a=1", "--engine", "models"),
        *("--budget", "0.50", "--rounds", "5", "--yes", "--json"),
    )
    assert (told.code, told.json["status"]) == (0, "published")
    assert _sent(api, "POST /builder/sessions/s1/messages") == [
        {
            "text": "also sort it",
            "answers": {"a": "1"},
            "engine": "models",
            "budget_usd": "0.50",
            "max_rounds": 5,
        }
    ]
    (tmp_path / "bot.py").write_text("x = 1\n")
    assert codex32("builder", "edit", "s1", "code", str(tmp_path), "--yes").code == 0
    document = tmp_path / "code.json"
    document.write_text('{"kind": "written", "files": {"bot.py": "y = 2"}}')
    assert codex32("builder", "edit", "s1", "code", str(document), "--yes").code == 0
    sent = _sent(api, "PUT /builder/sessions/s1/stages/code")
    assert [one["document"]["files"]["bot.py"] for one in sent] == ["x = 1\n", "y = 2"]
    document.write_text("[]")
    assert codex32("builder", "edit", "s1", "code", str(document)).code == 2
    document.write_text("nonsense")
    assert codex32("builder", "edit", "s1", "code", str(document)).code == 2


async def test_both_clients_follow_a_session_on_from_where_it_broke(builder: Any, api: Any, kit: Any) -> None:
    first, _, rest = _frames(*EVENTS).partition(b"event: stage\nid: 4")
    halves = [
        kit.Answer(200, first, STREAM, cut=True),
        kit.Answer(200, b"event: stage\nid: 4" + rest, STREAM),
    ]
    usual = ["stage", "thinking", "stage", "stage"]
    builder(REVIEWING)
    api.on("GET /builder/sessions/s1/events", *halves)
    with Client(api.url, "k", sleep=lambda _: None) as client:
        assert [event.name for event in client.follow_builder_session("s1")] == usual
    api.on("GET /builder/sessions/s1/events", *halves)
    async with AsyncClient(api.url, "k", sleep=_no_wait) as awaiting:
        assert [event.name async for event in awaiting.follow_builder_session("s1")] == usual
    places = [one.headers.get("last-event-id") for one in api.sent("GET /builder/sessions/s1/events")]
    assert places == [None, "3", None, "3"]


async def _no_wait(_: float) -> None:
    return None
