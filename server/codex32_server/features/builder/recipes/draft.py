"""A bot in the making: parameters and lines of `main`, and what its sample must give.

Blocks write into it one after the other (`Block.apply`). Turning it into files is `compose`.
"""

from __future__ import annotations

import keyword
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .parts.tables import Table
from .rights import Props
from .tokens import fold

LINE = 110
INDENT = 4
_MOST_COLUMN_PARAMETERS = 8
_LONGEST_KEY = 60


@dataclass(frozen=True)
class Parameter:
    """A keyword of `main`; `default` is Python source, empty if there is none."""

    name: str
    annotation: str
    default: str
    meaning: str


@dataclass(frozen=True)
class Fact:
    """One piece of the summary: words of the person around a Python expression. Only `source` is code."""

    source: str
    after: str = ""
    before: str = ""

    def line(self) -> str:
        """A line of a list of f-strings, short enough for any words."""
        room = LINE - 3 * INDENT - len(self.source) - 8
        before = fstring_text(textwrap.shorten(self.before, max(room // 2, 10), placeholder="…"))
        after = fstring_text(textwrap.shorten(self.after, max(room - len(before), 10), placeholder="…"))
        return f'    f"{before}{" " * bool(before)}{{{self.source}}}{" " * bool(after)}{after}",'


@dataclass
class Draft:
    """Mutable while the blocks write into it; one draft is one way through the sample."""

    stem: str
    title: str = ""
    """Of the bot; the subject of its mails."""
    content: str = "table.rows"
    """The expression of what the work gave: `table.rows`, `text`, `value` or `message`."""
    table: Table = field(default_factory=lambda: Table([], []))
    other: Table = field(default_factory=lambda: Table([], []))
    text: str = ""
    parameters: dict[str, Parameter] = field(default_factory=dict[str, Parameter])
    lines: list[str] = field(default_factory=list[str])
    last: list[str] = field(default_factory=list[str])
    """Lines just before the end, when nothing can go wrong any more."""
    expected: dict[str, Any] = field(default_factory=dict[str, Any])
    """Facts of the report that the sample must give."""
    outputs: dict[str, Table] = field(default_factory=dict[str, Table])
    opening: list[str] = field(default_factory=list[str])
    """Lines right after the beginning of the report."""
    dropped: list[str] = field(default_factory=list[str])
    """Keys of the report that count rows taken away."""
    grouped: str = ""
    """Key of the report with the figures of groups, the last ones that were made."""
    told: list[Fact] = field(default_factory=list[Fact])
    """Pieces of the summary, in order."""
    value: Any = None
    """What the sample gives where one value is watched."""
    props: Props = field(default_factory=Props)
    constants: dict[str, str] = field(default_factory=dict[str, str])
    """Name → source of constants of the module."""
    body: list[str] = field(default_factory=list[str])
    """Expressions of texts that a message has after its summary, such as `show_table(table)`."""
    measured: bool = False
    """Whether cells are measured in the run, so that no sample can tell them."""
    alarm: dict[str, Any] = field(default_factory=dict[str, Any])
    """State of the run before with which the sample is worth telling."""
    alarm_arguments: dict[str, Any] = field(default_factory=dict[str, Any])
    """Arguments of `main` with which the sample is worth telling."""
    gates: list[str] = field(default_factory=list[str])
    """Conditions, all of which must hold for anybody to be told."""

    drawings: list[str] = field(default_factory=list[str])
    """Files that are left beside the tables."""
    checks: list[str] = field(default_factory=list[str])
    """Lines of the test of what was asked, about `bench` and `report`."""
    again: dict[str, Any] = field(default_factory=dict[str, Any])
    """Facts of the report that a second run over the same sample must give."""

    def parameter(self, name: str, annotation: str, default: str, meaning: str) -> str:
        """A keyword of `main`; the same name with another default gets a number."""
        free, count = name, 1
        while free in self.parameters and self.parameters[free].default != default:
            count += 1
            free = f"{name}_{count}"
        self.parameters.setdefault(free, Parameter(free, annotation, default, meaning))
        return free

    def constant(self, name: str, value: str) -> str:
        """A text of the module; the same name with another text gets a number."""
        source = text_source(value, LINE - len(name) - 3)
        free, count = name, 1
        while free in self.constants and self.constants[free] != source:
            count += 1
            free = f"{name}_{count}"
        self.constants[free] = source
        return free

    def column(self, name: str) -> str:
        """Source for a column: a parameter, so that a person can say how their file spells it."""
        known = sum(parameter.endswith("_column") for parameter in self.parameters)
        ident = f"{slug(name)[:_LONGEST_KEY].strip('_')}_column"
        if known >= _MOST_COLUMN_PARAMETERS and ident not in self.parameters:
            return literal(name)
        return self.parameter(ident, "str", literal(name), f"the column with the {name}")

    def columns(self, names: Sequence[str]) -> str:
        """Source for a list of columns."""
        return f"[{', '.join(self.column(name) for name in names)}]"

    def key(self, name: str) -> str:
        """A key of the report that is not taken."""
        short = slug(name)[:_LONGEST_KEY].strip("_")
        free, count = short, 1
        while free in self.expected:
            count += 1
            free = f"{short}_{count}"
        self.expected[free] = None
        return free

    def line(self, text: str) -> None:
        """A line of `main`, as it is."""
        self.lines.append(text)

    def call(self, target: str, function: str, *arguments: str) -> None:
        """`target = function(arguments)`, broken over lines as formatters do."""
        self.lines.extend(wrapped(f"{target} = {function}", arguments))

    @property
    def room(self) -> int:
        """Characters that a line has at the end of `main`, behind its gates."""
        return LINE - INDENT * (2 if self.gates else 1)

    def removes(self, key: str, count: int, words: str) -> None:
        """The fact that so many rows went away, for the report and its summary."""
        self.expected[key] = count
        self.dropped.append(key)
        self.tell(key, words)

    def tell(self, key: str, words: str) -> None:
        """A fact of the report goes into the summary."""
        self.told.append(Fact(f"report['{key}']", words))


def wrapped(
    head: str, arguments: Sequence[str], room: int = LINE - INDENT, inside: int = LINE - INDENT
) -> list[str]:
    """A call on one line if it fits into `room` characters, else in brackets: on a line of its own if that
    fits `inside`, or one argument a line.
    """
    line = f"{head}({', '.join(arguments)})"
    if len(line) <= room:
        return [line]
    inner = f"    {', '.join(arguments)}"
    if len(inner) <= inside:
        return [f"{head}(", inner, ")"]
    return [f"{head}(", *(f"    {argument}," for argument in arguments), ")"]


def literal(value: Any) -> str:
    """Python source of a value, with double quotes as formatters like them."""
    if isinstance(value, str):
        quote = "'" if '"' in value and "'" not in value else '"'
        escaped = value.replace("\\", "\\\\").replace(quote, f"\\{quote}")
        for sign, written in (("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
            escaped = escaped.replace(sign, written)
        return f"{quote}{escaped}{quote}"
    if isinstance(value, float) and value.is_integer():
        return f"{value:.1f}"
    return repr(value)


def text_source(value: str, room: int) -> str:
    """Python source of a text; pieces of a long one stand below each other in brackets."""
    if len(literal(value)) <= room:
        return literal(value)
    if room > 0 and len(literal(value)) <= LINE - INDENT:
        return f"(\n    {literal(value)}\n)"
    size = LINE - 2 * INDENT - 24
    pieces = _cut(value, size)
    return "\n".join(["(", *(f"    {literal(piece)}" for piece in pieces), ")"])


def _cut(value: str, size: int) -> list[str]:
    """Pieces of at most so many characters, cut behind a space if there is one."""
    pieces: list[str] = []
    while len(value) > size:
        at = value.rfind(" ", 0, size) + 1 or size
        pieces.append(value[:at])
        value = value[at:]
    return [*pieces, value]


def fstring_text(text: str) -> str:
    """Text as it stands inside an f-string in double quotes."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("{", "{{").replace("}", "}}")


def prose(text: str, room: int = 90) -> str:
    """Words of a person, fit for a docstring or one line of TOML: nothing that could end it or escape."""
    seen = "".join(letter if letter.isprintable() else " " for letter in text)
    plain = seen.replace("\\", "/").replace('"', "'").rstrip(". ")
    return textwrap.shorten(plain, room, placeholder=" …")


def slug(text: str, separator: str = "_") -> str:
    """A Python identifier (or, with `-`, a name) made of the words of the text."""
    plain = re.sub(r"[^a-z0-9]+", separator, fold(text)).strip(separator) or "value"
    if separator != "_":
        return plain
    plain = f"n{plain}" if plain[0].isdigit() else plain
    return f"{plain}_" if keyword.iskeyword(plain) or plain in _TAKEN else plain


_TAKEN = frozenset(
    {"table", "report", "files", "log", "state", "main", "path", "input", "list", "dict", "str"}
)
