"""Finds blocks of code that were copied: the same statements, with the same names, in two places."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = ("server/codex32_server", "packages/codex32-bot/codex32_bot", "packages/codex32-sdk/codex32_sdk")
STATEMENTS = 8
"""So many statements in a row, nested ones counted, are no accident."""
LEFT_OUT = ("features/builder/recipes/parts", "runtime/guest")
"""Text that is written into bots or the sandbox, where nothing can be shared."""


def main() -> int:
    seen: dict[str, list[str]] = defaultdict(list)
    for path in _files():
        for place, text in _functions(path):
            seen[text].append(place)
    found = [places for places in seen.values() if len(places) > 1]
    for places in found:
        sys.stdout.write("the same function: " + ", ".join(places) + "\n")
    return 1 if found else 0


def _files() -> Iterator[Path]:
    for source in SOURCES:
        for path in sorted((ROOT / source).rglob("*.py")):
            if not any(part in path.as_posix() for part in LEFT_OUT):
                yield path


def _functions(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        size = sum(isinstance(inner, ast.stmt) for item in body for inner in ast.walk(item))
        if size >= STATEMENTS:
            # Positions are left out of the dump: only what is computed counts.
            text = "".join(ast.dump(item) for item in body)
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", text


if __name__ == "__main__":
    sys.exit(main())
