"""Sizes, durations and money as people write them in a manifest, to numbers and back.

Every parser raises ValueError with a sentence that shows the right spelling; every formatter's text parses to
the same number again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_SIZE = re.compile(r"([0-9]{1,16})(\.[0-9]{1,6})? ?(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)")
_SIZE_UNITS = {
    "TiB": 1024**4,
    "GiB": 1024**3,
    "MiB": 1024**2,
    "KiB": 1024,
    "TB": 1000**4,
    "GB": 1000**3,
    "MB": 1000**2,
    "KB": 1000,
    "B": 1,
}
_DURATION = re.compile(r"([0-9]{1,9})(\.[0-9]{1,3})? ?(ms|s|m|h|d)")
_MILLISECONDS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
_MONEY = re.compile(r"([0-9]{1,7}(?:\.[0-9]{1,6})?) USD")

SIZE_PATTERN = f"^{_SIZE.pattern}$"
DURATION_PATTERN = f"^{_DURATION.pattern}$"
MONEY_PATTERN = f"^{_MONEY.pattern}$"


@dataclass(frozen=True, order=True)
class Money:
    """An amount of US dollars, exact to a millionth."""

    usd: Decimal

    def __str__(self) -> str:
        return format_money(self)


def parse_size(text: Any) -> int:
    """Bytes of `256MiB`, `1GB`, `1.5 GiB`. A fraction must come out at whole bytes."""
    match = _SIZE.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError('write a size as a text with its unit, for example "256MiB" or "1GB"')
    size = Decimal(match[1] + (match[2] or "")) * _SIZE_UNITS[match[3]]
    if size != int(size):
        raise ValueError("a size must come out at whole bytes")
    return int(size)


def format_size(size: int) -> str:
    """The shortest exact spelling; binary units where both are equally short."""
    spellings = (f"{size // factor}{unit}" for unit, factor in _SIZE_UNITS.items() if size % factor == 0)
    return min(spellings, key=len) if size else "0B"


def parse_duration(text: Any) -> float:
    """Seconds of `30s`, `5m`, `2h`, `1d`, `250ms`, `1.5h`; exact to the millisecond."""
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError('write a duration as a text with its unit, for example "30s", "5m" or "2h"')
    milliseconds = Decimal(match[1] + (match[2] or "")) * _MILLISECONDS[match[3]]
    if milliseconds != int(milliseconds):
        raise ValueError("a duration must come out at whole milliseconds")
    return int(milliseconds) / 1000


def format_duration(seconds: float) -> str:
    """The spelling with the largest unit that divides the milliseconds."""
    milliseconds = round(seconds * 1000)
    for unit, length in _MILLISECONDS.items():
        if milliseconds and milliseconds % length == 0:
            return f"{milliseconds // length}{unit}"
    return "0s"


def parse_money(text: Any) -> Money:
    """US dollars of `0.02 USD`. Budgets are kept in one currency so that they can be added up exactly."""
    match = _MONEY.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError('write money as a text in US dollars, for example "0.02 USD" or "5 USD"')
    return Money(Decimal(match[1]))


def format_money(money: Money) -> str:
    """`0.02 USD`, without trailing zeros or an exponent."""
    text = f"{money.usd:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + " USD"
