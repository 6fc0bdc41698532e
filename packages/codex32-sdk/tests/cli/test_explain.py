"""`codex32 explain`: bots and failures in plain words."""

from __future__ import annotations

from typing import Any

_BOT = {
    "by": "facts", "title": "Sales", "summary": "Adds up sales.", "steps": ["Read it."],
    "starts": ["It starts every weekday at 09:00 (UTC)."], "takes": [], "gives": ["A result with total."],
    "touches": ["It has no network."],
}  # fmt: skip
_FAILURE = {
    "by": "facts", "summary": "The bot met an error.", "cause": "A column is missing.",
    "where": "bot.py, line 3", "steps": ["Add it."],
}  # fmt: skip


def test_a_bot(codex32: Any, api: Any) -> None:
    api.on("GET /builder/explanations/sales", _BOT)
    done = codex32("explain", "sales")
    assert done.code == 0
    for words in ("Adds up sales.", "When:\n  - It starts every weekday", "What it may touch:"):
        assert words in done.out
    assert "What goes in" not in done.out


def test_a_failure(codex32: Any, api: Any) -> None:
    api.on("GET /builder/explanations/sales/failure", _FAILURE)
    done = codex32("explain", "sales", "--failure")
    for words in ("The bot met an error.", "Where: bot.py, line 3", "What to do:\n  - Add it."):
        assert words in done.out
    assert codex32("explain", "sales", "--run", "0199c2d4-0000-7000-8000-000000000001").code == 0


def test_json(codex32: Any, api: Any) -> None:
    api.on("GET /builder/explanations/sales", _BOT)
    assert codex32("explain", "sales", "--json").json["touches"] == ["It has no network."]
