"""How what was typed becomes data, whatever was typed."""

from __future__ import annotations

import contextlib
import json

import pytest
from codex32_sdk.cli.arguments import parse_input, typed_fields
from codex32_sdk.cli.exits import BadInputError, ExitCode
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is not JSON"),
        ('{"a": NaN}', "is not JSON"),
        ('{"a": -Infinity}', "is not JSON"),
        ('{"a": 1e999}', "is not JSON"),
        ('{"a": "\\ud800"}', "surrogate"),
        ('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", "nests too deep"),
        ("[1]", "must be a JSON object"),
        ("@/no/such/file", "cannot be read: No such file or directory"),
    ],
)
def test_input_that_cannot_be_sent_is_one_sentence(text: str, words: str) -> None:
    with pytest.raises(BadInputError, match=words) as refused:
        parse_input(text)
    assert refused.value.exit_code == ExitCode.USAGE
    assert refused.value.next_step


@given(st.text())
def test_any_text_is_an_input_or_a_sentence(text: str) -> None:
    with contextlib.suppress(BadInputError):
        assert json.dumps(parse_input(text), allow_nan=False).encode()


@given(st.text())
def test_a_field_is_json_that_can_be_sent_or_stays_the_text_it_was(text: str) -> None:
    value = typed_fields({"a": text}, {"properties": {"a": {"type": "array"}}})["a"]
    assert value == text or json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
