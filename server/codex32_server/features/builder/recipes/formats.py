"""Kinds of files: which function of `parts` reads and writes each, what it depends on, and how the tests of a
bot make such a file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import PurePosixPath

from .draft import Draft, literal
from .parts.tables import Table
from .rights import Rights
from .slots import FileName

EXCEL = "openpyxl>=3.1.5,<4"
PDF = "pypdf>=6"
TABLE_SUFFIXES = {
    ".csv": "csv", ".tsv": "csv", ".json": "json", ".jsonl": "jsonl", ".xlsx": "xlsx", ".md": "md",
    ".html": "html", ".htm": "html",
}  # fmt: skip


def format_of(name: str) -> str:
    """A key of the formats, by the end of the name; CSV if it says nothing."""
    return TABLE_SUFFIXES.get(PurePosixPath(name).suffix.casefold(), "csv")


def file_rights(files: Sequence[FileName]) -> Rights:
    """What reading the files needs."""
    ends = {PurePosixPath(file.name).suffix.casefold() for file in files}
    needed = [EXCEL] if ".xlsx" in ends else []
    return Rights(dependencies=(*needed, *([PDF] if ".pdf" in ends else [])))


_SAID = {
    "csv": "CSV with commas, semicolons, tabs or bars; JSON lists.",
    "xlsx": "Excel workbooks (.xlsx), the first filled row is the header; CSV does as well.",
    "jsonl": "One JSON object on each line.",
    "pdf": "PDF with text in it, not scans; plain text does as well.",
    "text": "Plain text.",
}


def kinds_said(names: Sequence[str]) -> str:
    """What the files may be, in words."""
    texts = {".pdf": "pdf", ".txt": "text", ".md": "text", ".log": "text"}
    kinds = [texts.get(PurePosixPath(name).suffix.casefold(), format_of(name)) for name in names]
    return " ".join(dict.fromkeys(_SAID["csv" if kind == "json" else kind] for kind in kinds))


def reading_source(draft: Draft, name: str, position: int, sheet: str = "") -> str:
    """An expression for the rows of a file given to the run."""
    place = f", position={position}" if position else ""
    path = f"choose_input({literal(name)}{place})"
    match format_of(name):
        case "xlsx":
            draft.props.sheets[name] = sheet
            meaning = f"which sheet of {name} is read; empty: the first"
            return f"read_excel({path}, {draft.parameter('sheet', 'str', literal(sheet), meaning)})"
        case "jsonl":
            return f"read_json_lines({path})"
        case _:
            return f"read_table({path})"


def text_source_of(name: str) -> str:
    """An expression for the text of a file given to the run."""
    function = "read_pdf" if name.casefold().endswith(".pdf") else "read_text"
    return f"{function}(choose_input({literal(name)}))"


def given_file(name: str, source: str, sheet: str = "") -> str:
    """For the tests: the content of a file of that name, where `source` is its text."""
    if name.endswith(".xlsx"):
        return f"excel_of({source}, {literal(sheet)})" if sheet else f"excel_of({source})"
    return f"pdf_of({source})" if name.casefold().endswith(".pdf") else source


def table_text(name: str, table: Table) -> str | None:
    """The content of a JSON file with these rows; None for formats that are made from CSV."""
    match format_of(name):
        case "json":
            return json.dumps(table.rows, ensure_ascii=False, indent=1) + "\n"
        case "jsonl":
            return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in table.rows)
        case _:
            return None


def writing_line(name: str, kind: str, title: str, table: str = "table") -> str:
    """A line of `main` that leaves the rows as a file."""
    match kind:
        case "md":
            return f"write_text(markdown_table({table}), {literal(name)})"
        case "html":
            return f"write_text(html_table({table}, {literal(title)}), {literal(name)})"
        case "jsonl":
            return f"write_json_lines({table}, {literal(name)})"
        case "xlsx":
            return f"write_excel({table}, {literal(name)})"
        case _:
            return f"write_{kind}({table}, {literal(name)})"
