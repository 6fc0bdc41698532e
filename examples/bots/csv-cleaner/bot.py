# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.codex32]
# name = "csv-cleaner"
# title = "CSV cleaner"
# description = "Trims, drops incomplete rows and duplicates of a CSV, and says what it did."
# role = "worker"
# tags = ["csv", "clean"]
# limits = { memory = "512MiB", timeout = "5m" }
# ///
"""Trim a CSV, drop incomplete rows and duplicates, and say what was done."""

from __future__ import annotations

import csv
from typing import TypedDict

from cleaning import Table, deduplicate, require, trim
from codex32_bot import files, log


class Result(TypedDict):
    read: int
    written: int
    dropped_incomplete: int
    dropped_duplicates: int
    file: str


def main(
    file: str = "contacts.csv",
    required: list[str] | None = None,
    unique: list[str] | None = None,
    delimiter: str = "",
) -> Result:
    """Clean one file.

    Args:
        file: Name of the input file.
        required: Columns that must not be empty.
        unique: Columns that together identify a row; the first of several equal rows is kept. Capital letters
            make no difference.
        delimiter: What separates cells; found out by itself if it is empty.
    """
    table = trim(_read(file, delimiter))
    complete = require(table, required or [])
    distinct = deduplicate(complete, unique or [])
    name = f"clean-{file}"
    with files.output(name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, distinct.columns)
        writer.writeheader()
        writer.writerows(distinct.rows)
    result: Result = {
        "read": len(table.rows),
        "written": len(distinct.rows),
        "dropped_incomplete": len(table.rows) - len(complete.rows),
        "dropped_duplicates": len(complete.rows) - len(distinct.rows),
        "file": name,
    }
    log.info("cleaned", **result)
    return result


def _read(file: str, delimiter: str) -> Table:
    with files.input(file).open(encoding="utf-8-sig", newline="") as stream:
        if not delimiter:
            header = stream.readline()
            delimiter = max(",;\t|", key=header.count)
            stream.seek(0)
        reader = csv.DictReader(stream, delimiter=delimiter, restkey="", restval="")
        rows = [{key: value for key, value in row.items() if key} for row in reader]
        return Table([name for name in reader.fieldnames or [] if name], rows)
