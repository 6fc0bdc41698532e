"""A small table on which a bot shows in its tests what it does."""

from __future__ import annotations

from collections.abc import Sequence

from .model import Block, Need, SampleKind
from .parts.tables import Row, Table, plain_name

_GOOD: dict[SampleKind, tuple[str, ...]] = {
    "text": ("Ann", "Bob", "Zoë", "Eve"),
    "email": ("ann@example.com", "bob@example.com", "zoe@example.com", "eve@example.com"),
    "number": ("12", "7.5", "1,234.50", "40"),
    "date": ("2026-01-05", "2026-02-10", "2025-12-24", "2026-03-01"),
    "group": ("north", "south", "north", "South "),
    "phone": ("+34 600 111 222", "+34 600 111 223", "+34 600 111 224", "+34 600 111 225"),
    "web": ("https://a.example", "https://b.example/x", "https://c.example", "https://d.example"),
}
_BASE_ROWS = 4


def sample_columns(blocks: Sequence[Block], table: int = 0) -> dict[str, list[Need]]:
    """The columns that the file must have, with all that is needed of them; not those that blocks make."""
    columns: dict[str, list[Need]] = {}
    made: set[str] = set()
    for block in blocks:
        for need in block.needs():
            if need.table == table and plain_name(need.column) not in made:
                known = next(
                    (name for name in columns if plain_name(name) == plain_name(need.column)), need.column
                )
                columns.setdefault(known, []).append(need)
        made |= {plain_name(name) for name in block.makes()}
    return columns


def sample_table(blocks: Sequence[Block], table: int = 0, base: Table | None = None) -> Table:
    """Ordinary rows, one row for each bad cell, and a repeated row if anything looks for repetitions.

    With `base` the columns are those of the source, and cells are put into its rows where a block needs them.
    """
    columns = sample_columns(blocks, table) or {"name": [Need("name")]}
    if base is not None:
        return _into(base, columns)
    goods = {name: _good_cells(needs) for name, needs in columns.items()}
    if "note" not in {plain_name(name) for name in columns}:
        goods["note"] = ("first", "second", "third", "fourth")
    rows: list[Row] = [
        {name: cells[at % len(cells)] for name, cells in goods.items()} for at in range(_BASE_ROWS)
    ]
    if any(need.repeated for needs in columns.values() for need in needs):
        rows.append(
            {
                name: f" {value.upper()} " if not value[:1].isdigit() else value
                for name, value in rows[0].items()
            }
        )
    for name, needs in columns.items():
        for bad in dict.fromkeys(bad for need in needs for bad in need.bad):
            rows.append({**rows[1], name: bad})
    return Table(list(goods), rows)


def _into(base: Table, columns: dict[str, list[Need]]) -> Table:
    """The rows of a source with cells that make each block do something. A block may need a column that
    the source does not have; that is found when the blocks are played.
    """
    rows = [dict(row) for row in base.rows]
    for name, needs in columns.items():
        known = next((column for column in base.columns if plain_name(column) == plain_name(name)), None)
        chosen = tuple(dict.fromkeys(cell for need in needs for cell in need.good))
        for at, row in enumerate(rows if known and chosen else []):
            row[known or ""] = chosen[at % len(chosen)]
    return Table(base.columns, rows)


def _good_cells(needs: Sequence[Need]) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(cell for need in needs for cell in need.good))
    kinds: list[SampleKind] = [need.kind for need in needs if need.kind != "text"]
    usual = _GOOD[kinds[0]] if kinds else _GOOD["text"]
    return (chosen + usual)[: max(_BASE_ROWS, len(chosen))] if chosen else usual
