"""`codex32 usage`, `budgets` and `llm keys` against a server that answers as it is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SUMS = {"attempts": 3, "hits": 1, "input": 100, "output": 20, "cost": "1.25", "saved": "0.5"}
REPORT = {
    "since": "2026-11-01T00:00:00Z",
    "until": "2026-11-25T22:00:00Z",
    "total": SUMS,
    "groups": [{**SUMS, "keys": {"bot": "b1", "bot_name": "shop"}}],
}
FORECAST = {"month": "2026-11", "spent": "1.25", "expected": "1.5", "method": "run_rate", "history_hours": 9}
BUDGET = {
    "id": "u1", "scope": "workspace", "subject": "w1", "period": "month", "usd": "25", "spent_usd": "1.25",
    "reserved_usd": "0.75", "left_usd": "23", "resets_at": "2026-12-01T00:00:00Z",
}  # fmt: skip
KEY = {"id": "k1", "kind": "person", "name": "laptop", "hint": "sk-c32-aB3d", "models": ["fast"]}
BOT = {"id": "b1", "name": "shop"}


def test_usage_says_what_it_cost_and_will_cost(api: Any, codex32: Any) -> None:
    api.on("GET /bots/shop", BOT)
    api.on("GET /usage", REPORT)
    api.on("GET /usage/forecast", FORECAST)
    told = codex32("usage", "--by", "bot", "--bot", "shop")
    assert "shop" in told.out
    assert "$1.25 from" in told.out
    assert "about $1.5 by its end" in told.err
    asked = codex32("usage", "--json")
    assert (asked.json["total"]["cost"], asked.json["forecast"]["expected"]) == ("1.25", "1.5")


def test_every_call_is_written_to_a_file(api: Any, kit: Any, codex32: Any, tmp_path: Path) -> None:
    api.on("GET /usage/export", kit.Answer(200, b"id,cost\r\n1,0.5\r\n"))
    file = tmp_path / "usage.csv"
    told = codex32("usage", "--csv", file, "--model", "gpt-4o", "--json")
    assert told.json == {"file": str(file), "size": 16}
    assert file.read_bytes() == b"id,cost\r\n1,0.5\r\n"
    assert api.requests[-1].query == {"model": "gpt-4o"}


def test_budgets_are_listed(api: Any, codex32: Any) -> None:
    api.on("GET /budgets", {"items": []})
    assert "No budgets yet" in codex32("budgets").err
    api.on("GET /budgets", {"items": [BUDGET]})
    assert "$23" in codex32("budgets", "list").out
    assert codex32("budgets", "--json").json["items"][0]["left_usd"] == "23"


def test_a_budget_is_set_and_removed(api: Any, kit: Any, codex32: Any) -> None:
    api.on("PUT /budgets", BUDGET)
    assert "$25 a month for the workspace; $23 left." in codex32("budgets", "set", "25").out
    assert api.requests[-1].json == {"scope": "workspace", "period": "month", "usd": "25"}
    api.on("GET /bots/shop", BOT)
    codex32("budgets", "set", "--tokens", "1000", "--bot", "shop", "--period", "run", "--json")
    assert api.requests[-1].json == {"scope": "bot", "subject": "b1", "period": "run", "tokens": 1000}
    codex32("budgets", "set", "1", "--run", "r1")
    assert api.requests[-1].json == {"scope": "run", "subject": "r1", "period": "total", "usd": "1"}
    api.on("DELETE /budgets/u1", kit.Answer(204))
    assert codex32("budgets", "remove", "u1", "--json").json == {"id": "u1", "removed": True}
    assert "is removed" in codex32("budgets", "remove", "u1").out


def test_a_budget_needs_an_amount_and_one_subject(codex32: Any) -> None:
    nothing = codex32("budgets", "set")
    assert nothing.code == 2
    assert "Say how much" in nothing.err
    both = codex32("budgets", "set", "1", "--run", "a", "--key", "b")
    assert both.code == 2
    assert "Name one of" in both.err


def test_keys_are_made_listed_and_revoked(api: Any, kit: Any, codex32: Any) -> None:
    api.on("GET /llm-keys", {"items": [], "next_cursor": None})
    assert "No keys yet" in codex32("llm", "keys").err
    api.on("GET /llm-keys", {"items": [KEY], "next_cursor": None})
    assert "sk-c32-aB3d" in codex32("llm", "keys", "list").out
    assert codex32("llm", "keys", "list", "--json").json["items"][0]["id"] == "k1"
    api.on("POST /llm-keys", kit.Answer(201, {**KEY, "key": "sk-c32-secret"}))
    told = codex32("llm", "keys", "create", "laptop", "--model", "fast", "--budget", "5")
    assert "sk-c32-secret" in told.out
    assert "only time" in told.err
    assert api.requests[-1].json == {
        **{"name": "laptop", "kind": "person", "models": ["fast"]},
        **{"budget_usd": "5", "budget_period": "month"},
    }
    api.on("GET /bots/shop", BOT)
    assert codex32("llm", "keys", "create", "x", "--bot", "shop", "--json").json["key"] == "sk-c32-secret"
    assert api.requests[-1].json == {"name": "x", "kind": "bot", "bot": "b1"}
    api.on("DELETE /llm-keys/k1", kit.Answer(204))
    assert "is revoked" in codex32("llm", "keys", "revoke", "k1").out
    assert codex32("llm", "keys", "revoke", "k1", "--json").json == {"id": "k1", "revoked": True}
