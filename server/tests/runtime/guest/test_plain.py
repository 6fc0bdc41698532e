"""What main returned becomes JSON, or a fault with a sentence."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import json
import uuid
from typing import Any

import pytest
from codex32_server.runtime.guest.failure import Failure
from codex32_server.runtime.guest.plain import DEEPEST, encode
from hypothesis import given
from hypothesis import strategies as st

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
documents = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


@given(documents)
def test_json_stays_what_it_is(value: Any) -> None:
    assert json.loads(encode(value, 1_000_000)) == value


@dataclasses.dataclass
class Point:
    x: int
    when: datetime.date


class Color(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


class Model:
    def model_dump(self, mode: str) -> dict[str, str]:
        return {"mode": mode}


@pytest.mark.parametrize(
    ("value", "document"),
    [
        (Point(1, datetime.date(2026, 1, 2)), '{"x":1,"when":"2026-01-02"}'),
        (Color.RED, '"red"'),
        (Level.HIGH, "3"),
        (Model(), '{"mode":"json"}'),
        (decimal.Decimal("0.10"), '"0.10"'),
        (uuid.UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        ((1, [2.0]), "[1,[2.0]]"),
        ({1: None, 1.5: 3}, '{"1":null,"1.5":3}'),
        ("é\n", '"é\\n"'),
    ],
)
def test_common_types(value: Any, document: str) -> None:
    assert encode(value, 1000).decode() == document


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (float("nan"), "output_not_json"),
        ([float("-inf")], "output_not_json"),
        (b"bytes", "output_not_json"),
        ({1, 2}, "output_not_json"),
        ({None: 1}, "output_not_json"),
        (Point, "output_not_json"),
        (print, "output_not_json"),
        ("x" * 1001, "output_too_large"),
        ([1] * 1001, "output_too_large"),
        ({"k" * 1001: 1}, "output_too_large"),
        pytest.param(-(1 << 15_000), "output_not_json", id="digits"),
        ("é" * 600, "output_too_large"),
    ],
)
def test_faults(value: Any, code: str) -> None:
    with pytest.raises(Failure) as caught:
        encode(value, 1000)
    assert caught.value.code == code
    assert not caught.value.retryable


def test_depth_is_exact() -> None:
    value: Any = 1
    for _ in range(DEEPEST):
        value = [value]
    assert encode(value, 1000).startswith(b"[[")
    with pytest.raises(Failure, match="64 levels"):
        encode([value], 1000)


def test_half_a_surrogate_pair_is_escaped() -> None:
    assert encode("\ud800", 100) == b'"\\ud800"'
