"""Two files become one table."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ..draft import Draft
from ..model import Block, Need, Phrases, Question
from ..parts import joining
from ..slots import FileName

_PAIR = "{left:table} (with|and|to|by|against|,|y|con) {right:table}"


@dataclass(frozen=True)
class JoinTables(Block):
    """Rows of two files that have the same key belong together."""

    left: FileName
    right: FileName
    columns: tuple[str, ...]
    """Empty: not said."""
    keep_unmatched: bool = False

    family = "join"
    role = "step"
    title = "Join two files by a column"
    example = "join orders.csv with customers.csv on customer_id"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"(join|merge|combine|match|link|inner join) {_PAIR} (on|by|using|via|matching on|over|based on|where they share) (the|their|same|common)? {{columns}}",
            f"(join|merge|combine|match|link) {_PAIR}",
            (f"(left join|left-join|enrich|complete|complement) {_PAIR} (on|by|using|via|matching on|over|based on) {{columns}}", {"keep_unmatched": True}),
            (f"(join|merge|combine|match|link) {_PAIR} (on|by|using|via|matching on|over|based on) {{columns}} ,? (and)? (keep|keeping|including|include|with) (the|all|also)? (unmatched|unmatched rows|rows without a match|orders without a match|all rows of the first)", {"keep_unmatched": True}),
        ),
        "es": (
            f"(une|unir|junta|juntar|combina|combinar|cruza|cruzar) {_PAIR} (por|usando|segun) (el|la)? {{columns}}",
            f"(une|unir|junta|juntar|combina|combinar|cruza|cruzar) {_PAIR}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        if slots["left"].name == slots["right"].name:
            return None
        return cls(
            slots["left"], slots["right"], slots.get("columns", ((),))[0], bool(slots.get("keep_unmatched"))
        )

    def asks(self) -> Sequence[Question]:
        if self.columns:
            return ()
        text = (
            f"By which column do rows of {self.left.name} and {self.right.name} belong together? "
            "(To put the rows of one below the other, answer: stack)"
        )
        return (Question("columns", text, "column", ""),)

    def answered(self, slot: str, value: str) -> Block:
        del slot
        names = tuple(name.strip() for name in value.split(",") if name.strip())
        if not names:
            raise ValueError("Name the column.")
        if names == ("stack",):
            return StackTables(self.left, self.right)
        return replace(self, columns=names)

    def say(self) -> str:
        rest = "stay, with empty cells" if self.keep_unmatched else "are left out and counted"
        told = " and ".join(self.columns)
        return (
            f"Rows of {self.left.name} get the columns of the rows of {self.right.name} with the same {told}; "
            f"rows without a match {rest}."
        )

    def needs(self) -> Sequence[Need]:
        mine = [Need(name, "text", good=("k1", "k2", "k3", ""), table=0) for name in self.columns]
        theirs = [Need(name, "text", good=("K1 ", "k2", "k9", "k2"), table=1) for name in self.columns]
        return [*mine, *theirs, Need("detail", "text", good=("one", "two", "three", "four"), table=1)]

    def makes(self) -> Sequence[str]:
        return ["detail"]

    def apply(self, draft: Draft) -> None:
        key = draft.key("rows_without_match")
        keep = str(self.keep_unmatched)
        draft.call(
            f'table, report["{key}"]',
            "join_tables",
            "table",
            "other",
            draft.columns(self.columns),
            f"keep_unmatched={keep}",
        )
        draft.table, count = joining.join_tables(
            draft.table, draft.other, list(self.columns), self.keep_unmatched
        )
        draft.expected[key] = count
        draft.tell(key, "rows without a match")


@dataclass(frozen=True)
class StackTables(Block):
    """The rows of one file below those of another."""

    left: FileName
    right: FileName

    family = "stack"
    role = "step"
    title = "Put the rows of two files together"
    example = "append february.csv to january.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(stack|concatenate|concat|put together|union) {left:table} (and|with|,|on) {right:table} (together)?",
            "(append|add) (the rows of)? {right:table} (to|below|under) {left:table}",
        ),
        "es": (
            "(anade|anadir|agrega|agregar) {right:table} (a|al) {left:table}",
            "(apila|apilar|concatena|concatenar) {left:table} (y|con) {right:table}",
        ),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["left"], slots["right"]) if slots["left"].name != slots["right"].name else None

    def say(self) -> str:
        return f"The rows of {self.right.name} come below those of {self.left.name}; a column only one has is empty in the other."

    def needs(self) -> Sequence[Need]:
        return [Need("name"), Need("name", table=1), Need("detail", table=1)]

    def makes(self) -> Sequence[str]:
        return ["detail"]

    def apply(self, draft: Draft) -> None:
        draft.call("table", "stack_tables", "table", "other")
        draft.table = joining.stack_tables(draft.table, draft.other)
