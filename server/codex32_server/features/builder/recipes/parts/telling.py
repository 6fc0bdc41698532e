"""What messages say: a summary, and rows as text."""

from __future__ import annotations

from typing import Any

from .tables import Row, Table, text_of

WIDEST_CELL = 60


def compose_message(*parts: str) -> str:
    """The parts that say something, one below the other."""
    return "\n\n".join(part for part in parts if part.strip())


def show_table(table: Table, top: int = 20) -> str:
    """The first rows as lines of text, cells with their columns, and how many more there are."""
    lines = [f"• {show_row(row)}" for row in table.rows[: max(top, 0)]]
    more = len(table.rows) - len(lines)
    return "\n".join([*lines, f"… and {more} more"] if more and lines else lines)


def show_row(row: Row) -> str:
    """`name: Ann, amount: 12`; empty cells are left out."""
    return ", ".join(f"{name}: {short_text(value)}" for name, value in row.items() if text_of(value))


def show_groups(groups: dict[str, Row]) -> str:
    """One line for each group with its figures."""
    return "\n".join(f"• {label}: {show_row(figures)}" for label, figures in groups.items())


def short_text(value: Any, room: int = WIDEST_CELL) -> str:
    """On one line, cut where it is too long."""
    written = " ".join(text_of(value).split())
    return written if len(written) <= room else f"{written[: room - 1]}…"


def fit_message(text: str, most: int) -> str:
    """As much of it as the other side takes."""
    return text if len(text) <= most else f"{text[: most - 2]}\n…"
