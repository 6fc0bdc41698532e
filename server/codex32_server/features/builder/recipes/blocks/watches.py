"""Values that are remembered from run to run, and what is told about them."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from ..draft import Draft, fstring_text, literal
from ..measures import Measure
from ..model import Block, Need, Phrases
from ..rights import Rights

Kind = Literal["remember", "change", "above", "below", "rise", "fall", "move"]
_WHEN_EN = "(when|if|whenever|as soon as|every time|each time|once|in case)"
_IT_EN = "(it|they|{measure} ((in|of|from) {table})?)"
_WHEN_ES = "(cuando|si|cada vez que|siempre que)"
_IT_ES = "({measure} ((en|de|del) {table})?)?"


@dataclass(frozen=True)
class Watch(Block):
    """Remembers a value; tells when it changes, crosses a limit or moves by some percent."""

    kind: Kind
    amount: float = 0.0
    measure: Measure | None = None
    """None: the value named elsewhere in the sentence (`it`)."""

    family = "remember and compare"
    role = "watch"
    flows = frozenset({"value", "table"})
    title = "Remember a value and report when it changes or crosses a limit"
    example = "remember the price and tell me when it drops below 100"
    phrases: ClassVar[Phrases] = {
        "en": (
            ("<watch> {measure} ((in|of|from) {table})?", {"kind": "remember"}),
            (f"<warn> {_WHEN_EN} {_IT_EN} (changes|has changed|change|is different|is not the same|is different from last time|changes value)", {"kind": "change"}),
            ("(<tell>|detect|notice) (me)? (of|about|on)? (any|every|all|the|each)? (change|changes) (in|of|to|on) {measure} ((in|of|from) {table})?", {"kind": "change"}),
            ("(<tell>) (any|every|all|the|each)? (change|changes)", {"kind": "change"}),
            (f"<warn> {_WHEN_EN} {_IT_EN} <up> {{amount:number}}", {"kind": "above"}),
            (f"<warn> {_WHEN_EN} {_IT_EN} <down> {{amount:number}}", {"kind": "below"}),
            (f"<warn> {_WHEN_EN} {_IT_EN} <up_by> (more than)? {{amount:percent}} <since_last>?", {"kind": "rise"}),
            (f"<warn> {_WHEN_EN} {_IT_EN} <down_by> (more than)? {{amount:percent}} <since_last>?", {"kind": "fall"}),
            (f"<warn> {_WHEN_EN} {_IT_EN} <move_by> (more than)? {{amount:percent}} <since_last>?", {"kind": "move"}),
            (f"{_WHEN_EN} {_IT_EN} <up> {{amount:number}} ,? <warn> (it|that)?", {"kind": "above"}),
            (f"{_WHEN_EN} {_IT_EN} <down> {{amount:number}} ,? <warn> (it|that)?", {"kind": "below"}),
            (f"{_WHEN_EN} {_IT_EN} (changes|has changed) ,? <warn> (it|that)?", {"kind": "change"}),
            (f"{_WHEN_EN} {_IT_EN} <up_by> (more than)? {{amount:percent}} <since_last>?", {"kind": "rise"}),
            (f"{_WHEN_EN} {_IT_EN} <down_by> (more than)? {{amount:percent}} <since_last>?", {"kind": "fall"}),
            (f"{_WHEN_EN} {_IT_EN} <move_by> (more than)? {{amount:percent}} <since_last>?", {"kind": "move"}),
            (f"{_WHEN_EN} (it|they) <up> {{amount:number}}", {"kind": "above"}),
            (f"{_WHEN_EN} (it|they) <down> {{amount:number}}", {"kind": "below"}),
            ("or (<up>|above|over|more than|higher than) {amount:number}", {"kind": "above"}),
            ("or (<down>|below|under|less than|lower than) {amount:number}", {"kind": "below"}),
        ),
        "es": (
            ("<watch> {measure} ((en|de|del) {table})?", {"kind": "remember"}),
            (f"<warn> {_WHEN_ES} {_IT_ES} (cambie|cambia|haya cambiado)", {"kind": "change"}),
            (f"<warn> {_WHEN_ES} {_IT_ES} <up> {{amount:number}}", {"kind": "above"}),
            (f"<warn> {_WHEN_ES} {_IT_ES} <down> {{amount:number}}", {"kind": "below"}),
            (f"<warn> {_WHEN_ES} {_IT_ES} <up_by> (mas de|mas de un|un|en mas de un|en mas de|en un|al menos un)? {{amount:percent}} <since_last>?", {"kind": "rise"}),
            (f"<warn> {_WHEN_ES} {_IT_ES} <down_by> (mas de|mas de un|un|en mas de un|en mas de|en un|al menos un)? {{amount:percent}} <since_last>?", {"kind": "fall"}),
            (f"{_WHEN_ES} {_IT_ES} <up_by> (mas de|mas de un|un|en mas de un|en mas de|en un|al menos un)? {{amount:percent}} <since_last>?", {"kind": "rise"}),
            (f"{_WHEN_ES} {_IT_ES} <down_by> (mas de|mas de un|un|en mas de un|en mas de|en un|al menos un)? {{amount:percent}} <since_last>?", {"kind": "fall"}),
            (f"{_WHEN_ES} <up> {{amount:number}}", {"kind": "above"}),
            (f"{_WHEN_ES} <down> {{amount:number}}", {"kind": "below"}),
            (f"{_WHEN_ES} {_IT_ES} <up> {{amount:number}} ,? <warn>", {"kind": "above"}),
            (f"{_WHEN_ES} {_IT_ES} <down> {{amount:number}} ,? <warn>", {"kind": "below"}),
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        measure: Measure | None = slots.get("measure")
        if slots["kind"] == "remember" and measure is None:
            return None
        return cls(slots["kind"], float(slots.get("amount", 0)), measure)

    def say(self) -> str:
        name = self.measure.say() if self.measure else "the value"
        told = f"{self.amount:g}"
        return {
            "remember": f"It remembers {name} from run to run.",
            "change": f"It reports when {name} is not what it was in the run before.",
            "above": f"It reports when {name} goes above {told}: once, until it was at or below {told} again.",
            "below": f"It reports when {name} goes below {told}: once, until it was at or above {told} again.",
            "rise": f"It reports when {name} is more than {told} % higher than in the run before.",
            "fall": f"It reports when {name} is more than {told} % lower than in the run before.",
            "move": f"It reports when {name} is more than {told} % away from the run before.",
        }[self.kind]

    def needs(self) -> Sequence[Need]:
        if self.measure and self.measure.source == "column":
            return [Need(self.measure.name, "number")]
        return []

    def rights(self) -> Rights:
        return Rights(state=True)

    def apply(self, draft: Draft) -> None:
        if self.kind == "remember":
            return
        name = f"{self.kind}_limit" if self.kind in ("above", "below") else f"{self.kind}_percent"
        limit = ""
        if self.kind != "change":
            meaning = "the limit" if self.kind in ("above", "below") else "how many percent are worth telling"
            limit = draft.parameter(name, "float", literal(self.amount), meaning)
        if self.measure and self.measure.source == "page" and self.kind == "change":
            draft.line("if has_changed(value, previous):")
            name = fstring_text(self.measure.say())
            draft.line(f'    alerts.append(f"{name} changed:\\n{{changed_lines(previous, value)}}")')
            return
        test, words = {
            "change": ("has_changed(value, previous)", "changed from {previous} to {value}"),
            "above": (
                f"has_crossed(value, previous, {limit}, upwards=True)",
                f"went above {{{limit}}}: {{value}}",
            ),
            "below": (
                f"has_crossed(value, previous, {limit}, upwards=False)",
                f"went below {{{limit}}}: {{value}}",
            ),
            "rise": (f"change is not None and change > {limit}", "rose by {change:g} % to {value}"),
            "fall": (f"change is not None and change < -{limit}", "fell by {change:g} % to {value}"),
            "move": (f"change is not None and abs(change) > {limit}", "moved by {change:g} % to {value}"),
        }[self.kind]
        draft.line(f"if {test}:")
        name = self.measure.short() if self.measure else "the value"
        draft.line(f'    alerts.append(f"{fstring_text(name)} {words}")')
