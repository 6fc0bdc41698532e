"""Sizes, durations and money."""

from decimal import Decimal

import pytest
from codex32_server.kit.manifest.quantities import (
    Money,
    format_duration,
    format_money,
    format_size,
    parse_duration,
    parse_money,
    parse_size,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "size"),
    [("256MiB", 2**28), ("1GB", 10**9), ("1.5 GiB", 3 * 2**29), ("0B", 0), ("1KB", 1000), ("12 B", 12)],
)
def test_sizes(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    "text", ["", "1", "1 MB ", "-1MB", "1mb", "0.3B", "1e3MB", "1 G", 256, None, True, "١MB"]
)
def test_what_is_no_size(text: object) -> None:
    with pytest.raises(ValueError, match="size"):
        parse_size(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("5m", 300), ("2h", 7200), ("250ms", 0.25), ("1.5h", 5400), ("1 d", 86400)],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["30", "s", "1w", "-5s", "0.5ms", 30, 1.5, "1h30m"])
def test_what_is_no_duration(text: object) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["5", "5 EUR", "$5", "5USD", "1.0000001 USD", "-1 USD", 5, "inf USD"])
def test_what_is_no_money(text: object) -> None:
    with pytest.raises(ValueError, match="US dollars"):
        parse_money(text)


def test_money_is_exact() -> None:
    assert parse_money("0.02 USD") == Money(Decimal("0.02"))
    assert parse_money("0.10 USD") == parse_money("0.1 USD")
    assert str(Money(Decimal("1E+2"))) == "100 USD"


@given(st.integers(0, 2**44))
def test_sizes_come_back(size: int) -> None:
    assert parse_size(format_size(size)) == size


@given(st.integers(0, 10**9))
def test_durations_come_back(milliseconds: int) -> None:
    assert round(parse_duration(format_duration(milliseconds / 1000)) * 1000) == milliseconds


@given(st.decimals(0, 10**6, places=6))
def test_money_comes_back(amount: Decimal) -> None:
    assert parse_money(format_money(Money(amount))) == Money(amount)
