"""Validation: which rows break which rule."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .tables import Row, Table, date_of, number_of, text_of

Rule = tuple[str, str, Callable[[Any], bool]]


def is_filled(value: Any) -> bool:
    """Something is there."""
    return bool(text_of(value))


def is_email(value: Any) -> bool:
    """Looks like name@domain.tld; whether anybody reads it is not checked."""
    pattern = r"[^@\s,;<>\"]+@[^@\s.,;<>\"]+(\.[^@\s.,;<>\"]+)+"
    return re.fullmatch(pattern, text_of(value)) is not None and ".." not in text_of(value)


def is_number(value: Any) -> bool:
    """A number as people write it, such as `1,234.50`."""
    return number_of(value) is not None


def is_positive(value: Any) -> bool:
    """A number above zero."""
    number = number_of(value)
    return number is not None and number > 0


def is_integer(value: Any) -> bool:
    """A number without a fraction."""
    number = number_of(value)
    return number is not None and number.is_integer()


def is_date(value: Any) -> bool:
    """A day that exists, written 2026-03-05 or 5/3/2026."""
    return date_of(value) is not None


def is_phone(value: Any) -> bool:
    """Seven to fifteen digits (E.164) with the usual signs between them."""
    written = text_of(value)
    digits = re.sub(r"\D", "", written)
    return re.fullmatch(r"\+?[\d\s().-]+", written) is not None and 7 <= len(digits) <= 15


def is_web_address(value: Any) -> bool:
    """Begins with http:// or https:// and has a host."""
    return re.fullmatch(r"https?://[^\s/.]+(\.[^\s/.]+)*(:\d+)?(/\S*)?", text_of(value)) is not None


def split_valid(table: Table, rules: list[Rule]) -> tuple[Table, Table, dict[str, int]]:
    """The rows that keep every rule, those that break one with a column `problem`, and how often each broke.

    A rule is (key of the count, column, question about the cell).
    """
    checks = [(key, table.column(column), holds) for key, column, holds in rules]
    counts = {key: 0 for key, _, _ in rules}
    valid: list[Row] = []
    invalid: list[Row] = []
    for row in table.rows:
        broken = [(key, name) for key, name, holds in checks if not holds(row[name])]
        for key, _ in broken:
            counts[key] += 1
        if broken:
            problem = "; ".join(f"{name}: {key.replace('_', ' ')}" for key, name in broken)
            invalid.append({**row, "problem": problem})
        else:
            valid.append(row)
    return Table(table.columns, valid), Table([*table.columns, "problem"], invalid), counts
