"""From the files given to a run to tables and text."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any, cast

from codex32_bot import files, log

from .tables import Row, Table, plain_name


def choose_input(name: str, position: int = 0) -> Path:
    """The file called `name`, or nearly so, or the one at `position` if its name says nothing.

    Raises FileNotFoundError if no file was given, ValueError if it is not clear which one is meant.
    """
    given = files.inputs()
    if not given:
        raise FileNotFoundError(
            f"No file was given, and {name} is needed. Choose it under Files when you start the bot, "
            f"or give `--file {name}=PATH`; a schedule needs the file attached to it in the same way."
        )
    wanted = plain_name(Path(name).stem)
    near = [found for found in given if found == name or plain_name(Path(found).stem) == wanted]
    if near:
        return files.input(near[0])
    if len(given) != position + 1:
        raise ValueError(f"Which file is {name}? Given were: {', '.join(given)}.")
    log.info(f"taking {given[position]} as {name}")
    return files.input(given[position])


def read_text(path: Path) -> str:
    """The file as text: UTF-8 with or without a byte order mark, else as old Windows programs write it."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        log.warning(f"{path.name} is not UTF-8; reading it as Windows-1252")
        return data.decode("cp1252", errors="replace")


def read_table(path: Path) -> Table:
    """Rows of a CSV or JSON file, told apart by what is in it. An empty file is an empty table."""
    content = read_text(path)
    if not content.strip():
        log.warning(f"{path.name} is empty")
        return Table([], [])
    is_json = content.lstrip()[0] in "[{"
    table = parse_json(content) if is_json else parse_csv(content)
    log.info(f"read {len(table.rows)} rows from {path.name}", columns=table.columns)
    return table


def parse_csv(content: str) -> Table:
    """Rows of CSV text; the separator is the most frequent of `,` `;` tab and `|` in the header.

    Short rows are filled with empty cells, cells beyond the header are left out, empty lines skipped.
    """
    header = content.lstrip("\r\n").splitlines()[0]
    separator = max(",;\t|", key=header.count)
    lines = [line for line in csv.reader(io.StringIO(content), delimiter=separator) if line]
    columns = [name.strip() or f"column {at}" for at, name in enumerate(lines[0], start=1)]
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise ValueError(f"The header has the same column more than once: {', '.join(twice)}.")
    width = len(columns)
    ragged = sum(len(line) != width for line in lines[1:])
    if ragged:
        log.warning(f"{ragged} rows do not have {width} cells; missing ones count as empty")
    padded = ([*line, *[""] * width][:width] for line in lines[1:])
    return Table(columns, [dict(zip(columns, line, strict=True)) for line in padded])


def parse_json(content: str) -> Table:
    """Rows of a JSON list of objects, also when it sits alone in an object such as `{"items": [...]}`.

    Raises ValueError if it is something else.
    """
    document: Any = json.loads(content)
    if isinstance(document, dict):
        inner = cast("dict[str, Any]", document)
        lists = [cast("list[Any]", value) for value in inner.values() if isinstance(value, list)]
        document = lists[0] if len(lists) == 1 else [inner]
    items = cast("list[Any]", document)
    if not all(isinstance(item, dict) for item in items):
        raise ValueError("The JSON must be a list of objects, one for each row.")
    objects = cast("list[Row]", items)
    columns = list(dict.fromkeys(key for item in objects for key in item))
    return Table(columns, [{column: item.get(column) for column in columns} for item in objects])


def read_json_lines(path: Path) -> Table:
    """Rows of a file with one JSON object on each line. Raises ValueError that names the first bad line."""
    items: list[Row] = []
    for at, line in enumerate(read_text(path).splitlines(), start=1):
        if line.strip():
            try:
                item: Any = json.loads(line)
            except ValueError as error:
                raise ValueError(f"Line {at} of {path.name} is no JSON: {error}") from error
            if not isinstance(item, dict):
                raise ValueError(f"Line {at} of {path.name} is no JSON object.")
            items.append(cast("Row", item))
    columns = list(dict.fromkeys(key for item in items for key in item))
    log.info(f"read {len(items)} rows from {path.name}", columns=columns)
    return Table(columns, [{column: item.get(column) for column in columns} for item in items])
