"""`codex32 egress`: what a run did on the network."""

from __future__ import annotations

from typing import Any

_ID = "0199c2d4-0000-7000-8000-000000000001"
_PAGE = {
    "items": [
        {
            "attempt": 1, "at": "2026-05-01T12:00:00Z", "host": "api.example.com", "port": 443,
            "allowed": True, "reason": "in_manifest",
            "bytes_sent": 120, "bytes_received": 4500, "seconds": 0.12,
        },
        {
            "attempt": 1, "at": "2026-05-01T12:00:01Z", "host": "", "port": 0, "allowed": False,
            "reason": "bad_request", "bytes_sent": 0, "bytes_received": 0, "seconds": 0.0,
        },
    ],
    "next_cursor": None,
}  # fmt: skip


def test_a_table(codex32: Any, api: Any) -> None:
    api.on(f"GET /runs/{_ID}/egress", _PAGE)
    done = codex32("egress", _ID)
    assert done.code == 0
    for words in ("api.example.com:443", "allowed", "?:0", "bad_request"):
        assert words in done.out


def test_json(codex32: Any, api: Any) -> None:
    api.on(f"GET /runs/{_ID}/egress", _PAGE)
    document = codex32("egress", _ID, "--json").json
    assert [item["reason"] for item in document["items"]] == ["in_manifest", "bad_request"]


def test_nothing(codex32: Any, api: Any) -> None:
    api.on(f"GET /runs/{_ID}/egress", {"items": [], "next_cursor": None})
    done = codex32("egress", _ID)
    assert "made no connection" in done.out + done.err


def test_no_such_run(codex32: Any) -> None:
    assert codex32("egress", _ID).code != 0
