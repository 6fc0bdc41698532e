# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.codex32]
# name = "json-to-csv"
# title = "JSON to CSV"
# description = "Turns a list of nested JSON objects into a flat CSV that a spreadsheet opens."
# role = "worker"
# tags = ["csv", "json", "convert"]
# limits = { memory = "512MiB", timeout = "2m" }
# ///
"""Turn a list of nested JSON objects into a flat CSV that a spreadsheet opens.

`{"name": "Ann", "address": {"city": "Bilbao"}}` becomes the columns `name` and `address.city`. Lists of plain
values are joined with `; `, other lists are kept as JSON.
"""

from __future__ import annotations

import csv
import json
from typing import Any, TypedDict, cast

from codex32_bot import files, log


class Result(TypedDict):
    rows: int
    columns: list[str]
    file: str


def main(file: str = "records.json", separator: str = ".", path: str = "") -> Result:
    """Convert one file.

    Args:
        file: Name of the input file: a JSON list, an object that holds one, or one object a line.
        separator: What stands between the names of nested keys.
        path: Keys that lead to the list, such as `data.items`; empty if the file is the list.
    """
    records = _records(files.input(file).read_text(encoding="utf-8-sig"), path)
    rows = [_flat(record, separator) for record in records]
    columns = list(dict.fromkeys(key for row in rows for key in row))
    name = file.rsplit(".", 1)[0] + ".csv"
    with files.output(name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows(rows)
    log.info("converted", rows=len(rows), columns=len(columns))
    return {"rows": len(rows), "columns": columns, "file": name}


def _records(text: str, path: str) -> list[Any]:
    try:
        document: Any = json.loads(text)
    except json.JSONDecodeError:
        document = [json.loads(line) for line in text.splitlines() if line.strip()]
    for key in filter(None, path.split(".")):
        if not isinstance(document, dict) or key not in document:
            raise ValueError(f"there is no {key!r} on the path {path!r}")
        document = cast("dict[str, Any]", document)[key]
    return cast("list[Any]", document) if isinstance(document, list) else [document]


def _flat(value: Any, separator: str, prefix: str = "") -> dict[str, str]:
    if isinstance(value, dict) and value:
        row: dict[str, str] = {}
        for key, item in cast("dict[str, Any]", value).items():
            row |= _flat(item, separator, f"{prefix}{separator}{key}" if prefix else key)
        return row
    return {prefix or "value": _cell(value)}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        items = cast("list[Any]", value)
        if not any(isinstance(item, dict | list) for item in items):
            return "; ".join(_cell(item) for item in items)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
