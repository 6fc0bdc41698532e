"""What a laptop does when a bot searches: the paragraphs of the text files in `knowledge/BASE` that share
most words with the question. Metadata and meaning are the platform's.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

_WORD = re.compile(r"\w+")
_KINDS = frozenset({".md", ".txt"})


def search(base: str, query: str, top: int) -> list[dict[str, Any]]:
    """`CODEX32_KNOWLEDGE_DIR` replaces the folder `knowledge`. Raises ValueError if there is no such base."""
    root = Path(os.environ.get("CODEX32_KNOWLEDGE_DIR") or "knowledge")
    folders = sorted(path for path in root.glob("*") if path.is_dir()) if not base else [root / base]
    if len(folders) != 1 or not folders[0].is_dir():
        raise ValueError(
            f"put text files into {root / (base or 'BASE')}: that is the knowledge base of a laptop"
        )
    files = sorted(path for path in folders[0].rglob("*") if path.suffix in _KINDS)
    pieces = [(path, text) for path in files for text in _paragraphs(path)]
    ranked = rank(query, [text for _, text in pieces])[:top]
    return [found(pieces[index][1], pieces[index][0].name, index, score) for index, score in ranked]


def rank(query: str, texts: list[str]) -> list[tuple[int, float]]:
    """(index, share of the question's words) of the texts that have any, best first."""
    wanted = set(_WORD.findall(query.lower()))
    scored = [(index, len(wanted & set(_WORD.findall(text.lower())))) for index, text in enumerate(texts)]
    best = sorted((pair for pair in scored if pair[1]), key=lambda pair: -pair[1])
    return [(index, shared / len(wanted)) for index, shared in best]


def found(text: str, document: str, position: int, score: float) -> dict[str, Any]:
    """A hit in the form of the platform."""
    return {
        "document": document,
        "heading": [],
        "position": position,
        "text": text,
        "snippet": text[:300],
        "metadata": {},
        "score": {"fused": score},
    }


def _paragraphs(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8", errors="replace")
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
