# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.codex32]
# name = "sql-on-csv"
# title = "SQL on CSV"
# description = "Asks CSV files a question in SQL: each file is a table."
# role = "analyzer"
# tags = ["csv", "sql"]
# limits = { memory = "512MiB", timeout = "2m" }
# ///
"""Ask CSV files a question in SQL: `contacts.csv` is the table `contacts`."""

from __future__ import annotations

import csv
import sqlite3
from typing import Any, TypedDict

from codex32_bot import files, log
from tables import load, table_name


class Answer(TypedDict):
    columns: list[str]
    rows: list[list[Any]]
    more: bool


def main(query: str, limit: int = 100) -> Answer:
    """Answer one query over all input files that end in .csv.

    Args:
        query: One SELECT statement (SQLite).
        limit: How many rows to hand back; all of them are in answer.csv.
    """
    database = sqlite3.connect(":memory:")
    for name in files.inputs():
        if name.endswith(".csv"):
            rows = load(database, table_name(name), files.input(name))
            log.info("table loaded", table=table_name(name), rows=rows)
    database.execute("PRAGMA query_only = ON")
    cursor = database.execute(query)
    if cursor.description is None:
        raise ValueError("write a query that gives rows, such as SELECT")
    columns = [column[0] for column in cursor.description]
    shown: list[list[Any]] = []
    count = 0
    with files.output("answer.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        for row in cursor:
            writer.writerow(row)
            count += 1
            if count <= limit:
                shown.append(list(row))
    return {"columns": columns, "rows": shown, "more": count > limit}
