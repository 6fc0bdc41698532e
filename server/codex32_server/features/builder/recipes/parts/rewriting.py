"""The same cells in other words: replaced, mapped, split, put together, dates and matches of a pattern."""

from __future__ import annotations

import re

from .computing import with_column
from .tables import Table, date_of, text_of

EMAIL_ADDRESS = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
PHONE_NUMBER = r"(?<![\w.])\+?\d[\d ().-]{5,16}\d(?!\w)"
EMAIL_DOMAIN = r"(?<=@)[\w-]+(?:\.[\w-]+)+"
WEB_ADDRESS = r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]"
NUMBER_IN_TEXT = r"(?<![\w.,])[+-]?\d+(?:[.,]\d+)*(?!\w)"
DATE_IN_TEXT = r"(?<!\d)(?:\d{4}-\d{2}-\d{2}|\d{1,2}[/.]\d{1,2}[/.]\d{4})(?!\d)"
HASHTAG = r"(?<!\w)#\w+"


def replace_text(table: Table, columns: list[str], old: str, new: str) -> tuple[Table, int]:
    """Every occurrence of a text in the columns replaced (in all, if none is named); and how many cells."""
    names = [table.column(column) for column in columns or table.columns]
    rows = [dict(row) for row in table.rows]
    changed = 0
    for row in rows:
        for name in names:
            cell = row[name]
            if isinstance(cell, str) and old in cell:
                row[name] = cell.replace(old, new)
                changed += 1
    return Table(table.columns, rows), changed


def map_values(table: Table, column: str, mapping: dict[str, str]) -> tuple[Table, int]:
    """Values of a column exchanged for others, capitals do not matter; and how many were exchanged."""
    name = table.column(column)
    known = {key.casefold(): value for key, value in mapping.items()}
    values = [known.get(text_of(row[name]).casefold(), row[name]) for row in table.rows]
    changed = sum(text_of(row[name]).casefold() in known for row in table.rows)
    return with_column(table, name, values), changed


def format_dates(table: Table, column: str, pattern: str) -> tuple[Table, int]:
    """Dates written as `strftime` says; and how many filled cells are no dates and stay as they are."""
    name = table.column(column)
    found = [date_of(row[name]) for row in table.rows]
    values = [
        row[name] if day is None else day.strftime(pattern)
        for row, day in zip(table.rows, found, strict=True)
    ]
    unread = sum(day is None and bool(text_of(row[name])) for row, day in zip(table.rows, found, strict=True))
    return with_column(table, name, values), unread


def part_of_date(table: Table, column: str, target: str, pattern: str) -> tuple[Table, int]:
    """A column with a part of each date, as `strftime` says; and how many cells are no dates."""
    days = [date_of(row[table.column(column)]) for row in table.rows]
    values = ["" if day is None else day.strftime(pattern) for day in days]
    return with_column(table, target, values), days.count(None)


def split_column(table: Table, column: str, separator: str, targets: list[str]) -> tuple[Table, int]:
    """The parts of a cell as columns; and how many rows do not have as many parts as there are columns.

    Missing parts are empty, what is left over stays in the last one. An empty separator means spaces.
    """
    name = table.column(column)
    cells = [text_of(row[name]).split(separator or None, len(targets) - 1) for row in table.rows]
    for at, target in enumerate(targets):
        table = with_column(table, target, [parts[at].strip() if at < len(parts) else "" for parts in cells])
    return table, sum(len(parts) != len(targets) for parts in cells)


def merge_columns(table: Table, columns: list[str], target: str, separator: str) -> Table:
    """The filled cells of several columns in one, with the separator between them; the columns stay."""
    names = [table.column(column) for column in columns]
    filled = [[text_of(row[name]) for name in names if text_of(row[name])] for row in table.rows]
    return with_column(table, target, [separator.join(cells) for cells in filled])


def find_all(content: str, pattern: str) -> list[str]:
    """Everything in the text that fits, each once, in the order of the text."""
    found = (match.group().strip() for match in re.finditer(pattern, content))
    return list(dict.fromkeys(found))


def extract_column(table: Table, column: str, target: str, pattern: str) -> tuple[Table, int]:
    """A column with everything in a cell that fits the pattern, joined by `; `; and how many have any."""
    name = table.column(column)
    values = ["; ".join(find_all(text_of(row[name]), pattern)) for row in table.rows]
    return with_column(table, target, values), sum(bool(value) for value in values)
