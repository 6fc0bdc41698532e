"""Where each key and value of a TOML document stands. The document must already have been read by `tomllib`.

A scanner of positions, not a second parser: it trusts that the text is valid and builds no values.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass, field

Path = tuple[str | int, ...]
Place = tuple[int, int]
_ROOT: Path = ()

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]*")


@dataclass
class Positions:
    """Places (line, column, from 1) by path; a path is keys and list indexes from the root."""

    keys: dict[Path, Place] = field(default_factory=dict[Path, Place])
    values: dict[Path, Place] = field(default_factory=dict[Path, Place])

    def key(self, path: Path) -> Place | None:
        """Where the key itself is written, else the nearest place that encloses it."""
        return self.keys.get(path) or self.value(path)

    def value(self, path: Path) -> Place | None:
        """Where the value begins, else its key, else the nearest place that encloses it."""
        for end in range(len(path), 0, -1):
            place = self.values.get(path[:end]) or self.keys.get(path[:end])
            if place:
                return place
        return None


def locate(text: str) -> Positions:
    """Positions of every key and value of a valid TOML document.

    Where nesting is deeper than Python's recursion limit, what was found so far is returned.
    """
    scanner = _Scanner(text)
    try:
        scanner.document()
    except RecursionError:
        return scanner.found
    return scanner.found


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found = Positions()
        self.lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self.tables: dict[Path, int] = {}
        """Index of the latest element of each array of tables."""

    def document(self) -> None:
        prefix: Path = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                prefix = self._header()
            else:
                self._pair(prefix)
            self._skip(_BLANK)

    def _place(self) -> Place:
        line = bisect_right(self.lines, self.at)
        return line, self.at - self.lines[line - 1] + 1

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            # A document that tomllib refused: stop here rather than loop.
            self.at = len(self.text)
            return ""
        self.at = match.end()
        return match[0]

    def _header(self) -> Path:
        repeated = self.text.startswith("[[", self.at)
        self.at += 2 if repeated else 1
        self._skip(_SPACE)
        keys = self._keys()
        path = _ROOT
        for number, (key, place) in enumerate(keys, start=1):
            path = (*path, key)
            self.found.keys.setdefault(path, place)
            if repeated and number == len(keys):
                self.tables[path] = self.tables.get(path, -1) + 1
            if path in self.tables:
                path = (*path, self.tables[path])
                self.found.keys.setdefault(path, place)
        self.at += 2 if repeated else 1
        return path

    def _keys(self) -> list[tuple[str, Place]]:
        """A dotted key and the blanks after it."""
        keys: list[tuple[str, Place]] = []
        while self.at < len(self.text):
            place = self._place()
            if self.text[self.at] in "\"'":
                keys.append((tomllib.loads("k = " + self._skip(_STRING))["k"], place))
            else:
                keys.append((self._skip(_BARE_KEY), place))
            self._skip(_SPACE)
            if not self.text.startswith(".", self.at):
                break
            self.at += 1
            self._skip(_SPACE)
        return keys

    def _pair(self, prefix: Path) -> None:
        path = prefix
        for key, place in self._keys():
            path = (*path, key)
            self.found.keys.setdefault(path, place)
        self.at += 1
        self._skip(_SPACE)
        self._value(path)

    def _value(self, path: Path) -> None:
        if self.at >= len(self.text):
            return
        self.found.values.setdefault(path, self._place())
        first = self.text[self.at]
        if first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:
            self._skip(_STRING if first in "\"'" else _SCALAR)

    def _array(self, path: Path) -> None:
        self.at += 1
        index = 0
        self._skip(_BLANK)
        while self.at < len(self.text) and self.text[self.at] != "]":
            self._value((*path, index))
            index += 1
            self._separator()
        self.at += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        self._skip(_BLANK)
        while self.at < len(self.text) and self.text[self.at] != "}":
            self._pair(path)
            self._separator()
        self.at += 1

    def _separator(self) -> None:
        self._skip(_BLANK)
        if self.text.startswith(",", self.at):
            self.at += 1
        self._skip(_BLANK)
