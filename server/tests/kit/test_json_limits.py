"""JSON from strangers."""

import json
import math
from typing import Any

import pytest
from codex32_server.kit.json_limits import (
    JsonInvalidError,
    JsonLimits,
    JsonTooDeepError,
    JsonTooLargeError,
    check_value,
    dump_json,
    parse_json,
)
from hypothesis import given
from hypothesis import strategies as st

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)


@given(values)
def test_values_come_back(value: Any) -> None:
    assert parse_json(dump_json(value)) == value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "line 1, column 1"),
        (b'{"a": }', "line 1, column 7"),
        (b"NaN", "NaN is not a JSON number"),
        (b"[Infinity]", "Infinity is not"),
        (b"1e999", "inf is not"),
        (b"9" * 5000, "too many digits"),
        (b'{"a": 1, "a": 2}', "'a' stands twice"),
        (b'"\\u0000"', "NUL"),
        (b'{"\\u0000": 1}', "NUL"),
        (b'"\\ud800"', "surrogate"),
        (b'"\xff"', "UTF-8"),
    ],
)
def test_what_is_not_acceptable(text: bytes, says: str) -> None:
    with pytest.raises(JsonInvalidError, match=says):
        parse_json(text)


def test_the_place_of_a_bad_value_is_named() -> None:
    with pytest.raises(JsonInvalidError) as caught:
        parse_json('{"rows": [1, {"x": "\\u0000"}]}')
    assert caught.value.fields[0].field == "input.rows.1.x"


def test_depth() -> None:
    limits = JsonLimits(max_depth=3)
    assert parse_json(b"[[[1]]]", limits) == [[[1]]]
    for text in (b"[[[[]]]]", b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 10_000 + b"1" + b"}" * 10_000):
        with pytest.raises(JsonTooDeepError, match="deeper than 3 levels"):
            parse_json(text, limits)


def test_bytes_are_counted_not_characters() -> None:
    limits = JsonLimits(max_bytes=6)
    assert parse_json('"éé"', limits) == "éé"
    with pytest.raises(JsonTooLargeError, match="7 bytes"):
        parse_json('"ééa"', limits)
    with pytest.raises(JsonTooLargeError):
        dump_json("ééa", limits)
    assert JsonTooLargeError.status == 413


@pytest.mark.parametrize(
    "value", [math.nan, -math.inf, {1: 2}, {"a": {1}}, b"x", object(), "\ud800", [["\0"]]]
)
def test_values_that_json_cannot_carry(value: Any) -> None:
    with pytest.raises(JsonInvalidError):
        dump_json(value)


def test_a_value_that_contains_itself() -> None:
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(JsonTooDeepError):
        check_value(circle)


@given(st.text(alphabet='[]{}",:0123e+-.nulltrefasNI\\u ', max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        value = parse_json(text)
    except (JsonInvalidError, JsonTooDeepError):
        return
    assert value == json.loads(text)
