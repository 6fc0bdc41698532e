"""Words of people in Markdown pages (CommonMark with the tables of GitHub): as they were said, and back.

No page is rendered here, and no HTML is made.
"""

from __future__ import annotations

import re

_SIGNS = re.compile(
    r"(?P<kept>https?://[^\s<>`]+)"  # an address links itself, and a backslash would become part of it
    r"|(?P<sign>[\\`*<\[|]|(?<!\w)_|_(?!\w)|~(?=~)|(?<=~)~|&(?=#?\w+;))"
)
_BLOCK = re.compile(r"^(?P<space>\s*)(?P<number>\d{1,9}(?=[.)](?:\s|$)))?(?P<sign>[-+#>=.)~])")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def escaped(text: str) -> str:
    """One line of text that shows what it says: no emphasis, links, HTML, code or cells, and no block begins
    with it.
    """
    shown = _SIGNS.sub(lambda found: found["kept"] or f"\\{found['sign']}", text)
    return _BLOCK.sub(lambda found: f"{found['space']}{found['number'] or ''}\\{found['sign']}", shown)


def unescaped(text: str) -> str:
    """What was said, of a line that shows it."""
    return _ESCAPED.sub(r"\1", text)


def code(text: str, *, cell: bool = False) -> str:
    """A span of code, whatever is in it; in a cell of a table a bar needs a backslash even there."""
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    room = " " if text[:1] == "`" or text[-1:] == "`" else ""
    shown = f"{fence}{room}{text}{room}{fence}"
    return shown.replace("|", "\\|") if cell else shown
