"""`codex32 proposals` and `codex32 suggest` against a server that answers as it is told."""

from __future__ import annotations

from typing import Any

PROPOSAL: dict[str, Any] = {
    "id": "p1",
    "bot_id": "b1",
    "bot_name": "shop",
    "base_number": 3,
    "title": "Try again",
    "goal": "fewer failures",
    "rationale": "it gives up after one attempt",
    "risks": ["it asks twice"],
    "proof": "proven",
    "status": "proposed",
    "widening": True,
    "created_at": "2026-11-25T10:00:00Z",
    "changes": [{"path": "bot.py", "kind": "changed", "unified": "-a\n+b\n"}],
    "manifest_changes": [{"path": "network", "before": None, "after": "api.example.com", "widening": True}],
    "evidence": {"reason": "3 tests passed."},
}
SUGGESTION = {
    "id": "retries", "kind": "optimisation", "title": "Try again", "why": "It gives up.", "impact": "high",
    "effort": "small", "change": {"retries": {"attempts": 3}},
}  # fmt: skip


def page(*items: Any) -> dict[str, Any]:
    return {"items": list(items), "next_cursor": None}


def test_the_list(api: Any, codex32: Any) -> None:
    api.on("GET /proposals", page())
    assert "codex32 suggest" in codex32("proposals").err
    api.on("GET /proposals", page(PROPOSAL) | {"next_cursor": "more"})
    told = codex32("proposals", "--bot", "shop", "--status", "proposed")
    assert api.requests[-1].query == {"bot": "shop", "status": "proposed", "limit": "20"}
    assert "Try again" in told.out
    assert "--cursor more" in told.err
    assert codex32("proposals", "--json").json["items"][0]["id"] == "p1"


def test_one_in_full(api: Any, codex32: Any) -> None:
    api.on("GET /proposals/p1", PROPOSAL | {"stale": True})
    told = codex32("proposals", "show", "p1").out
    for words in (
        "fewer failures",
        "risk: it asks twice",
        "(asks for more)",
        "+b",
        "3 tests passed.",
        "has changed",
    ):
        assert words in told
    assert codex32("proposals", "show", "p1", "--json").json["widening"] is True


def test_decisions(api: Any, codex32: Any) -> None:
    for verb, status in (("approve", "approved"), ("reject", "rejected"), ("apply", "applied")):
        api.on(f"POST /proposals/p1/{verb}", PROPOSAL | {"status": status})
        assert codex32("proposals", verb, "p1").out == f"“Try again” of shop is {status}.\n"
    told = codex32("proposals", "approve", "p1", "--note", "fine", "--apply", "--json").json
    assert told["status"] == "applied"
    assert [request.path.rsplit("/", 1)[-1] for request in api.requests[-2:]] == ["approve", "apply"]
    assert api.requests[-2].json == {"note": "fine"}


def test_suggestions(api: Any, codex32: Any) -> None:
    api.on("GET /bots/shop/suggestions", {"items": []})
    assert "Nothing that could be better" in codex32("suggest", "shop").err
    api.on("GET /bots/shop/suggestions", {"items": [SUGGESTION]})
    told = codex32("suggest", "shop")
    assert "It gives up." in told.out
    assert "--take ID" in told.err
    assert codex32("suggest", "shop", "--json").json["items"][0]["id"] == "retries"


def test_taking_a_suggestion(api: Any, codex32: Any) -> None:
    api.on("POST /bots/shop/suggestions/retries", {"proposal_id": "p1", "session_id": None})
    assert "codex32 proposals show p1" in codex32("suggest", "shop", "--take", "retries").out
    api.on("POST /bots/shop/suggestions/retries", {"proposal_id": None, "session_id": "s1"})
    assert "s1" in codex32("suggest", "shop", "--take", "retries").out
    assert codex32("suggest", "shop", "--take", "retries", "--json").json["session_id"] == "s1"
