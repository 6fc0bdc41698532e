"""Every relative link in our Markdown leads somewhere: the file exists, and the heading if one is named."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).parents[1]
_LEFT_OUT = {".venv", "node_modules", ".git", ".pytest_cache"}
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)|!\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def main() -> int:
    broken = [problem for page in _pages() for problem in _problems(page)]
    for problem in broken:
        sys.stdout.write(problem + "\n")
    return 1 if broken else 0


def _pages() -> Iterator[Path]:
    for page in ROOT.rglob("*.md"):
        if not _LEFT_OUT & set(page.relative_to(ROOT).parts):
            yield page


def _problems(page: Path) -> Iterator[str]:
    for match in _LINK.finditer(_FENCE.sub("", page.read_text())):
        target = match.group(1) or match.group(2)
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        place, _, anchor = unquote(target).partition("#")
        file = (page.parent / place).resolve() if place else page
        if not file.exists():
            yield f"{page.relative_to(ROOT)}: {target} does not exist"
        elif anchor and file.suffix == ".md" and anchor not in _anchors(file):
            yield f"{page.relative_to(ROOT)}: {target} names a heading that is not there"


def _anchors(page: Path) -> set[str]:
    """Headings as GitHub spells them in links."""
    titles = _HEADING.findall(_FENCE.sub("", page.read_text()))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


if __name__ == "__main__":
    sys.exit(main())
