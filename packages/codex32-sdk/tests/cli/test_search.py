"""`codex32 search` and `codex32 bots similar`."""

from __future__ import annotations

from typing import Any

HIT = {"kind": "bot", "title": "Price watch", "snippet": "Watches\n prices.", "link": "/api/v1/bots/b1"}


def test_everything_is_searched(api: Any, codex32: Any) -> None:
    api.on("GET /search", {"query": "watch prices", "hits": [HIT]})
    told = codex32("search", "watch", "prices", "--kind", "bot", "--kind", "run", "-n", "5")
    assert told.out == "bot  Price watch\n  Watches prices.\n  /api/v1/bots/b1\n\n"
    assert api.requests[-1].query == {"q": "watch prices", "kind": "bot,run", "top": "5"}
    assert codex32("search", "watch", "--json").json["hits"][0]["kind"] == "bot"
    api.on("GET /search", {"query": "x", "hits": []})
    assert "Nothing was found" in codex32("search", "x").err
    assert codex32("search").code == 2


def test_similar_bots(api: Any, kit: Any, codex32: Any) -> None:
    found = {"by": "words", "items": [{"bot": kit.bot(title="Watch prices"), "score": 0.456}]}
    api.on("GET /bots/mine/similar", found)
    told = codex32("bots", "similar", "mine", "--top", "3")
    assert "Watch prices" in told.out
    assert "0.46" in told.out
    assert "by words" in told.err
    assert api.requests[-1].query == {"top": "3"}
    assert codex32("bots", "similar", "mine", "--json").json["items"][0]["score"] == 0.456
    api.on("GET /bots/mine/similar", {"by": "meaning", "items": []})
    assert "No other bot" in codex32("bots", "similar", "mine").err
