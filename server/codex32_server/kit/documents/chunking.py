"""Sections to chunks: whole paragraphs where they fit, whole sentences else, with some overlap.

A chunk never crosses a heading. Sizes are characters: 1,200 are about 300 tokens of the local model, which
reads 512.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from codex32_server.kit.documents.sections import Section

LONGEST = 1_200
OVERLAP = 150
_PARAGRAPH = re.compile(r"\n\s*\n")
_SENTENCE = re.compile(r"(?<=[.!?…。!?])\s+|\n")


@dataclass(frozen=True)
class Piece:
    """A chunk before it is stored."""

    heading: tuple[str, ...]
    text: str

    @property
    def digest(self) -> str:
        """Names the content: the same text below the same headings has the same vector."""
        return sha256("\x1f".join((*self.heading, "", self.text)).encode(errors="replace")).hexdigest()

    @property
    def embedded(self) -> str:
        """What the model sees."""
        return in_context(self.heading, self.text)


def in_context(heading: Sequence[str], text: str) -> str:
    """A chunk's text with its headings."""
    return f"{' › '.join(heading)}\n{text}" if heading else text


def chunk(sections: Sequence[Section]) -> list[Piece]:
    """In the order of the file."""
    return [Piece(section.heading, text) for section in sections for text in _packed(section.text)]


def _packed(text: str) -> Iterator[str]:
    held = ""
    for part, glue in _parts(text):
        if held and len(held) + len(glue) + len(part) > LONGEST:
            yield held
            held, glue = _end_of(held, LONGEST - len(part)), " "
        held = f"{held}{glue}{part}" if held else part
    if held:
        yield held


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Parts that each fit, with what joins them to the part before."""
    for paragraph in filter(None, (part.strip() for part in _PARAGRAPH.split(text))):
        if len(paragraph) <= LONGEST:
            yield paragraph, "\n\n"
            continue
        glue = "\n\n"
        for sentence in filter(None, (part.strip() for part in _SENTENCE.split(paragraph))):
            for start in range(0, len(sentence), LONGEST - OVERLAP):
                yield sentence[start : start + LONGEST - OVERLAP], glue
                glue = " " if start == 0 else ""
            glue = " "


def _end_of(text: str, room: int) -> str:
    """The last words of a chunk, for the beginning of the next one."""
    size = min(OVERLAP, room - 1)
    if size <= 0 or len(text) <= size:
        return "" if size <= 0 else text
    tail = text[-size:]
    return tail.partition(" ")[2].strip() or ""
