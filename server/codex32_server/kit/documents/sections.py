"""What every reader answers with: text, and the headings that stand above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

DEEPEST = 6
LONGEST_HEADING = 200


class UnreadableError(ValueError):
    """The file cannot be read. The message is a sentence for whoever uploaded it."""


@dataclass(frozen=True)
class Section:
    """Text below a path of headings, outermost first. Paragraphs are parted by empty lines."""

    heading: tuple[str, ...]
    text: str


@dataclass
class Outline:
    """Collects sections while a reader goes through a file."""

    sections: list[Section] = field(default_factory=list[Section])
    _path: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    _lines: list[str] = field(default_factory=list[str])

    def add(self, line: str) -> None:
        self._lines.append(line)

    def head(self, level: int, title: str) -> None:
        """Begin a section; it ends every one of its level or deeper."""
        self.close()
        self._path = [(known, name) for known, name in self._path if known < level]
        if title := " ".join(title.split())[:LONGEST_HEADING]:
            self._path.append((level, title))

    def close(self) -> Sequence[Section]:
        """All sections, the one in hand too."""
        if text := "\n".join(self._lines).strip():
            self.sections.append(Section(tuple(name for _, name in self._path), text))
        self._lines.clear()
        return self.sections
