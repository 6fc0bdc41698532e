"""What blocks that ask a language model have in common: what it costs, and the answers in the tests."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from ..draft import Draft, Fact, literal, slug
from ..model import Block, Need
from ..parts.computing import with_column
from ..parts.tables import Row, text_of
from ..rights import Rights
from .webpages import WebPage

ROWS_BUDGET = 0.05
TEXT_BUDGET = 0.02
"""US dollars in a run: some hundred rows, or some dozen pages, with a cheap model."""
_ROWS_AT_ONCE = 10
"""As in `parts.asking`, which the server cannot import: it needs no model to write a bot."""
COST = (
    "It asks a language model, for up to {budget:g} USD in a run; "
    "what the budget does not reach is left and counted."
)


class ModelBlock(Block):
    """A question to a model."""

    budget: float

    def rights(self) -> Rights:
        return Rights(budget=self.budget, timeout=600)

    @abstractmethod
    def names(self) -> Sequence[str]:
        """What is asked for: columns, or keys of the answer."""

    @abstractmethod
    def task(self) -> str:
        """The question, for the model."""

    @abstractmethod
    def answer_source(self, draft: Draft) -> str:
        """Source of the description of the answer."""

    @abstractmethod
    def said(self, at: int) -> Row:
        """What the model of the tests says about the text with that number."""


def model_parameter(draft: Draft, alias: str) -> str:
    """A keyword of `main` for the model."""
    return draft.parameter("model", "str", literal(alias), "alias or name of the model that is asked")


def add_said(draft: Draft, alias: str, *documents: Any) -> None:
    """The model of the tests says this as well, in turn. All blocks of a bot ask the first one's model."""
    known = draft.parameters.get("model")
    chosen = known.default.strip('"') if known else alias
    draft.props.models.setdefault(chosen, []).extend(documents)


class RowQuestion(ModelBlock):
    """A question about the text in one column of each row; the answers are new columns."""

    role = "step"
    flows = frozenset({"table"})
    budget = ROWS_BUDGET
    column: str
    samples: Sequence[str] = (
        "The parcel came late and broken.",
        "Thank you, all is well!",
        "When do you open?",
    )

    def needs(self) -> Sequence[Need]:
        return [Need(self.column, good=(*self.samples, "Fine."), bad=("",))]

    def makes(self) -> Sequence[str]:
        return self.names()

    def apply(self, draft: Draft) -> None:
        key = draft.key(f"asked_{'_'.join(slug(name) for name in self.names())}")
        alias = model_parameter(draft, "fast")
        column = draft.column(self.column)
        task = draft.constant(f"{slug(self.family)}_task".upper(), self.task())
        answer = self.answer_source(draft)
        draft.call(f'table, report["{key}"]', "answer_rows", "table", column, answer, task, alias)
        name = draft.table.column(self.column)
        asked = [at for at, row in enumerate(draft.table.rows) if text_of(row[name])]
        answers = {at: self.said(place) for place, at in enumerate(asked)}
        for start in range(0, len(asked), _ROWS_AT_ONCE):
            batch = asked[start : start + _ROWS_AT_ONCE]
            add_said(draft, "fast", {"answers": [{"number": n, **answers[at]} for n, at in enumerate(batch)]})
        for target in self.names():
            cells = [text_of(answers.get(at, {}).get(target)) for at in range(len(draft.table.rows))]
            draft.table = with_column(draft.table, target, cells)
        empty = len(draft.table.rows) - len(asked)
        draft.expected[key] = {"answered": len(asked), "empty": empty, "unanswered": 0, "left": 0}
        draft.told.append(Fact(f"report['{key}']['answered']", f"rows with {' and '.join(self.names())}"))
        draft.told.append(Fact(f"report['{key}']['left']", "rows left by the budget"))


class TextQuestion(ModelBlock):
    """A question about a whole text; the answer goes into the report."""

    role = "text"
    flows = frozenset({"text"})
    budget = TEXT_BUDGET

    def begin(self, draft: Draft) -> tuple[str, str, str]:
        """Source of the answer's description, of the task and of the model."""
        alias = model_parameter(draft, "smart")
        task = draft.constant(f"{slug(self.family)}_task".upper(), self.task())
        add_said(draft, "smart", self.said(0))
        return self.answer_source(draft), task, alias

    def ask(self, draft: Draft) -> None:
        """Lines that ask about each piece of the text: `answers`, and what the budget left."""
        answer, task, alias = self.begin(draft)
        left = self.left_key(draft)
        draft.call(f'answers, report["{left}"]', "answer_text", "text", answer, task, alias)

    def left_key(self, draft: Draft) -> str:
        """A key of the report for the pieces that the budget did not reach."""
        left = draft.key("pieces_left")
        draft.expected[left] = 0
        return left


def listed(values: Sequence[str]) -> str:
    """`a, b or c`."""
    return " or ".join([", ".join(values[:-1]), values[-1]]) if len(values) > 1 else "".join(values)


def choices_parameter(draft: Draft, name: str, values: Sequence[str], meaning: str) -> str:
    """A keyword of `main` with a list of texts."""
    source = f"({', '.join(literal(value) for value in values)}{',' * (len(values) == 1)})"
    return draft.parameter(name, "Sequence[str]", source, meaning)


def answered_list(value: str, least: int, what: str) -> tuple[str, ...]:
    """The parts of an answer with commas. Raises ValueError if they are too few."""
    names = tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
    if len(names) < least:
        raise ValueError(f"Name at least {least} {what}, with commas between them.")
    return names


def size_of(slots: Mapping[str, Any], default: str) -> str:
    """`2 sentences`, `50 words`, as the person said."""
    count = slots.get("count", 0)
    if not count:
        return default
    unit = slots.get("size", "sentences")
    return f"{count} {unit.removesuffix('s') if count == 1 else unit}"


def about(block: Block, slots: Mapping[str, Any]) -> Block | tuple[Block, ...]:
    """The question; about a page of the web also what reads it."""
    return (WebPage(slots["url"]), block) if "url" in slots else block
