"""Where the data comes from: files given to the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..model import Block, Phrases
from ..slots import FileName


@dataclass(frozen=True)
class TableFile(Block):
    """A CSV or JSON file with rows."""

    file: FileName

    family = "table file"
    role = "source"
    title = "Read a CSV or JSON file"
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
    """A file with running text."""

    file: FileName

    family = "text file"
    role = "source"
    flows = frozenset({"text"})
    title = "Read a text"
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
