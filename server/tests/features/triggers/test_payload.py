"""From a delivery to the arguments of main."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from codex32_server.features.triggers.errors import WebhookBodyError
from codex32_server.features.triggers.service.payload import Delivery, run_input
from codex32_server.kit.errors import Codex32Error
from codex32_server.kit.json_limits import JsonLimits
from hypothesis import given
from hypothesis import strategies as st

ANY: dict[str, Any] = {"type": "object", "additionalProperties": True}
FORM = "application/x-www-form-urlencoded"


def read(
    body: bytes = b"",
    content_type: str = "application/json",
    *,
    payload: str = "body",
    fixed: dict[str, Any] | None = None,
    schema: dict[str, Any] | None = None,
    query: str = "",
    method: str = "POST",
    **headers: str,
) -> dict[str, Any]:
    given = {"content-type": content_type, **{k.replace("_", "-"): v for k, v in headers.items()}}
    delivery = Delivery(method, given, query, body)
    return run_input(
        delivery, payload, fixed or {}, ANY if schema is None else schema, JsonLimits(10_000, 64)
    )


@pytest.mark.parametrize(
    ("body", "content_type", "wanted"),
    [
        (b'{"sku": "A", "n": 2}', "application/json", {"sku": "A", "n": 2}),
        (b'{"sku": "A"}', "application/vnd.github+json; charset=utf-8", {"sku": "A"}),
        (b'{"sku": "A"}', "", {"sku": "A"}),
        (b"[1, 2]", "application/json", {"body": [1, 2]}),
        (b'"text"', "application/json", {"body": "text"}),
        (b"null", "application/json", {"body": None}),
        (b"a=1&b=x+y&a=2&c=", FORM, {"a": ["1", "2"], "b": "x y", "c": ""}),
        ("grüße".encode(), "text/plain; charset=utf-8", {"body": "grüße"}),
        (b"<a/>", "application/xml", {"body": "<a/>"}),
        (b"", "application/json", {}),
    ],
)
def test_bodies(body: bytes, content_type: str, wanted: dict[str, Any]) -> None:
    assert read(body, content_type) == wanted


def test_everything_else_is_base64() -> None:
    found = read(b"\x00\xff", "image/png", payload="body")
    assert found == {"content_type": "image/png", "base64": base64.b64encode(b"\x00\xff").decode()}


def test_without_a_body_the_query_is_the_input() -> None:
    assert read(query="q=a&q=b&n=1", method="GET") == {"q": ["a", "b"], "n": "1"}


def test_texts_become_what_main_declares() -> None:
    kinds = {
        "n": "integer",
        "x": "number",
        "yes": "boolean",
        "tags": "array",
        "s": "string",
        "odd": "integer",
    }
    schema = {"properties": {name: {"type": kind} for name, kind in kinds.items()}}
    found = read(b"n=3&x=0.5&yes=on&tags=a&s=7&odd=x&other=1", FORM, schema=schema)
    assert found == {
        "n": 3, "x": 0.5, "yes": True, "tags": ["a"], "s": "7", "odd": "x", "other": "1",
    }  # fmt: skip
    assert read(b"yes=perhaps", FORM, schema=schema) == {"yes": "perhaps"}


def test_json_is_taken_as_it_is() -> None:
    schema = {"properties": {"n": {"type": "integer"}}}
    assert read(b'{"n": "3"}', schema=schema) == {"n": "3"}


def test_what_is_fixed_wins() -> None:
    assert read(b'{"shop": "B", "n": 1}', fixed={"shop": "A"}) == {"shop": "A", "n": 1}
    assert read(b"[1]", fixed={"body": 0}) == {"body": 0}


def test_a_request_is_handed_over_without_credentials() -> None:
    found = read(
        b'{"n": 1}', payload="request", query="a=1", fixed={"shop": "A"}, method="PUT",
        authorization="Bearer x", cookie="s=1", x_codex32_token="t", webhook_signature="v1,x", x_event="push",
    )  # fmt: skip
    assert found == {
        "method": "PUT",
        "headers": {"content-type": "application/json", "x-event": "push"},
        "query": {"a": "1"},
        "body": {"n": 1},
        "shop": "A",
    }


def test_of_a_request_main_gets_what_it_names() -> None:
    schema = {"properties": {"body": {}, "query": {}}, "additionalProperties": False}
    assert read(b"[1]", payload="request", query="a=1", schema=schema) == {"query": {"a": "1"}, "body": [1]}


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"{", "application/json", "json_invalid"),
        (b'{"a": NaN}', "application/json", "json_invalid"),
        (b'{"a": 1, "a": 2}', "application/json", "json_invalid"),
        (b"\xff", "application/json", "json_invalid"),
        (b"[" * 100 + b"]" * 100, "application/json", "json_too_deep"),
        (b'"' + b"x" * 10_001 + b'"', "application/json", "json_too_large"),
        (b"\xff", "text/plain", "webhook_body"),
        (b"a\0b", "text/plain", "webhook_body"),
        (b"a=%ff", FORM, "webhook_body"),
        (b"&".join(b"a=1" for _ in range(1001)), FORM, "webhook_body"),
    ],
)
def test_bodies_that_cannot_be_read(body: bytes, content_type: str, code: str) -> None:
    with pytest.raises(Codex32Error) as caught:
        read(body, content_type)
    assert caught.value.code == code


@given(
    st.binary(max_size=100),
    st.sampled_from(["", "application/json", FORM, "text/csv", "image/png", "x", ";", "multipart/form-data"]),
    st.sampled_from(["body", "request"]),
    st.text(max_size=40),
)
def test_any_delivery_is_an_object_of_json_or_refused(
    body: bytes, content_type: str, payload: str, query: str
) -> None:
    try:
        found = read(body, content_type, payload=payload, query=query)
    except Codex32Error as error:
        refusal = error
    else:
        assert isinstance(json.loads(json.dumps(found)), dict)
        return
    assert refusal.status in (413, 422)
    assert isinstance(refusal, WebhookBodyError) or refusal.code.startswith("json_")
