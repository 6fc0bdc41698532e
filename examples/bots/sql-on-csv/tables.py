"""CSV files into SQLite tables. Cells that are numbers become numbers, so that sums come out right."""

from __future__ import annotations

import csv
import re
import sqlite3
from pathlib import Path

Cell = str | int | float | None


def table_name(file: str) -> str:
    """`Sales 2026.csv` → `sales_2026`."""
    return re.sub(r"\W+", "_", file.rsplit(".", 1)[0].lower()).strip("_") or "data"


def load(database: sqlite3.Connection, table: str, path: Path) -> int:
    """Make the table and fill it; the number of rows. Raises ValueError for a file without a header."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream)
        header = next(reader, None)
        if not header:
            raise ValueError(f"{path.name} has no header line")
        columns = ", ".join(_quoted(name.strip() or f"column_{n}") for n, name in enumerate(header, start=1))
        database.execute(f"CREATE TABLE {_quoted(table)} ({columns})")
        marks = ", ".join("?" * len(header))
        rows = ([_cell(text) for text in (row + [""] * len(header))[: len(header)]] for row in reader if row)
        return database.executemany(f"INSERT INTO {_quoted(table)} VALUES ({marks})", rows).rowcount


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _cell(text: str) -> Cell:
    text = text.strip()
    if not text:
        return None
    # Leading zeros are part of a code (a postal code, a part number), not of a number.
    if re.fullmatch(r"-?(0|[1-9][0-9]{0,17})", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?[0-9]+\.[0-9]+", text) else text
