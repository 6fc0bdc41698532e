"""Cleaning in general; before a colon the words only announce steps: `clean the contacts CSV: …`."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from ..draft import Draft
from ..model import Block, Need, Phrases
from ..slots import FileName
from .columns import ChangeText
from .rows import DropEmptyRows

_KINDS_OF_FILES = frozenset(
    {"spreadsheet", "data", "table", "list", "sheet", "file", "export", "dataset", "csv"}
)
"""Names of files that say nothing: a word before them (`my customers data.csv`) describes the file."""


@dataclass(frozen=True)
class Clean(Block):
    """Trims cells and drops empty rows. Before steps that say how to clean (`clean X: …`): only announces them."""

    family = "clean"
    role = "step"
    title = "Clean a file"
    example = "clean the contacts CSV"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(clean|cleanse|clean up|tidy|tidy up|cleaning|cleaning up|sanitise|sanitize|scrub) {table} by?",
            "(clean|cleanse|clean up|tidy|tidy up|sanitise|sanitize|scrub) (up)? (it|them|the file|the data|the rows|the table|the list)",
            "(clean|cleanse|tidy) {table} up",
            "(clean|cleanse|clean up|tidy|tidy up) (my|our|the) {label:keyword} {described:table}",
        ),
        "es": (
            "(limpia|limpiar|depura|depurar|limpiando) {table}",
            "(limpia|limpiar|depura) (los datos|el archivo|la tabla)",
        ),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        described: FileName | None = slots.get("described")
        if described and described.stem.casefold() not in _KINDS_OF_FILES:
            return None
        return cls()

    def say(self) -> str:
        return "Spaces around values are removed, and rows with nothing in them are dropped."

    def needs(self) -> Sequence[Need]:
        return [Need("name", good=("Ann", " Bob ", "Zoë", "Eve"))]

    def apply(self, draft: Draft) -> None:
        ChangeText("trim").apply(draft)
        DropEmptyRows().apply(draft)
