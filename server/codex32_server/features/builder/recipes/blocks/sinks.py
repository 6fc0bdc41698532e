"""What a run leaves behind."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..draft import INDENT, LINE, Draft, literal, wrapped
from ..formats import EXCEL, format_of, writing_line
from ..model import Block, Phrases
from ..parts import summing
from ..rights import Rights
from ..slots import FileName
from .web import WebData

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
            "(<tell>|count)? (how many|the number of|which|what) ({things}|<rows>|of (them|the {things}|these))? (is|are|was|were|have been) (wrong|not valid|not right|not correct|invalid|incorrect|bad|broken|malformed|right|correct)",
            "(list|show|print|display|output|return|give) (me|us)? (all)? (the|all the|all of the)? (rows|lines|records|entries)",
            "<tell> <changes_made>",
            f"<tell> (the)? (counts|number) of {_DONE} (rows|{{things}})?",
            "report (it|them|back|the result)?",
        ),
        "es": (
            "(informa|informame|di|dime|reporta|indica|cuenta|avisame) (de|sobre)? (cuantas|cuantos|el numero de) ({things}|filas)? (se)? (han|fueron|se han)? (eliminado|eliminaron|eliminadas|eliminados|quitado|quitaron|borrado|borraron|descartado|descartaron|quedan|quedaron|duplicados|invalidas)",
            "(informa|informame|di|dime|reporta|indica|cuenta|avisame) (de)? (cuantas|cuantos|que) ({things}|filas)? (son|estan|eran) (incorrectos|incorrectas|invalidos|invalidas|no validos|no validas|mal|erroneos|erroneas)",
            "(cuantas|cuantos) ({things}|filas)? (se)? (han|fueron|se han)? (eliminado|eliminaron|eliminadas|eliminados|quitado|quitaron|borrado|borraron|descartado|descartaron|quedan|quedaron)",
            "(muestra|muestrame|lista|ensena|devuelve|dame) (todas|todos)? (las|los) (filas|registros|lineas)",
            "<tell> <changes_made>",
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
    groups: tuple[str, ...] = ()
    """Columns by which the figures are grouped that are the result; empty: the rows are."""

    family = "save"
    role = "sink"
    title = "Save or convert to CSV, JSON, Excel, Markdown or HTML"
    example = "convert people.csv to JSON"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(save|write|export|store|output|put|dump|convert) (<result>|{table})? (to|as|in|into) (a|the)? (new)? (file)? {target:table}",
            "(save|write|export|store|dump|download) (<result>|(the|all|all the)? {things})? (from|at|of) (the)? <web>? {url} (to|as|in|into) (a|the)? (new)? (file)? {target:table}",
            ("(convert|turn|transform|export|save|change) ({table}|<result>) (to|into|as|in) (a)? json (file|format)?", {"format": "json"}),
            ("(convert|turn|transform|export|save|change) ({table}|<result>) (to|into|as|in) (a)? csv (file|format)?", {"format": "csv"}),
            ("(convert|turn|transform|export|save|change|write) ({table}|<result>) (to|into|as|in) (an|a)? (excel|xlsx) (file|workbook|spreadsheet|sheet|table|format)?", {"format": "xlsx"}),
            ("(convert|turn|transform|export|save|change|write) ({table}|<result>) (to|into|as|in) (a)? (json lines|jsonl|ndjson) (file|format)?", {"format": "jsonl"}),
            ("(convert|turn|transform|export|save|change|write|show) ({table}|<result>) (to|into|as|in) (a)? (markdown|md) (file|format|table)?", {"format": "md"}),
            ("(convert|turn|transform|export|save|change|write|show) ({table}|<result>) (to|into|as|in) (an|a)? (html|web) (file|format|table|page)?", {"format": "html"}),
            ("(write|make|create|produce|give me) (a|an)? (markdown) (table|file) (of|with|from)? <result>?", {"format": "md"}),
            ("(write|make|create|produce|give me) (a|an)? (html) (table|page|file) (of|with|from)? <result>?", {"format": "html"}),
            ("(write|make|create|produce|give me) (a|an)? (excel|xlsx) (file|workbook|spreadsheet) (of|with|from)? <result>?", {"format": "xlsx"}),
            "(save|write|export|store|output|put|dump|convert) (<result>|{table})? (to|as|in|into) (a|the)? (new)? (file)? {target:page}",
            ("(as|to) (an|a)? (excel|xlsx) (file|workbook)?", {"format": "xlsx"}),
            ("(as|to) (a)? (markdown|markdown table)", {"format": "md"}),
            ("(as|to) (an|a)? (html|html table|html page)", {"format": "html"}),
            ("(as|to) (json lines|jsonl)", {"format": "jsonl"}),
            ("(as|to) json", {"format": "json"}),
            ("(as|to) csv", {"format": "csv"}),
            "(save|export|store) <result>?",
            "(write|output) (the)? (result|results|rows|cleaned file|clean file)",
        ),
        "es": (
            "(guarda|guardar|exporta|escribe|descarga) (<result>|(los|las|todos los|todas las)? {things})? (de|desde) (la)? <web>? {url} (en|como|a) (el|un)? (archivo|fichero)? {target:table}",
            "(guarda|guardar|escribe|exporta|guardalo|guardala|convierte|deja|dejalo) (el resultado|los resultados|la tabla|lo|todo|{table})? (en|como|a) (el|un)? (nuevo)? (archivo|fichero)? {target:table}",
            ("(convierte|convertir|pasa|exporta) {table} (a|en|como) json", {"format": "json"}),
            ("(convierte|convertir|pasa|exporta) {table} (a|en|como) csv", {"format": "csv"}),
            ("(convierte|convertir|pasa|exporta|guarda|guardalo|guardala) ({table}|el resultado|la tabla|lo|todo)? (a|en|como) (un)? (excel|xlsx|archivo excel|fichero excel)", {"format": "xlsx"}),
            ("(convierte|convertir|pasa|exporta|guarda|guardalo|guardala) ({table}|el resultado|la tabla|lo|todo)? (a|en|como) (una|un)? (markdown|tabla markdown)", {"format": "md"}),
            ("(convierte|convertir|pasa|exporta|guarda|guardalo|guardala) ({table}|el resultado|la tabla|lo|todo)? (a|en|como) (una|un)? (html|tabla html|pagina html)", {"format": "html"}),
            "(guarda|guardar|escribe|exporta|guardalo|guardala) (el resultado|la tabla|lo|todo)? (en|como|a) (el archivo)? {target:page}",
            "(guarda|guardar|guardalo) (el resultado)?",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | tuple[Block, ...] | None:
        target: FileName | None = slots.get("target")
        if target is None:
            return cls(None, slots.get("format", "csv"))
        saved = cls(target if target.named else None, format_of(target.name))
        return (WebData(slots["url"]), saved) if "url" in slots else saved

    def rights(self) -> Rights:
        return Rights(dependencies=(EXCEL,)) if self.format == "xlsx" else Rights()

    def say(self) -> str:
        what = f"The figures for each {' and '.join(self.groups)}" if self.groups else "The rows"
        return f"{what} are saved as {self.target.name if self.target else self.format.upper()}."

    def file_name(self, stem: str) -> str:
        """The name of the output file."""
        return self.target.name if self.target else f"{stem}-result.{self.format}"

    def apply(self, draft: Draft) -> None:
        name = self.file_name(draft.stem)
        if not self.groups:
            draft.line(writing_line(name, self.format, draft.stem))
            draft.outputs[name] = draft.table
            return
        label = " and ".join(self.groups)
        draft.call("figures", "table_of_groups", f'report["{draft.grouped}"]', literal(label))
        draft.line(writing_line(name, self.format, draft.stem, "figures"))
        draft.outputs[name] = summing.table_of_groups(draft.expected[draft.grouped], label)


@dataclass(frozen=True)
class Archive(Block):
    """Everything that the run leaves, in one file as well."""

    target: FileName | None = None

    family = "archive"
    role = "sink"
    title = "Pack the result into a zip file"
    example = "sort people.csv by name and zip the result"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(zip|compress|archive) (up)? (<result>|all the files|the files|all files|everything|the output)? ((to|as|in|into) {target:archive})?",
            "(pack|put|save|bundle|write|export) (<result>|all the files|the files|all files|everything|the output)? (up)? (to|as|in|into) (a|an|one)? (zip|zip file|zip archive|archive)",
            "(pack|put|save|bundle|write|export) (<result>|all the files|the files|all files|everything|the output)? (up)? (to|as|in|into) {target:archive}",
        ),
        "es": (
            "(comprime|comprimir|empaqueta|empaquetar) (el resultado|todo|los archivos|la tabla)? ((en|como) {target:archive})?",
            "(guarda|guardalo|pon|empaqueta|comprime) (el resultado|todo|los archivos)? (en|como) (un)? (zip|archivo zip|fichero zip)",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots.get("target"))

    def say(self) -> str:
        return f"All files that it leaves are packed into {self.target.name if self.target else 'one zip file'} as well."

    def apply(self, draft: Draft) -> None:
        """Called when all other files have been left."""
        name = self.target.name if self.target else f"{draft.stem}.zip"
        left = [*draft.outputs, *draft.drawings]
        names = f"[{', '.join(literal(one) for one in left)}]"
        draft.lines.extend(wrapped("write_archive", [names, literal(name)]))
        head = f"assert zip_names(bench.output_bytes({literal(name)})) == "
        shown = [f"    {literal(one)}," for one in left]
        fits = len(head + names) <= LINE - 2 * INDENT
        draft.checks += [head + names] if fits else [f"{head}[", *shown, "]"]
