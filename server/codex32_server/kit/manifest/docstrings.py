"""Google-style docstrings: the text before the sections, and the lines under `Args:`. No other."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

_SECTION = re.compile(
    r"(Args|Arguments|Parameters|Params|Returns?|Yields?|Raises"
    r"|Examples?|Notes?|Attributes|Warnings?|See Also):"
)
_ARGUMENTS = ("Args:", "Arguments:", "Parameters:", "Params:")
_ENTRY = re.compile(r"\*{0,2}(\w+)(?:\s*\([^)]*\))?\s*:\s*(.*)")


@dataclass(frozen=True)
class Docstring:
    """What a reader is told: `text` before the first section, `arguments` by name, each as one line."""

    text: str = ""
    arguments: dict[str, str] = field(default_factory=dict[str, str])


def parse_docstring(text: str | None) -> Docstring:
    """A docstring that `inspect.cleandoc` has already un-indented (as `ast.get_docstring` does)."""
    if not text:
        return Docstring()
    # NUL and lone surrogates may stand in a docstring as escapes; no database keeps them.
    lines = text.replace("\0", "").encode(errors="replace").decode().split("\n")
    sections = [number for number, line in enumerate(lines) if _SECTION.fullmatch(line.rstrip())]
    end = sections[0] if sections else len(lines)
    arguments: dict[str, str] = {}
    for start, stop in pairwise([*sections, len(lines)]):
        if lines[start].rstrip() in _ARGUMENTS:
            arguments.update(_entries(lines[start + 1 : stop]))
    return Docstring("\n".join(lines[:end]).strip(), arguments)


def _entries(lines: list[str]) -> dict[str, str]:
    indents = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    margin = min(indents, default=0)
    found: dict[str, list[str]] = {}
    name = ""
    for line in lines:
        body = line.strip()
        if not body:
            continue
        indent = len(line) - len(line.lstrip())
        entry = _ENTRY.fullmatch(body) if indent == margin and indent > 0 else None
        if entry:
            name = entry[1]
            found[name] = [entry[2]]
        elif name and indent > margin:
            found[name].append(body)
        else:
            name = ""
    return {key: " ".join(part for part in parts if part) for key, parts in found.items()}
