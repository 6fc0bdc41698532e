"""Size: a bot that a person can read."""

from __future__ import annotations

import ast
from typing import Final

from codex32_server.features.builder.checks.sources import Bot, told
from codex32_server.features.builder.documents import Told

_MOST_LINES: Final = 800
_LONGEST_FUNCTION: Final = 80
_MOST_CHARACTERS: Final = 200_000


def check(bot: Bot) -> list[Told]:
    """`size`, which only warns; what cannot be stored at all is found with the package."""
    found: list[Told] = []
    for source in bot.sources:
        if source.tests:
            continue
        lines = source.text.count("\n") + 1
        if lines > _MOST_LINES or len(source.text) > _MOST_CHARACTERS:
            says = f"{lines:,} lines; more than {_MOST_LINES} are better read in several files."
            found.append(told("size", source, 0, says, "warning"))
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > _LONGEST_FUNCTION:
                    says = (
                        f"{node.name} has {length} lines; more than {_LONGEST_FUNCTION} are hard to follow."
                    )
                    found.append(told("size", source, node.lineno, says, "warning"))
    return found
