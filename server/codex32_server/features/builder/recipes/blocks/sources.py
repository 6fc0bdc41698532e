"""Where the data comes from: files given to the run."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from ..draft import Draft
from ..model import Block, Phrases, Source
from ..parts.computing import with_column
from ..parts.tables import Table
from ..slots import FileName


@dataclass(frozen=True)
class TableFile(Block):
    """A CSV or JSON file with rows."""

    file: FileName

    family = "table file"
    role = "source"
    title = "Read a CSV, JSON or Excel file"
    example = "read the contacts CSV and sort it by name"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(from|in|of|using|for|on|with|to)? {table}",
            "(read|load|open|take|use|process|import|given|go through|look at|parse) (in)? {table}",
        ),
        "es": (
            "(de|del|en|con|para|sobre|a)? {table}",
            "(lee|leer|carga|cargar|abre|abrir|toma|usa|procesa|dado) {table}",
        ),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["table"])

    def say(self) -> str:
        return f"It reads the rows of {self.file.name}, given with the run or attached to the schedule."


@dataclass(frozen=True)
class TextFile(Block):
    """A file with running text: plain, Markdown, a log or a PDF."""

    file: FileName

    family = "text file"
    role = "source"
    flows = frozenset({"text"})
    title = "Read a text or a PDF"
    example = "read notes.txt and count the words"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(from|in|of|using|for|on)? {document}",
            "(read|load|open|take|use|analyse|analyze) {document}",
        ),
        "es": (
            "(de|del|en|con|para|sobre)? {document}",
            "(lee|leer|abre|abrir|toma|usa|analiza|analizar) {document}",
        ),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["document"])

    def say(self) -> str:
        return f"It reads the text given as input, or the file {self.file.name}."


@dataclass(frozen=True)
class ExcelSheet(Block):
    """Which sheet of a workbook is meant."""

    name: str
    file: FileName

    family = "excel sheet"
    role = "source"
    title = "Read a sheet of an Excel workbook"
    example = 'sum amount per region in the sheet "Q1" of sales.xlsx'
    phrases: ClassVar[Phrases] = {
        "en": (
            "(from|in|of|using|on|read|take|open)? (the|a)? (sheet|worksheet|tab) (called|named)? {sheet:value} (of|in|from) {table}",
            "(from|in|of|using|on|read|take|open)? {table} ,? (the|a)? (sheet|worksheet|tab) (called|named)? {sheet:value}",
        ),
        "es": (
            "(de|en|lee|usa)? (la)? (hoja|pestana) (llamada)? {sheet:value} (de|del|en) {table}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["sheet"], slots["table"])

    def problem(self) -> str | None:
        if self.file.name.endswith(".xlsx"):
            return None
        return f"Only Excel workbooks have sheets, and {self.file.name} is none. The nearest: the whole file."

    def say(self) -> str:
        return f"It reads the sheet {self.name} of {self.file.name}."


@dataclass(frozen=True)
class AllFiles(Source):
    """Every file that a run was given, one below the other."""

    archive: bool = False

    family = "several files"
    flows = frozenset({"table"})
    title = "Read all files, or a zip of files, as one table"
    example = "read all the CSV files and count rows per file"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(read|load|take|open|process|use|combine|merge|stack|collect|from|of|in|join)? (all|every|each|all of) (the|my|of the)? (given|attached|uploaded|input)? (csv|json|data)? (files|file)",
            "(read|load|take|process|use|combine|merge|stack|collect|from|of|in)? (several|many|multiple|the|a folder of|all) (csv|json|data) files",
            ("(read|load|take|open|process|use|unzip|unpack|from|of|in)? (the|a|an)? (zip|zip file|zip archive|archive) (of|with|that contains|full of|containing) (the)? (csv|json|data)? files", {"archive": True}),
            ("(read|load|take|open|process|use|unzip|unpack|from|of|in|the files in|the files of) {archive}", {}),
        ),
        "es": (
            "(lee|carga|usa|combina|junta|procesa|de|en)? todos los (archivos|ficheros) (csv|json|adjuntos|dados)?",
            "(lee|carga|usa|combina|junta|procesa|de|en)? varios (archivos|ficheros) (csv|json)?",
            ("(lee|abre|descomprime|usa|de|en)? (el|un) (zip|archivo zip|fichero zip) (de|con) (archivos|ficheros)? (csv|json)?", {"archive": True}),
            ("(lee|abre|descomprime|usa|de|en) (el)? {archive}", {}),
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(bool(slots.get("archive")))

    def makes(self) -> Sequence[str]:
        return ["file"]

    def place(self) -> str:
        return "all files"

    def say(self) -> str:
        return (
            "It reads every CSV and JSON file given with the run, also inside of zip archives, one below the other; "
            "the column file says where a row is from, and a column that only some have is empty in the others."
        )

    def apply(self, draft: Draft) -> None:
        draft.line("table = read_all_tables()")
        half = (len(draft.table.rows) + 1) // 2
        parts = {"first.csv": draft.table.rows[:half], "second.csv": draft.table.rows[half:]}
        names = [name for name, rows in parts.items() for _ in rows]
        for name, rows in parts.items():
            draft.props.inputs[name] = Table(draft.table.columns, rows)
        draft.table = with_column(draft.table, "file", names)
