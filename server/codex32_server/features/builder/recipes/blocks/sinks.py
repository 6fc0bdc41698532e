"""What a run leaves behind."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..draft import Draft, literal
from ..model import Block, Phrases
from ..slots import FileName

_DONE = (
    "(dropped|removed|deleted|discarded|excluded|filtered out|kept|left|remain|remaining|duplicates|duplicated|duplicate|invalid|"
    "changed|valid|matched|unmatched|in total|processed|cleaned|missing|rejected|thrown away|without a match)"
)


@dataclass(frozen=True)
class ReportCounts(Block):
    """Counts of everything that was done, and one sentence."""

    family = "report"
    role = "sink"
    title = "Report counts and a summary"
    example = "deduplicate people.csv by email and report how many were dropped"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"(<tell>|count) (how many|the number of|number of) (of)? (the|them)? ({{things}}|{{columns}})? (there)? (were|was|have been|has been|are|got|had been|did)? {_DONE} (rows|{{things}})?",
            f"(<tell>|count) (the|all|any)? (number of)? {_DONE} ({{things}}|rows)?",
            f"(<tell>|count) what (was|were|has been|got) {_DONE}",
            f"how many ({{things}}|{{columns}})? (were|was|have been|are|got) {_DONE}",
            "(<tell>|write|make|produce|create|send|generate|prepare) (me|us)? (a|the|an)? (short|brief|daily|weekly|final)? (report|summary|result|results|counts|totals|numbers|figures|outcome|statistics) (of it|of that|of what was done|of the result|about it|with the counts|of the changes)?",
            f"<tell> (the)? (counts|number) of {_DONE} (rows|{{things}})?",
            "report (it|them|back|the result)?",
        ),
        "es": (
            "(informa|informame|di|dime|reporta|indica|cuenta|avisame) (de|sobre)? (cuantas|cuantos|el numero de) ({things}|filas)? (se)? (han|fueron|se han)? (eliminado|eliminaron|eliminadas|eliminados|quitado|quitaron|borrado|borraron|descartado|descartaron|quedan|quedaron|duplicados|invalidas)",
            "(informa|informame|reporta|haz un informe|haz un resumen|dame un resumen|dame el resultado)",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        del slots
        return cls()

    def say(self) -> str:
        return "The output has the counts and a summary in one sentence."


@dataclass(frozen=True)
class SaveTable(Block):
    """The rows as a file of a chosen name or format."""

    target: FileName | None = None
    format: str = "csv"

    family = "save"
    role = "sink"
    title = "Save or convert to CSV or JSON"
    example = "convert people.csv to JSON"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(save|write|export|store|output|put|dump) <result>? (to|as|in|into) (a|the)? (new)? (file)? {target:table}",
            ("(convert|turn|transform|export|save|change) ({table}|<result>) (to|into|as|in) (a)? json (file|format)?", {"format": "json"}),
            ("(convert|turn|transform|export|save|change) ({table}|<result>) (to|into|as|in) (a)? csv (file|format)?", {"format": "csv"}),
            ("(as|to) json", {"format": "json"}),
            ("(as|to) csv", {"format": "csv"}),
            "(save|export|store) <result>?",
            "(write|output) (the)? (result|results|rows|cleaned file|clean file)",
        ),
        "es": (
            "(guarda|guardar|escribe|exporta|guardalo|guardala) (el resultado|la tabla|lo|todo)? (en|como|a) (el archivo)? {target:table}",
            ("(convierte|convertir|pasa|exporta) {table} (a|en|como) json", {"format": "json"}),
            ("(convierte|convertir|pasa|exporta) {table} (a|en|como) csv", {"format": "csv"}),
            "(guarda|guardar|guardalo) (el resultado)?",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        target: FileName | None = slots.get("target")
        if target is None:
            return cls(None, slots.get("format", "csv"))
        return cls(target if target.named else None, "json" if target.name.endswith(".json") else "csv")

    def say(self) -> str:
        return f"The rows are saved as {self.target.name if self.target else self.format.upper()}."

    def file_name(self, stem: str) -> str:
        """The name of the output file."""
        return self.target.name if self.target else f"{stem}-result.{self.format}"

    def apply(self, draft: Draft) -> None:
        name = self.file_name(draft.stem)
        draft.line(f"write_{self.format}(table, {literal(name)})")
        draft.outputs[name] = draft.table
