"""The little language in which blocks say how people ask for them.

`(drop|remove) <rows>? without {columns}` reads: one of two words, optionally a word of the class `rows`, the
word `without`, and what the slot reader `columns` finds. `{limit:number}` keeps it under another name.
A match is a path through the pattern; all paths are tried, the sentence as a whole decides (`understand.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .languages.language import Language
from .tokens import Token, fold


@dataclass(frozen=True)
class Found:
    """What a slot reader found: it ends before token `end`; `cost` is how odd it would be to mean that."""

    end: int
    value: Any
    cost: float = 0.0


@dataclass(frozen=True)
class Grammar:
    """A language made ready: its patterns compiled, its slot readers at hand."""

    language: Language
    classes: Mapping[str, Sequence[Pattern]]
    readers: Mapping[str, SlotReader]
    tables: Mapping[str, Sequence[tuple[Pattern, str]]]
    """Small dictionaries from phrases to keys, such as the comparisons of a condition."""


@dataclass(frozen=True)
class Sentence:
    """The tokens and all that is known about the language they are in."""

    tokens: Sequence[Token]
    grammar: Grammar
    memory: dict[tuple[str, int], tuple[Found, ...]] = field(
        default_factory=dict[tuple[str, int], tuple[Found, ...]]
    )

    def read(self, slot: str, at: int) -> tuple[Found, ...]:
        """Everything the slot reader finds at a token; asked once for each place."""
        key = (slot, at)
        if key not in self.memory:
            self.memory[key] = tuple(self.grammar.readers[slot](self, at)) if at < len(self.tokens) else ()
        return self.memory[key]


SlotReader = Callable[[Sentence, int], Iterable[Found]]


@dataclass(frozen=True)
class Word:
    """Exactly this word."""

    plain: str


@dataclass(frozen=True)
class Slot:
    """What a reader finds."""

    name: str
    reader: str


@dataclass(frozen=True)
class WordClass:
    """Any pattern of a class of the language."""

    name: str


@dataclass(frozen=True)
class Choice:
    """One of several patterns; an empty one makes it optional."""

    options: tuple[tuple[Node, ...], ...]


Node = Word | Slot | WordClass | Choice
Pattern = tuple[Node, ...]
Match = tuple[int, Mapping[str, Any], float]

_PIECE = re.compile(r"\{(\w+)(?::(\w+))?\}|<(\w+)>|([()|?])|([^\s(){}<>|?]+)")


def compile_pattern(text: str) -> Pattern:
    """Raises ValueError for a pattern that is not well formed."""
    pieces = list(_PIECE.finditer(f"({text})"))
    nodes, rest = _sequence(pieces, 0)
    if rest != len(pieces):
        raise ValueError(f"unbalanced pattern: {text}")
    return nodes


def _sequence(pieces: Sequence[re.Match[str]], at: int) -> tuple[Pattern, int]:
    nodes: list[Node] = []
    while at < len(pieces):
        slot, reader, word_class, sign, word = pieces[at].groups()
        if sign in (")", "|"):
            break
        if sign == "?":
            nodes[-1] = Choice(((nodes[-1],), ()))
        elif sign == "(":
            choice, at = _choice(pieces, at + 1)
            nodes.append(choice)
        elif slot:
            nodes.append(Slot(slot, reader or slot))
        elif word_class:
            nodes.append(WordClass(word_class))
        else:
            nodes.append(Word(fold(word)))
        at += 1
    return tuple(nodes), at


def _choice(pieces: Sequence[re.Match[str]], at: int) -> tuple[Choice, int]:
    options: list[Pattern] = []
    while True:
        option, at = _sequence(pieces, at)
        options.append(option)
        if at >= len(pieces):
            raise ValueError("a bracket is not closed")
        if pieces[at].group() == ")":
            return Choice(tuple(options)), at
        at += 1


def match(pattern: Pattern, sentence: Sentence, at: int, node: int = 0) -> Iterator[Match]:
    """All ways to read the pattern from token `at`: the token after it, the slots, the cost."""
    if node == len(pattern):
        yield at, {}, 0.0
        return
    for end, slots, cost in _match_node(pattern[node], sentence, at):
        for last, more, extra in match(pattern, sentence, end, node + 1):
            yield last, {**slots, **more}, cost + extra


def _match_node(node: Node, sentence: Sentence, at: int) -> Iterator[Match]:
    match_options: Sequence[Pattern] = ()
    if isinstance(node, Word):
        if at < len(sentence.tokens) and sentence.tokens[at].plain == node.plain:
            yield at + 1, {}, 0.0
    elif isinstance(node, Slot):
        for found in sentence.read(node.reader, at):
            yield found.end, {node.name: found.value}, found.cost
    elif isinstance(node, WordClass):
        match_options = sentence.grammar.classes[node.name]
    else:
        match_options = node.options
    for option in match_options:
        yield from match(option, sentence, at)


def first_words(pattern: Pattern, classes: Mapping[str, Sequence[Pattern]]) -> set[str] | None:
    """The words a match can begin with; None if a slot may come first."""
    words: set[str] = set()
    for node in pattern:
        if isinstance(node, Word):
            return words | {node.plain}
        if isinstance(node, Slot):
            return None
        options = classes[node.name] if isinstance(node, WordClass) else node.options
        for option in options:
            if option:
                inner = first_words(option, classes)
                if inner is None:
                    return None
                words |= inner
        if all(options):
            return words
    return None
