"""What a block is, what a sentence was understood to mean, and what is asked or refused.

Plain data and the one interface that every block implements. Nothing here knows a particular block.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Self

from .draft import Draft
from .formats import file_rights
from .measures import Measure
from .parts.tables import Table
from .rights import Rights, join_rights
from .slots import FileName

Role = Literal["trigger", "source", "step", "summary", "text", "watch", "message", "gate", "sink"]
"""A gate says when sinks that tell somebody stay silent."""
Flow = Literal["table", "text", "value", "message"]
QuestionKind = Literal["text", "choice", "number", "time", "column"]
SampleKind = Literal["text", "number", "email", "date", "group", "phone", "web"]
Phrase = str | tuple[str, Mapping[str, Any]]
"""A pattern, or a pattern with slots that it fixes."""
Phrases = Mapping[str, Sequence[Phrase]]


@dataclass(frozen=True)
class Question:
    """Something only the person can say. The answer comes back under `id`."""

    id: str
    text: str
    kind: QuestionKind
    about: str
    """The words of the sentence that the question is about."""
    choices: tuple[str, ...] = ()
    default: str | None = None
    optional: bool = False
    """Whether an empty answer goes without what was asked about."""


@dataclass(frozen=True)
class Need:
    """A column that a block reads, with cells that make the sample show what the block does."""

    column: str
    kind: SampleKind = "text"
    good: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    repeated: bool = False
    """Whether the sample should have a row that repeats another one."""
    table: int = 0


class Block(ABC):
    """One thing a bot can do. Concrete blocks are frozen dataclasses whose fields are the slots."""

    family: ClassVar[str]
    """Stable name, shown by `recipes()`."""
    role: ClassVar[Role]
    flows: ClassVar[frozenset[Flow]] = frozenset({"table"})
    title: ClassVar[str]
    """What it does, in a few words."""
    example: ClassVar[str]
    """A sentence that asks for it."""
    phrases: ClassVar[Phrases]

    @classmethod
    @abstractmethod
    def read(cls, slots: Mapping[str, Any]) -> Self | Block | tuple[Block, ...] | None:
        """The block or blocks that the slots of a matched phrase describe; None if they do not fit."""

    @abstractmethod
    def say(self) -> str:
        """One plain sentence of what it does, for the page of documentation."""

    def asks(self) -> Sequence[Question]:
        """Slots that are still empty; ids are names of fields."""
        return ()

    def answered(self, slot: str, value: str) -> Block:
        """With the slot filled. Raises ValueError, with a sentence for people, if the value does not fit."""
        raise ValueError(f"{self.family} has no question {slot}: {value}")

    def problem(self) -> str | None:
        """Why this cannot be built although it was understood."""
        return None

    def needs(self) -> Sequence[Need]:
        """Columns it reads."""
        return ()

    def makes(self) -> Sequence[str]:
        """Columns that exist only after it."""
        return ()

    def rights(self) -> Rights:
        """What the bot may touch because of it; goes into the manifest and the page."""
        return Rights()

    def triggers(self, zone: str) -> Sequence[str]:
        """Lines of the manifest's `triggers`, as inline tables of TOML."""
        del zone
        return ()

    def apply(self, draft: Draft) -> None:
        """Write its part of the bot, do to the draft's sample what that part will do to real data, and put
        what the tests need of the world into `draft.props`.
        """
        del draft


class Source(Block):
    """A block that fetches data itself: its `apply` defines `table`, `text` or `value`, as `flow` says.

    The draft's `table`, `text` or `value` is what the sample gives; `apply` puts into `draft.props` what the
    world must answer so that it does. Files given to a run are no such source: `blocks.sources`.
    """

    role = "source"

    def base(self) -> Table | None:
        """Rows as they come, where the columns are given; None where they are whatever the steps need."""
        return None

    def place(self) -> str:
        """What it reads, in a few words, for names and titles: `api.example.com`."""
        return ""

    def measure(self) -> Measure | None:
        """What is watched if a sentence only says “it”; None if that must be said."""
        return None

    def for_value(self, measure: Measure) -> Source | None:
        """The same source as it gives that one value; None if it only gives rows or text."""
        del measure
        return None


class Delivery(Block):
    """A sink that tells somebody or something. Its lines come last, behind the gates of the sentence."""

    role = "sink"
    flows = frozenset({"table", "text", "value", "message"})

    @abstractmethod
    def send(self, draft: Draft, message: str) -> Sequence[str]:
        """Lines of `main` that hand over the message, an expression, exactly once in a run."""

    @abstractmethod
    def sent(self) -> str:
        """For the tests: an expression over `bench`, a list of all that was handed over."""

    @abstractmethod
    def shows(self) -> Sequence[str]:
        """For the tests: lines that look at `told`, the one thing that was handed over, and at `report`."""


@dataclass(frozen=True)
class Placed:
    """A block and the words it was read from."""

    block: Block
    words: str
    start: int
    slots: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Understanding:
    """A sentence in typed form. `placed` is in the order of the sentence; nothing was left over."""

    sentence: str
    language: str
    zone: str
    placed: tuple[Placed, ...]
    flow: Flow = "table"
    tables: tuple[FileName, ...] = ()
    documents: tuple[FileName, ...] = ()
    assumed: tuple[str, ...] = ()
    """Decisions taken without asking, in words."""

    @property
    def sources(self) -> list[Source]:
        """Those that fetch data themselves."""
        return [placed.block for placed in self.placed if isinstance(placed.block, Source)]

    @property
    def deliveries(self) -> list[Delivery]:
        """Who is told."""
        return [placed.block for placed in self.placed if isinstance(placed.block, Delivery)]

    def rights(self) -> Rights:
        """Of all blocks together."""
        files = file_rights((*self.tables, *self.documents))
        return join_rights([*(placed.block.rights() for placed in self.placed), files])

    def blocks(self, *roles: Role) -> list[Block]:
        return [placed.block for placed in self.placed if placed.block.role in roles]

    def say(self) -> list[str]:
        """What the bot will do, one plain sentence each."""
        said = [placed.block.say() for placed in self.placed]
        return list(dict.fromkeys(sentence for sentence in said if sentence))


@dataclass(frozen=True)
class Questions:
    """Understood in part; these answers are needed."""

    questions: tuple[Question, ...]
    understood: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """Understood, and not possible; `reason` names the nearest thing that is."""

    reason: str
    about: str = ""


@dataclass(frozen=True)
class BuiltBot:
    """What the composer hands over: everything that gets published."""

    name: str
    title: str
    files: Mapping[str, str]
    understanding: tuple[str, ...]
    schedules: tuple[str, ...] = ()
    """Cron expressions with their zone, as written in the manifest."""
    assumed: tuple[str, ...] = field(default_factory=tuple[str, ...])
