"""The PEP 723 block of a Python file: its text and the way back to the file's lines. No TOML is read here.

The specification defines a block by this regular expression over the file's text:

    (?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\\s(?P<content>(^#(| .*)$\\s)+)^# ///$

Python's engine needs quadratic time for it on hostile input, so the same language is recognised by a scan
over lines in linear time; a property test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import FieldProblem
from .errors import ManifestError, describe

MAX_BLOCK_CHARACTERS = 64 * 1024
_OPEN = re.compile(r"# /// ([a-zA-Z0-9-]+)")
_CLOSE = "# ///"


@dataclass(frozen=True)
class Block:
    """One `# /// type` block: its kind, its text without comment marks, and where it stood."""

    kind: str
    text: str
    line: int
    """Line of `# /// type` in the file, from 1."""
    margins: tuple[int, ...]
    """How many characters each line of the text lost at its left (1 or 2)."""

    def position(self, line: int, column: int) -> tuple[int, int]:
        """Line and column of the file for a line and column (from 1) of the text."""
        if not 1 <= line <= len(self.margins):
            return self.line + len(self.margins) + 1, 1
        return self.line + line, column + self.margins[line - 1]


def find_block(source: str, path: str = "bot.py", kind: str = "script") -> Block | None:
    """The one block of that kind, None if there is none.

    Raises ManifestError if there are two (PEP 723: an error) or the block is larger than 64 KiB.
    """
    found = [block for block in blocks(source) if block.kind == kind]
    if len(found) > 1:
        _refuse(path, found[1].line, f"a second `# /// {kind}` block; the first is in line {found[0].line}")
    if found and len(found[0].text) > MAX_BLOCK_CHARACTERS:
        _refuse(path, found[0].line, f"the header is larger than {MAX_BLOCK_CHARACTERS // 1024} KiB")
    return found[0] if found else None


def unclosed(source: str, kind: str = "script") -> int | None:
    """Line of the first `# /// kind` in a file where none begins a block; None if there is none."""
    lines = _lines(source)
    return lines.index(f"# /// {kind}") + 1 if f"# /// {kind}" in lines else None


def blocks(source: str) -> Iterator[Block]:
    """Every PEP 723 block of a text, in order. CR and CRLF count as line ends, as they do for Python."""
    lines = _lines(source)
    last_close = _last_closers(lines)
    at = 0
    while at < len(lines):
        opened = _OPEN.fullmatch(lines[at])
        close = last_close[at + 1] if opened and at + 1 < len(lines) else -1
        if opened and close >= at + 2:
            body = lines[at + 1 : close]
            margins = tuple(2 if line.startswith("# ") else 1 for line in body)
            text = "".join(line[margin:] + "\n" for line, margin in zip(body, margins, strict=True))
            yield Block(opened[1], text, at + 1, margins)
            at = close
        at += 1


def _lines(source: str) -> list[str]:
    return source.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _last_closers(lines: list[str]) -> list[int]:
    """For each line, the index of the last `# ///` in the run of comment lines it belongs to, -1 without one.

    The specification's regular expression is greedy: a block ends at the last closer of its run.
    """
    closers = [-1] * len(lines)
    last = -1
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        if not (line == "#" or line.startswith("# ")):
            last = -1
        elif line == _CLOSE and last == -1:
            last = index
        closers[index] = last
    return closers


def _refuse(path: str, line: int, detail: str) -> None:
    problem = FieldProblem("manifest", detail, line, 1)
    raise ManifestError(describe([problem], path), fields=[problem])
