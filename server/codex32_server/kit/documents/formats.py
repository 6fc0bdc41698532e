"""Which reader reads what. The content type decides; a vague one is made exact by the file's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final

from codex32_server.kit.documents.html import html
from codex32_server.kit.documents.sections import Section, UnreadableError
from codex32_server.kit.documents.text import markdown, plain, table

PDF: Final = "application/pdf"
_READERS: Final[Mapping[str, Callable[[bytes], Sequence[Section]]]] = {
    "text/plain": plain,
    "text/markdown": markdown,
    "text/html": html,
    "text/csv": table,
}
KNOWN: Final = (*_READERS, PDF)
_BY_NAME: Final = {
    **dict.fromkeys((".txt", ".text", ".log", ".rst"), "text/plain"),
    **dict.fromkeys((".md", ".markdown"), "text/markdown"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), "text/html"),
    **dict.fromkeys((".csv", ".tsv"), "text/csv"),
    ".pdf": PDF,
}
_VAGUE: Final = frozenset({"", "application/octet-stream", "application/x-www-form-urlencoded", "text/plain"})
_SAME: Final = {
    "application/xhtml+xml": "text/html",
    "text/x-markdown": "text/markdown",
    "text/tab-separated-values": "text/csv",
}


def content_type(given: str, name: str) -> str | None:
    """One of KNOWN, or None."""
    told = given.partition(";")[0].strip().lower()
    told = _SAME.get(told, told)
    if told in _VAGUE:
        told = _BY_NAME.get(PurePosixPath(name.lower()).suffix, told)
    return told if told in KNOWN else None


def read(kind: str, content: bytes) -> Sequence[Section]:
    """The sections of a file. Raises UnreadableError, and KeyError for a kind that is not in KNOWN."""
    if kind == PDF:
        from codex32_server.kit.documents.pdf import pdf  # noqa: PLC0415 - a large library, for PDFs alone

        sections = pdf(content)
    else:
        sections = _READERS[kind](content)
    if not sections:
        raise UnreadableError("The file holds no text.")
    return sections
