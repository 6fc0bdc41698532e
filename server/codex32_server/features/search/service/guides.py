"""The guides that come with the product: files beside the server's code, or those of the repository."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from codex32_server.kit.documents.chunking import chunk
from codex32_server.kit.documents.text import markdown
from codex32_server.kit.shelf import Text

_INSTALLED = Path(__file__).parents[3] / "_guides"
_REPOSITORY = Path(__file__).parents[5] / "docs" / "guides"
LINK = "/api/v1/guides/"


@dataclass(frozen=True)
class Guide:
    """One page."""

    name: str
    title: str
    content: str


def guides() -> Mapping[str, Guide]:
    """All of them, by name."""
    folder = _INSTALLED if _INSTALLED.is_dir() else _REPOSITORY
    return {path.stem: _read(path) for path in sorted(folder.glob("*.md"))}


def sections(pages: Mapping[str, Guide]) -> Sequence[Text]:
    """The parts between their headings."""
    return [
        Text(" › ".join(piece.heading) or guide.title, piece.text, LINK + guide.name)
        for guide in pages.values()
        for piece in chunk(markdown(guide.content.encode()))
    ]


def _read(path: Path) -> Guide:
    content = path.read_text(encoding="utf-8")
    title = next((line[2:].strip() for line in content.splitlines() if line.startswith("# ")), path.stem)
    return Guide(path.stem, title, content)
