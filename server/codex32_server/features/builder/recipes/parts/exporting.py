"""From tables to other files: JSON lines, Markdown, HTML, an archive of everything."""

from __future__ import annotations

import html
import json
import re
import zipfile
from pathlib import Path
from typing import Any

from codex32_bot import files, log

from .tables import Table, text_of

PLAIN_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,10})?")
NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def write_json_lines(table: Table, name: str) -> None:
    """Write the table with one JSON object on each line."""
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in table.rows]
    files.output(name).write_text("".join(lines), encoding="utf-8")
    log.info(f"wrote {len(table.rows)} rows to {name}")


def markdown_table(table: Table) -> str:
    """As GitHub and most others show it; signs that would end a cell are escaped."""
    lines = [table.columns, ["---"] * len(table.columns)]
    lines += [[text_of(row[column]) for column in table.columns] for row in table.rows]
    cells = [[" ".join(cell.split()).replace("|", "\\|") for cell in line] for line in lines]
    return "".join(f"| {' | '.join(line)} |\n" for line in cells) if table.columns else ""


def html_table(table: Table, title: str) -> str:
    """A whole page with the table; what is in the cells is shown, never obeyed."""
    head = "".join(f"<th>{html.escape(column)}</th>" for column in table.columns)
    body = "".join(
        "<tr>"
        + "".join(f"<td>{html.escape(text_of(row[column]))}</td>" for column in table.columns)
        + "</tr>\n"
        for row in table.rows
    )
    style = (
        "body{font-family:sans-serif}td,th{padding:.3em .8em;border-bottom:1px solid #ccc;text-align:left}"
    )
    return (
        f'<!doctype html>\n<meta charset="utf-8">\n<title>{html.escape(title)}</title>\n'
        f"<style>{style}</style>\n"
        f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n"
    )


def write_text(content: str, name: str) -> None:
    """Leave the text as a file."""
    files.output(name).write_text(content, encoding="utf-8")
    log.info(f"wrote {name}")


def write_archive(names: list[str], target: str) -> None:
    """Pack files that this run has left into a zip file. The same files give the same archive."""
    with zipfile.ZipFile(files.output(target), "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            entry = zipfile.ZipInfo(Path(name).name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files.output(name).read_bytes())
    log.info(f"packed {len(names)} files into {target}")


def excel_value(value: Any) -> Any:
    """Plain numbers as numbers, but not `007`; nothing as an empty cell; no signs that XML cannot hold."""
    if value is None or isinstance(value, bool | int | float):
        return value
    written = NOT_IN_XML.sub("", str(value))
    if PLAIN_NUMBER.fullmatch(written.strip()):
        return float(written) if "." in written else int(written)
    return written or None
