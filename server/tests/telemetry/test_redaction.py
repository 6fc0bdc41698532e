"""Secrets are masked in every spelling, and fields named like one lose their value."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from codex32_server.telemetry.redaction import MASK, Redactor

SECRET = 'p4ss/w+rd with "quotes"=='


@pytest.mark.parametrize(
    "spelled",
    [
        SECRET,
        quote(SECRET, safe=""),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
        SECRET.replace('"', '\\"'),
    ],
)
def test_a_registered_value_is_masked_in_every_spelling(spelled: str) -> None:
    masked = Redactor([SECRET]).text(f"before {spelled} after")
    assert masked.startswith(f"before {MASK}")
    assert masked.endswith(" after")
    assert spelled not in masked


def test_what_is_nested_is_masked_too() -> None:
    redactor = Redactor(["value-one"])
    assert redactor.value({"a": ["x value-one", b"value-one"], "b": {"c": 3}}) == {
        "a": ["x ***", MASK],
        "b": {"c": 3},
    }


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "db_password",
        "access_token",
        "Authorization",
        "api_key",
        "apikey",
        "Cookie",
        "client_secret",
    ],
)
def test_fields_named_like_a_secret_lose_their_value(name: str) -> None:
    assert Redactor().fields({name: "anything"}) == {name: MASK}


@pytest.mark.parametrize("name", ["tokens", "author", "passed", "key", "detail"])
def test_other_fields_keep_theirs(name: str) -> None:
    assert Redactor().fields({name: 5}) == {name: 5}


def test_values_can_be_registered_later_and_short_ones_are_ignored() -> None:
    redactor = Redactor(["abc"])
    assert redactor.text("abc later-on") == "abc later-on"
    redactor.register("later-on")
    assert redactor.text("abc later-on") == "abc ***"
