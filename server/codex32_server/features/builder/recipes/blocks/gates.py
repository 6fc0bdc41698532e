"""When nobody is told, and what is said about a message elsewhere in the sentence."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..draft import Draft
from ..model import Block, Phrases
from ..rights import Rights

_SILENT_EN = "(stay (silent|quiet)|be (silent|quiet)|do nothing|send nothing|say nothing|(do not|don't) (send|post|say|tell|notify|email|mail|do) (me|us|anyone)? (anything|it|a message)?|skip it|skip)"
_SILENT_ES = "(no (envies|mandes|digas|avises|hagas) nada|callate|no avises|no (lo|la)? (envies|mandes))"


@dataclass(frozen=True)
class OnlyIf(Block):
    """People are told only if there is something to tell."""

    kind: str
    """`any` row, `more` rows than, or `changed` since the run before."""
    count: int = 0
    noun: str = ""
    """What the rows were called; it must be what they are called elsewhere in the sentence."""

    family = "only if"
    role = "gate"
    flows = frozenset({"table", "text", "value", "message"})
    title = "Stay silent unless there is something to tell"
    example = "every day at 9 keep the rows where amount is above 100 in sales.csv and post them to Slack, if there are none stay silent"
    phrases: ClassVar[Phrases] = {
        "en": (
            ("(but|and)? (only)? (if|when) (there|it) (are|is) (any|some|at least one|anything|something) ({things}|<rows>)? (left|found|there|to report|to tell)?", {"kind": "any"}),
            ("(but|and)? (only)? (if|when) (any|so|some|there (is|are)|it is not empty|they are not empty|not empty|(the)? (list|result|table|file) is not empty|(any|some|anything|something) (is|are|was|were)? (found|left|there))", {"kind": "any"}),
            ("(but|and)? only (if|when) (anything|something|any|at least one) ({things}|<rows>)? (is|are|was|were)? (found|left|there|matches|match)", {"kind": "any"}),
            (f"(and|but)? (if|when) (there (are|is) (none|nothing|no ({{things}}|<rows>))|nothing (is found|matches|is there|is left)|it is empty|the (list|result|file|table) is empty) ,? (then)? {_SILENT_EN}", {"kind": "any"}),
            (f"(and|but)? {_SILENT_EN} (if|when) (there (are|is) (none|nothing|no ({{things}}|<rows>))|nothing (is found|matches|is there|is left)|it is empty|the (list|result|file|table) is empty)", {"kind": "any"}),
            ("unless (there (are|is) (none|nothing|no ({things}|<rows>))|it is empty|the (list|result|file|table) is empty)", {"kind": "any"}),
            ("(but|and)? (only)? (if|when) there (are|is) (more than|over) {count} ({things}|<rows>)?", {"kind": "more"}),
            ("(but|and)? only (if|when) (something|anything|it|they|the (result|data|list|file|table|rows|page|text)) (has|have)? (changed|changes|change|is different|differs)", {"kind": "changed"}),
            ("(but|and)? only when (there (is|are)|something) (a|any)? (change|changes|changed)", {"kind": "changed"}),
            (f"(and|but)? (if|when) nothing (has changed|changed|changes) ,? (then)? {_SILENT_EN}", {"kind": "changed"}),
        ),
        "es": (
            ("(pero|y)? (solo)? si (hay) (alguno|alguna|algun|algunos|algunas|algo) ({things}|<rows>)?", {"kind": "any"}),
            ("(pero|y)? (solo)? si (los|las|lo)? (hay|hubiera|hubiese|existe|existen|queda|quedan) ({things}|<rows>)?", {"kind": "any"}),
            (f"(pero|y)? si no hay (ninguno|ninguna|nada|{{things}}|<rows>) ,? {_SILENT_ES}", {"kind": "any"}),
            (f"{_SILENT_ES} si no hay (ninguno|ninguna|nada|{{things}}|<rows>)", {"kind": "any"}),
            ("(pero|y)? (solo)? si hay mas de {count} ({things}|<rows>)?", {"kind": "more"}),
            ("(pero|y)? solo (si|cuando) (algo|el resultado|la lista|la pagina)? (ha cambiado|cambia|cambie)", {"kind": "changed"}),
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        noun = str(slots.get("things", ""))
        return cls(slots["kind"], int(slots.get("count", 0)), "" if noun == "rows" else noun)

    def say(self) -> str:
        return {
            "any": "Nobody is told if there are no rows.",
            "more": f"Nobody is told unless there are more than {self.count} rows.",
            "changed": "Nobody is told if the result is what it was in the run before.",
        }[self.kind]

    def rights(self) -> Rights:
        return Rights(state=self.kind == "changed")

    def apply(self, draft: Draft) -> None:
        if self.kind == "changed":
            draft.line(f"digest = digest_of({draft.content})")
            draft.gates.append('digest != recall("told")')
            draft.last.append('keep("told", digest)')
        elif draft.content == "table.rows":
            more = (
                draft.parameter("more_than", "int", str(self.count), "how many rows are too few to tell")
                if self.count
                else ""
            )
            draft.gates.append(f"len(table.rows) > {more}" if more else "table.rows")
            draft.alarm_arguments |= {more: 0} if more else {}
        elif draft.content == "text":
            draft.gates.append("text.strip()")


@dataclass(frozen=True)
class NewRows(Block):
    """Only rows that no run before has seen."""

    family = "only new rows"
    role = "step"
    title = "Only what is new since the run before"
    example = "every 15 minutes fetch the orders from https://api.example.com/orders and post only the new ones to Slack"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(with|for|about|of|but|and)? only (the)? new ({things}|<rows>|ones)? (since (the last run|last time|then))?",
            "(the|all|any|all the|only the)? new ({things}|<rows>|ones) (only|since (the last run|last time))?",
            "(<keep>|keep) (only)? (the)? new ({things}|<rows>|ones)? (since (the last run|last time))?",
            "(that|which) (i|we|you|it) (have|has)? (not|n't|never) (seen|sent|reported) (before|yet|already)?",
            "(that|which) (are|is) new (since (the last run|last time))?",
            "<drop> (the)? ({things}|<rows>|ones) (that|which) (were|was|are|have been) (already)? (seen|sent|reported|known) (before|already)?",
            "(if|when|whenever|as soon as|once|in case) (there (is|are) (a|an|any)? new ({things}|<rows>|ones)|(a|an|any|some)? new ({things}|<rows>|ones) (appears|appear|arrives|arrive|comes in|come in|is published|are published|is posted|is found|shows up|is added))",
        ),
        "es": (
            "(con|de|pero|y)? solo (los|las|lo)? (nuevos|nuevas|nuevo|nueva) ({things}|<rows>)? (desde la ultima vez)?",
            "(los|las) ({things}|<rows>)? (nuevos|nuevas) (desde la ultima vez)?",
            "(si|cuando|cada vez que) (hay|haya|aparezca|aparezcan|llegue|se publique) (un|una|algun|alguna)? (nuevo|nueva|nuevos|nuevas) {things}",
            "(si|cuando|cada vez que) (hay|haya|aparezca|aparezcan|llegue|se publique) (un|una|algun|alguna)? {things} (nuevo|nueva|nuevos|nuevas)",
        ),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        del slots
        return cls()

    def say(self) -> str:
        return "Only rows that no run before has seen count; the first run has seen none. Rows are known by their id or link, else by all their cells."

    def rights(self) -> Rights:
        return Rights(state=True)

    def apply(self, draft: Draft) -> None:
        key = draft.key("seen_before")
        draft.line('known = recall("seen")')
        draft.line(f'table, report["{key}"] = only_new(table, known)')
        draft.line("seen = with_known(table, known)")
        draft.last.append('keep("seen", seen)')
        draft.removes(key, 0, "seen before")
        draft.gates.append("table.rows")


@dataclass(frozen=True)
class MessageOption(Block):
    """What a message says, its subject, how many rows it shows; `assemble` puts it into the message."""

    field: str
    value: Any

    family = "how to tell"
    role = "gate"
    flows = OnlyIf.flows
    title = "Say the words, the subject, how many rows, and what is attached"
    example = (
        'every monday at 8 email sales.csv to ann@example.com with the subject "Sales" and the table attached'
    )
    phrases: ClassVar[Phrases] = {
        "en": (
            ("(with|and)? (the|a)? (subject|title) (line)? (of|:|is)? {said:phrase}", {"field": "subject"}),
            ("(and)? (saying|that says|which says|with the (text|words|message)|with the text|reading) (:)? {said:phrase}", {"field": "said"}),
            ("(with|and|,)? (the|a)? (table|csv|file|rows|result|results|list|data|csv file) (attached|as (an|a)? (csv)? attachment)", {"field": "attach"}),
            ("(and)? (attach|attaching) (the)? (table|csv|file|rows|result|results|list|data|csv file) (as (a)? csv (file)?)?", {"field": "attach"}),
            ("(as|with) (an|a)? (csv)? attachment", {"field": "attach"}),
            ("(showing|with|listing) (only|just)? (the)? (first|top) {count} (rows|lines|{things})? (only)?", {"field": "top"}),
            ("(via|through|over|using|from) (the)? (mail server|smtp server|smtp|server) {server:dotted}", {"field": "server"}),
            ("(via|through|over|using) {server:dotted}", {"field": "server"}),
        ),
        "es": (
            ("(con|y)? (el|un)? (asunto|titulo) (:)? {said:phrase}", {"field": "subject"}),
            ("(que diga|diciendo|con el texto|con el mensaje) (:)? {said:phrase}", {"field": "said"}),
            ("(con|y|,)? (la|el|las)? (tabla|csv|archivo|filas|resultado) (adjunto|adjunta|adjuntas|como adjunto)", {"field": "attach"}),
            ("(mostrando|con) (solo)? (las|los)? primeras {count} (filas|lineas)", {"field": "top"}),
            ("(por|usando|con) (el)? servidor {server:dotted}", {"field": "server"}),
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        value = slots.get("said") or slots.get("count") or slots.get("server") or True
        if slots["field"] == "server":
            value = value if ":" in str(value) else f"{value}:587"
        return cls(slots["field"], value)

    def say(self) -> str:
        return ""
