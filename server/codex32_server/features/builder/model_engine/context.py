"""What a model is shown besides the wish: reference, nearest recipes, examples, bots of the workspace.

Found by their words (BM25), which is enough for a few hundred texts and needs nothing; bots of the workspace
come through a port, found by meaning as well. All of it is material: marked, bounded, without secrets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from codex32_server.features.builder.recipes.catalog import BLOCKS
from codex32_server.features.builder.recipes.compose import compose
from codex32_server.features.builder.recipes.model import BuiltBot, Understanding
from codex32_server.features.builder.recipes.understand import understand
from codex32_server.kit.shelf import Shelf, Text, words_of

from .files import shown
from .quoting import quoted

_REFERENCE = Path(__file__).parent / "reference"
_INSTALLED = Path(__file__).parents[3] / "_examples"
_REPOSITORY = Path(__file__).parents[5] / "examples" / "bots"
_SECTIONS, _RECIPES, _BOTS = 3, 6, 3
_SHARE = 0.75
"""Of the room, for code that is like what is wanted; the rest is for the workspace's bots."""


@dataclass(frozen=True)
class Neighbour:
    """A bot of the workspace that does something like it."""

    name: str
    description: str
    code: str = ""


class Neighbours(Protocol):
    """Where the bots of the workspace are found. Holds no transaction when it answers."""

    async def near(self, wish: str, most: int) -> Sequence[Neighbour]:
        """The nearest, best first."""
        ...


class NoNeighbours:
    """For a workspace without bots, and for whoever may not read them."""

    async def near(self, wish: str, most: int) -> Sequence[Neighbour]:
        del wish, most
        return ()


@dataclass(frozen=True)
class Example:
    """A bot that works, with its tests."""

    title: str
    about: str
    files: tuple[tuple[str, str], ...]

    @property
    def size(self) -> int:
        return sum(len(text) for _, text in self.files)


def reference(wish: str, most: int) -> str:
    """The sections on what is wanted; the core always, and more as there is room."""
    core, others = _sections()
    asked = set(words_of(wish))
    scored = sorted(((len(asked & words), text) for words, text in others), reverse=True)
    chosen = [text for score, text in scored if score][:_SECTIONS]
    return "\n\n".join(_fitting([core, *chosen], most))


def recipes(wish: str) -> str:
    """What can be said to the recipes, one line each: how things are called here."""
    found = _recipe_shelf().search(wish, _RECIPES)
    return "\n".join(f"- {text.title}: “{text.text}”" for text in found)


def examples(wish: str, most: int) -> str:
    """Bots that work, the nearest first, as many as there is room for."""
    kept: list[str] = []
    left = most
    for example in nearest(wish):
        if example.size + 200 <= left:
            kept.append(quoted("example", shown(dict(example.files)), example.size + 200, example.title))
            left -= example.size + 200
    return "\n\n".join(kept)


def nearest(wish: str, most: int = _BOTS) -> list[Example]:
    """The nearest of the recipes' bots, then of the examples that come with the product."""
    built = (recipe_bot(text.text) for text in _recipe_shelf().search(wish, 1))
    by_title = {one.title: one for one in _shipped()}
    found = _example_shelf().search(wish, most)
    return [*(one for one in built if one), *(by_title[text.title] for text in found)][:most]


@cache
def recipe_bot(sentence: str) -> Example | None:
    """The bot that the recipes make of a sentence; None if it is not a whole wish by itself."""
    meaning = understand(sentence, assume_defaults=True)
    built = compose(meaning) if isinstance(meaning, Understanding) else None
    if not isinstance(built, BuiltBot):
        return None
    code = built.files["bot.py"].partition("\n# ///\n")[2]
    return Example(f"recipe {built.name}", built.title, (("bot.py", code),))


async def surroundings(neighbours: Neighbours, wish: str, most: int) -> str:
    """Everything for the writing of code, within `most` characters."""
    basics = reference(wish, most // 2)
    room = most - len(basics)
    parts = [basics, examples(wish, int(room * _SHARE))]
    room = most - sum(map(len, parts))
    for one in await neighbours.near(wish, 2):
        text = f"{one.description}\n{one.code}".strip()
        if len(text) + 100 <= room:
            parts.append(quoted("bot of the workspace", text, len(text), one.name))
            room -= len(text) + 100
    return "\n\n".join(part for part in parts if part)


def _fitting(texts: Sequence[str], most: int) -> Iterator[str]:
    """The first in any case, then those for which there is room."""
    for place, text in enumerate(texts):
        if place == 0 or len(text) <= most:
            most -= len(text)
            yield text


@cache
def _sections() -> tuple[str, tuple[tuple[frozenset[str], str], ...]]:
    """The core, and the others with the words that call for them (second line of a file)."""
    core = ""
    others: list[tuple[frozenset[str], str]] = []
    for path in sorted(_REFERENCE.glob("*.md")):
        title, tag, rest = path.read_text(encoding="utf-8").split("\n", 2)
        text = f"{title}\n{rest}".strip()
        if tag.startswith("always:"):
            core = text
        else:
            others.append((frozenset(words_of(tag.removeprefix("words:"))), text))
    return core, tuple(others)


@cache
def _recipe_shelf() -> Shelf:
    return Shelf([Text(block.title, block.example, block.family) for block in BLOCKS])


@cache
def _example_shelf() -> Shelf:
    return Shelf([Text(one.title, one.about, one.title) for one in _shipped()])


@cache
def _shipped() -> tuple[Example, ...]:
    """Single-file examples with their tests; their headers are left out, as a model writes none."""
    folder = _INSTALLED if _INSTALLED.is_dir() else _REPOSITORY
    found: list[Example] = []
    for path in sorted(folder.glob("*.py")):
        tests = path.with_name(f"test_{path.name}")
        if path.name.startswith("test_") or not tests.is_file():
            continue
        code = path.read_text(encoding="utf-8")
        header, _, body = code.partition("\n# ///\n")
        checked = re.sub(rf"\b{path.stem}\b", "bot", tests.read_text(encoding="utf-8"))
        about = " ".join(re.findall(r'"([^"]*)"', header))
        found.append(
            Example(path.stem.replace("_", " "), about, (("bot.py", body), ("test_bot.py", checked)))
        )
    return tuple(found)
