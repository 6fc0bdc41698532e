"""Bodies that are not JSON, too deep, too large or of the wrong shape: a problem each, never a 500."""

from __future__ import annotations

import json

import pytest
from codex32_server.http.errors import MalformedBodyError
from codex32_server.http.routing import MAX_DEPTH, parse_json
from hypothesis import given
from hypothesis import strategies as st
from support.api import Api, Tenant, source

_JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"files": NaN}', "NaN"),
        (b'{"files": -Infinity}', "Infinity"),
        (b"\xff\xfe", "UTF-8"),
        (b'{"files":', "line 1"),
        (b"[" * 5000 + b"]" * 5000, "nests deeper"),
        (b'{"files": ' + b"[" * 150 + b"]" * 150 + b"}", "nests deeper"),
        (b'{"n": ' + b"9" * 5000 + b"}", "too long"),
    ],
)
async def test_what_is_not_json(api: Api, one: Tenant, body: bytes, said: str) -> None:
    answer = await api.call(one.keys["owner"], "POST", "/bots", content=body, headers=_JSON)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "malformed_body"
    assert said in problem["detail"]
    assert problem["next_step"]


async def test_a_body_must_say_that_it_is_json(api: Api, one: Tenant) -> None:
    answer = await api.call(one.keys["owner"], "POST", "/bots", content=b'{"files": {}}')
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


async def test_ten_megabytes_are_refused(api: Api, one: Tenant) -> None:
    body = json.dumps({"files": {"bot.py": "#" * 10_000_000}}).encode()
    answer = await api.call(one.keys["owner"], "POST", "/bots", content=body, headers=_JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert "larger than the 8 MiB that this operation takes" in answer.json()["detail"]
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_large_body_without_a_length_is_refused_too(api: Api, one: Tenant) -> None:
    async def parts() -> object:
        for _ in range(10):
            yield b" " * 1_000_000

    answer = await api.call(one.keys["owner"], "POST", "/bots", content=parts(), headers=_JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert "8 MiB" in answer.json()["detail"]


async def test_wrong_shapes_name_the_field(api: Api, one: Tenant) -> None:
    answer = await api.call(one.keys["owner"], "POST", "/keys", json={"name": "", "rol": "owner"})
    assert answer.status_code == 422
    errors = {error["field"]: error for error in answer.json()["errors"]}
    assert errors["body.name"]["code"] == "string_too_short"
    assert errors["body.rol"]["code"] == "extra_forbidden"


async def test_half_surrogates_and_nul_are_refused(api: Api, one: Tenant) -> None:
    for text in (b'"\\ud800"', b'"a\\u0000b"'):
        answer = await api.call(
            one.keys["owner"], "PATCH", "/workspace", content=b'{"name": ' + text + b"}", headers=_JSON
        )
        assert answer.status_code in (400, 422), answer.text
    listed = await api.call(one.keys["owner"], "GET", "/bots", params={"q": "a\0b"})
    assert listed.status_code in (200, 422)


async def test_depth_counts_structure_and_not_text(api: Api, one: Tenant) -> None:
    text = source("brackets", "return n  # " + "[" * 300)
    answer = await api.call(one.keys["owner"], "POST", "/bots", json={"files": {"bot.py": text}})
    assert answer.status_code == 201, answer.text


def test_the_deepest_allowed() -> None:
    fits = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    assert parse_json(fits) is not None
    with pytest.raises(MalformedBodyError):
        parse_json(b"[" + fits + b"]")


@given(st.binary(max_size=200))
def test_any_bytes_are_json_or_refused(body: bytes) -> None:
    try:
        value = parse_json(body)
    except MalformedBodyError:
        return
    assert json.loads(body) == value
