"""`codex32 overview` and `codex32 bots health`."""

from __future__ import annotations

from typing import Any

NOTHING = {"at": "2026-01-02T03:04:05Z", "counts": {"bots": 0}}
FOUND = {
    "at": "2026-01-02T03:04:05Z",
    "more": True,
    "attention": [
        {"kind": "approval", "severity": "warning", "title": "sums waits for your answer", "detail": "Pay?"}
    ],
    "counts": {
        "bots": 3,
        "runs_today": {"total": 7, "failed": 1, "timed_out": 1},
        "running": 1,
        "queued": 0,
        "waiting": 2,
        "services": {"total": 2, "up": 1},
    },
    "spending": {"today": "0", "month": "1.5", "expected": "20", "share": 0.075, "budget": None},
    "next_runs": [{"schedule_id": "s", "name": "mornings", "bot_name": "sums", "at": "2026-01-03T03:04:05Z"}],
    "workers": {"ready": 1, "total": 1, "slots": 4},
}
HEALTH = {
    "bot_id": "b",
    "bot_name": "sums",
    "score": 70,
    "level": "fair",
    "runs_24h": 4,
    "failures_24h": 1,
    "last_run": {"id": "r", "status": "failed", "at": "2026-01-02T03:04:05Z"},
    "reasons": [{"code": "runs_fail", "points": -30, "detail": "3 of 4 failed.", "next_step": "explain it"}],
}


def test_what_needs_a_person(api: Any, codex32: Any) -> None:
    api.on("GET /overview", FOUND)
    told = codex32("overview")
    for part in ("sums waits for your answer", "7, 2 failed", "1 running, 0 queued, 2 waiting", "1 of 2 up"):
        assert part in told.out
    assert "$1.50 this month, $20.00 expected, 8% of the budget" in told.out
    assert "There is more" in told.err
    assert codex32("overview", "--json").json["counts"]["bots"] == 3
    api.on("GET /overview", NOTHING)
    assert "Nothing needs you." in codex32("overview").out


def test_the_health_of_a_bot(api: Any, codex32: Any) -> None:
    api.on("GET /bots/sums/health", HEALTH)
    told = codex32("bots", "health", "sums")
    for part in ("70 of 100 (fair)", "4 runs, 1 failed", "-30", "3 of 4 failed.", "explain it"):
        assert part in told.out
    assert codex32("bots", "health", "sums", "--json").json["score"] == 70
    api.on("GET /bots/sums/health", {**HEALTH, "last_run": None, "reasons": []})
    assert "never" in codex32("bots", "health", "sums").out
