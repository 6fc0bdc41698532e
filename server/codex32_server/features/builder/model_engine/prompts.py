"""The prompts, one file each, named and versioned: `write_v1.md` is `write@1`.

A prompt that was used is never changed; a better one is the next version beside it, and the newest is taken.
Which one made a document is stored with it, so that the evaluation can tell versions apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "prompts"
_FILE = re.compile(r"(?P<name>[a-z]+)_v(?P<version>[1-9][0-9]*)\.md")


@dataclass(frozen=True)
class Prompt:
    """The instructions of one task; never with anything of a person's in it."""

    name: str
    version: int
    text: str

    @property
    def id(self) -> str:
        return f"{self.name}@{self.version}"


@cache
def prompts() -> dict[str, tuple[Prompt, ...]]:
    """All of them, by name, oldest first."""
    found: dict[str, list[Prompt]] = {}
    for path in _FOLDER.iterdir():
        named = _FILE.fullmatch(path.name)
        if named:
            one = Prompt(named["name"], int(named["version"]), path.read_text(encoding="utf-8").strip())
            found.setdefault(one.name, []).append(one)
    return {name: tuple(sorted(those, key=lambda one: one.version)) for name, those in found.items()}


def prompt(name: str) -> Prompt:
    """The newest of that name."""
    return prompts()[name][-1]
