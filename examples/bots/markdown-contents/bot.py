# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.codex32]
# name = "markdown-contents"
# title = "Markdown contents"
# description = "Writes a table of contents into Markdown files and finds links that lead nowhere."
# role = "worker"
# tags = ["text", "docs"]
# limits = { memory = "128MiB", timeout = "1m" }
# ///
"""Write a table of contents into Markdown files and find links that lead nowhere.

The contents stand between `<!-- toc -->` and `<!-- /toc -->`; a file without these marks is only checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypedDict

from codex32_bot import files

HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*")
FENCE = re.compile(r"\s*(```|~~~)")
LINK = re.compile(r"\[[^\]]*\]\(#([^)\s]+)\)")
MARKS = re.compile(r"(<!-- toc -->\n).*?(<!-- /toc -->)", re.DOTALL)


class Page(TypedDict):
    headings: int
    written: bool
    broken_links: list[str]


def main(deepest: int = 3) -> dict[str, Page]:
    """Go through all input files that end in .md.

    Args:
        deepest: The deepest level of heading to list, 2 to 6. The title (level 1) is never listed.
    """
    pages: dict[str, Page] = {}
    for name in files.inputs():
        if name.endswith(".md"):
            text = files.input(name).read_text(encoding="utf-8")
            found = list(headings(MARKS.sub(r"\1\2", text)))
            lines = [
                f"{'  ' * (level - 2)}- [{title}](#{anchor})"
                for level, title, anchor in found
                if 2 <= level <= deepest
            ]
            contents = "".join(line + "\n" for line in lines)
            written, count = MARKS.subn(
                lambda marks, body=contents: marks[1] + body + marks[2], text, count=1
            )
            if count:
                files.output(name).write_text(written, encoding="utf-8")
            anchors = {anchor for _, _, anchor in found}
            broken = sorted({target for target in LINK.findall(written) if target not in anchors})
            pages[name] = {"headings": len(found), "written": bool(count), "broken_links": broken}
    return pages


def headings(text: str) -> Iterator[tuple[int, str, str]]:
    """Level, title and anchor of each heading outside of code; equal anchors are numbered as on GitHub."""
    seen: dict[str, int] = {}
    fence = ""
    for line in text.split("\n"):
        mark = FENCE.match(line)
        if mark and fence in ("", mark[1]):
            fence = "" if fence else mark[1]
        heading = None if fence else HEADING.fullmatch(line)
        if heading:
            title = heading[2]
            anchor = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
            count = seen.get(anchor, 0)
            seen[anchor] = count + 1
            yield len(heading[1]), title, f"{anchor}-{count}" if count else anchor
