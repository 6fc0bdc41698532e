"""Inputs against schemas: messages for people, agreement with a full validator, bounded work."""

import time
from typing import Any

import jsonschema
import pytest
from codex32_server.kit.json_schema import check
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("schema", "value", "field", "says"),
    [
        ({"type": "integer"}, "x", "input", "must be a whole number, not 'x'"),
        ({"type": "integer"}, True, "input", "must be a whole number, not True"),
        ({"type": ["string", "null"]}, 1, "input", "must be a text or null, not 1"),
        ({"type": "object", "required": ["a"]}, {}, "input.a", "is missing"),
        ({"properties": {"a": {}}, "additionalProperties": False}, {"b": 1}, "input.b", "known are: a"),
        ({"items": {"type": "string"}}, ["a", 1], "input.1", "must be a text"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "x", "input", "a whole number or null, not 'x'"),
        (
            {"anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "null"}]}, ["x"],
            "input.0", "must be a whole number",
        ),
        ({"enum": ["a", 1]}, True, "input", "must be one of 'a', 1, not True"),
        ({"const": 1}, 2, "input", "must be 1"),
        ({"minimum": 3}, 2, "input", "at least 3"),
        ({"exclusiveMaximum": 3}, 3, "input", "less than 3"),
        ({"minLength": 2}, "é", "input", "at least 2 characters"),
        ({"maxItems": 1}, [1, 2], "input", "at most 1 items"),
        ({"format": "date"}, "2026-02-30", "input", "a date such as"),
        ({"format": "date-time"}, "now", "input", "a date and time"),
        ({"format": "uuid"}, "x", "input", "a UUID"),
        ({"prefixItems": [{"type": "integer"}]}, ["x"], "input.0", "whole number"),
        ({"$ref": "#/$defs/A", "$defs": {"A": {"type": "string"}}}, 1, "input", "must be a text"),
    ],
)  # fmt: skip
def test_messages(schema: dict[str, Any], value: Any, field: str, says: str) -> None:
    found = check(schema, value)
    assert [problem.field for problem in found] == [field]
    assert says in found[0].detail


def test_only_the_first_problems_are_told() -> None:
    assert len(check({"items": {"type": "string"}}, [1] * 1000)) == 20


def test_a_regular_expression_of_the_bot_is_not_run() -> None:
    started = time.process_time()
    assert check({"type": "string", "pattern": "(a+)+$"}, "a" * 40 + "!") == []
    assert time.process_time() - started < 1


def test_a_schema_that_doubles_the_work_at_each_level_is_given_up() -> None:
    schema = {
        "$ref": "#/$defs/J",
        "$defs": {"J": {"anyOf": [{"type": "array", "items": {"$ref": "#/$defs/J"}}] * 3}},
    }
    value: Any = "x"
    for _ in range(60):
        value = [value]
    started = time.process_time()
    assert "too complicated" in check(schema, value)[0].detail
    assert time.process_time() - started < 5


def test_a_long_list_is_not_too_complicated() -> None:
    schema = {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}}
    assert check(schema, [1, "a"] * 50_000) == []
    assert check({"items": {"type": "integer"}}, [1] * 500_000 + ["x"])[0].field == "input.500000"


def test_a_reference_to_itself_ends() -> None:
    assert check({"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/A"}}}, 1)


def test_unknown_keywords_allow_everything() -> None:
    assert check({"patternProperties": {"a": False}, "not": {}, "$ref": "http://x/y"}, {"a": 1}) == []


kinds = st.sampled_from(["string", "integer", "number", "boolean", "array", "object", "null"])
leaves = st.one_of(
    kinds.map(lambda kind: {"type": kind}),
    st.lists(st.sampled_from(["a", 1, None, True, 2.5]), min_size=1, max_size=2).map(
        lambda enum: {"enum": enum}
    ),
    st.integers(-2, 2).map(lambda bound: {"type": "number", "minimum": bound}),
    st.integers(0, 2).map(lambda bound: {"type": "string", "maxLength": bound}),
    st.just({}),
)
schemas = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(lambda one: {"type": "array", "items": one}),
        st.lists(inner, min_size=1, max_size=2).map(
            lambda many: {"type": "array", "prefixItems": many, "maxItems": len(many)}
        ),
        st.lists(inner, min_size=1, max_size=3).map(lambda many: {"anyOf": many}),
        st.tuples(st.dictionaries(st.sampled_from("ab"), inner), st.booleans(), inner).map(
            lambda drawn: {
                "type": "object",
                "properties": drawn[0],
                "required": sorted(drawn[0])[:1],
                "additionalProperties": drawn[2] if drawn[1] else False,
            }
        ),
    ),
    max_leaves=6,
)
values = st.recursive(
    st.sampled_from([None, True, False, 0, 1, 2.5, -1.0, "", "a", "abc"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)


@given(schemas, values)
def test_a_full_validator_agrees(schema: dict[str, Any], value: Any) -> None:
    assert (check(schema, value) == []) is jsonschema.Draft202012Validator(schema).is_valid(value)
