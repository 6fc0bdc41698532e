"""The content of a message as OpenAI's two formats have it: a text, or a list of parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .fields import Json, array, mapping
from .neutral import Part, Question, Text


def read_content(
    content: Any, path: str, question: Question, read_part: Callable[[Json], Part | None]
) -> list[Part]:
    """Its parts; those that `read_part` does not know are lost by their path."""
    if isinstance(content, str):
        return [Text(content)] if content else []
    parts: list[Part] = []
    for index, item in enumerate(array(content)):
        part = read_part(mapping(item))
        if part is None:
            question.lost.append(f"{path}.{index}")
        else:
            parts.append(part)
    return parts
