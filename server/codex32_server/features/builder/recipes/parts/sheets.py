"""Excel workbooks: one sheet as a table, a table as a sheet."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from codex32_bot import files, log
from openpyxl import Workbook, load_workbook

from .exporting import excel_value
from .reading import read_table
from .tables import Table, text_of


def read_excel(path: Path, sheet: str) -> Table:
    """Rows of a sheet of an `.xlsx` file (the first, if none is named); the first filled row is the header.

    Formulas count with the values that Excel last saved. What is no workbook is read as CSV or JSON.
    Raises ValueError for a sheet that is not there, or columns of the same name.
    """
    if path.read_bytes()[:2] != b"PK":
        log.warning(f"{path.name} is no Excel workbook; reading it as text")
        return read_table(path)
    book = load_workbook(path, read_only=True, data_only=True)
    names = {name.casefold(): name for name in book.sheetnames}
    if sheet and sheet.casefold() not in names:
        raise ValueError(
            f"There is no sheet {sheet!r} in {path.name}; there are: {', '.join(book.sheetnames)}."
        )
    chosen = book[names[sheet.casefold()] if sheet else book.sheetnames[0]]
    lines = [[sheet_text(cell) for cell in line] for line in chosen.iter_rows(values_only=True)]
    book.close()
    table = sheet_table([line for line in lines if any(text_of(cell) for cell in line)])
    log.info(f"read {len(table.rows)} rows from {path.name}", columns=table.columns)
    return table


def sheet_table(lines: list[list[Any]]) -> Table:
    """The first line as header; columns without a name and without a cell are left out."""
    if not lines:
        return Table([], [])
    width = max(len(line) for line in lines)
    padded = [[*line, *[""] * width][:width] for line in lines]
    used = [at for at in range(width) if any(text_of(line[at]) for line in padded)]
    columns = [text_of(padded[0][at]) or f"column {at + 1}" for at in used]
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise ValueError(f"The header has the same column more than once: {', '.join(twice)}.")
    return Table(columns, [dict(zip(columns, (line[at] for at in used), strict=True)) for line in padded[1:]])


def sheet_text(value: Any) -> Any:
    """A cell as in a CSV file: days without a time at midnight, numbers and yes/no as they are."""
    if isinstance(value, datetime):
        return value.isoformat(" ").removesuffix(" 00:00:00")
    return "" if value is None else value if isinstance(value, int | float) else str(value)


def write_excel(table: Table, name: str) -> None:
    """Write the table as an `.xlsx` file with a bold, fixed header; plain numbers become numbers.

    A text is written as text also if it begins with `=`: data is never a formula.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = Path(name).stem[:31] or "data"
    for at, line in enumerate(
        [table.columns, *([row[column] for column in table.columns] for row in table.rows)]
    ):
        for column, value in enumerate(line, start=1):
            cell = sheet.cell(at + 1, column, excel_value(value) if at else str(value))
            if isinstance(cell.value, str):
                cell.data_type = "s"
    sheet.freeze_panes = "A2"
    book.save(files.output(name))
    log.info(f"wrote {len(table.rows)} rows to {name}")
