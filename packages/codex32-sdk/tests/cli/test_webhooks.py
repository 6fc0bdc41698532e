"""`codex32 webhooks` against a server that answers as it is told."""

from __future__ import annotations

from typing import Any

import pytest

HOOK = {
    "id": "w1", "name": "orders", "url": "http://x/hooks/abc", "auth": "signature", "answer": "sync",
    "methods": ["POST"], "bot_name": "shop", "secret_shown": False,
}  # fmt: skip
MADE = {"webhook": HOOK, "secret": "whsec_abc"}


def page(*items: Any) -> dict[str, Any]:
    return {"items": list(items), "next_cursor": None}


def test_webhooks_are_listed(api: Any, codex32: Any) -> None:
    api.on("GET /webhooks", page())
    assert "No webhooks yet" in codex32("webhooks").err
    api.on("GET /webhooks", page(HOOK))
    assert "http://x/hooks/abc" in codex32("webhooks", "list").out
    assert "not shown yet" in codex32("webhooks", "--bot", "shop").out
    assert api.requests[-1].query == {"bot": "shop"}
    assert codex32("webhooks", "--json").json["items"][0]["id"] == "w1"


def test_a_webhook_is_made_and_its_secret_shown(api: Any, kit: Any, codex32: Any) -> None:
    api.on("POST /webhooks", kit.Answer(201, MADE))
    told = codex32("webhooks", "create", "shop", "--auth", "token", "--method", "put", "--input", '{"a": 1}')
    assert "whsec_abc" in told.out
    assert "only time" in told.err
    assert api.requests[-1].json == {"bot": "shop", "auth": "token", "methods": ["PUT"], "input": {"a": 1}}
    made = codex32("webhooks", "create", "shop", "--json").json
    assert (made["webhook"]["id"], made["secret"]) == ("w1", "whsec_abc")


def test_secrets_are_rotated_and_revealed(api: Any, codex32: Any) -> None:
    api.on("POST /webhooks/w1/rotate", MADE | {"secret": None})
    api.on("POST /webhooks/w1/secret", MADE)
    assert "the URL alone" in codex32("webhooks", "rotate", "w1", "--url", "--grace", "60").out
    assert api.requests[-1].json == {"url": True, "grace": 60}
    assert codex32("webhooks", "secret", "w1", "--json").json["secret"] == "whsec_abc"


def test_the_url_alone_is_replaced(api: Any, codex32: Any) -> None:
    api.on("POST /webhooks/w1/rotate", MADE | {"secret": None})
    told = codex32("webhooks", "rotate", "w1", "--url", "--keep-secret")
    assert "as before" in told.out
    assert api.requests[-1].json == {"url": True, "keep_secret": True}
    told = codex32("webhooks", "rotate", "w1", "--keep-secret")
    assert (told.code, len(api.requests)) == (2, 1)
    assert "Add --url" in told.err


@pytest.mark.parametrize(
    ("command", "route"),
    [
        (["remove"], "DELETE /webhooks/nope"),
        (["secret"], "POST /webhooks/nope/secret"),
        (["rotate"], "POST /webhooks/nope/rotate"),
        (["pause"], "POST /webhooks/nope/pause"),
        (["resume"], "POST /webhooks/nope/resume"),
        (["test"], "POST /webhooks/nope/test"),
        (["deliveries"], "GET /webhooks/nope/deliveries"),
    ],
)
def test_what_is_no_id_is_said(api: Any, kit: Any, codex32: Any, command: list[str], route: str) -> None:
    errors = [{"field": "path.webhook_id", "detail": "Input should be a valid UUID"}]
    api.on(route, kit.problem("invalid_input", "path.webhook_id: not a UUID", 422, errors=errors))
    told = codex32("webhooks", *command, "nope")
    assert told.code == 2
    assert "nope is not the id of a webhook." in told.err
    assert "UUID" not in told.err


@pytest.mark.parametrize(("verb", "state"), [("pause", True), ("resume", False)])
def test_webhooks_are_paused_and_resumed(api: Any, codex32: Any, verb: str, state: bool) -> None:
    api.on(f"POST /webhooks/w1/{verb}", HOOK | {"paused": state})
    assert ("paused" if state else "active") in codex32("webhooks", verb, "w1").out
    assert codex32("webhooks", verb, "w1", "--json").json["paused"] is state


def test_a_webhook_is_removed(api: Any, kit: Any, codex32: Any) -> None:
    api.on("DELETE /webhooks/w1", kit.Answer(204))
    assert "is removed" in codex32("webhooks", "remove", "w1").out
    assert codex32("webhooks", "remove", "w1", "--json").json == {"id": "w1", "removed": True}


def test_a_webhook_is_tried_out(api: Any, kit: Any, codex32: Any) -> None:
    api.on("POST /webhooks/w1/test", kit.Answer(202, {"run_id": "r1"}))
    assert "Run r1 is queued" in codex32("webhooks", "test", "w1", "--body", '{"n": 1}').out
    assert api.requests[-1].json == {"body": {"n": 1}}
    assert codex32("webhooks", "test", "w1", "--json").json == {"run_id": "r1"}
    assert api.requests[-1].json == {}
    assert codex32("webhooks", "test", "w1", "--body", "{").code == 2


def test_deliveries_say_why(api: Any, codex32: Any) -> None:
    api.on("GET /webhooks/w1/deliveries", page())
    assert "Nothing was delivered yet" in codex32("webhooks", "deliveries", "w1").err
    row = {
        "id": "d1", "outcome": "refused", "http_status": 401, "code": "delivery_unauthenticated",
        "detail": "The token is not valid.", "created_at": "2026-11-23T08:00:00Z", "test": True,
    }  # fmt: skip
    api.on("GET /webhooks/w1/deliveries", page(row))
    told = codex32("webhooks", "deliveries", "w1", "-n", "5")
    assert "The token is not valid." in told.out
    assert "refused, test" in told.out
    assert api.requests[-1].query == {"limit": "5"}
    assert codex32("webhooks", "deliveries", "w1", "--json").json["items"][0]["http_status"] == 401
