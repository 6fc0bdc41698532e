# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.codex32]
# name = "keyword-report"
# title = "Keyword report"
# description = "Finds keywords in texts, with counts, places and the words around them."
# role = "analyzer"
# tags = ["text", "search"]
# limits = { memory = "256MiB", timeout = "2m" }
# ///
"""Find keywords in texts, with counts, places and the words around them.

All input files that end in .txt or .md are read unless some are named. Capital letters make no difference; a
keyword may have several words.
"""

from __future__ import annotations

import re
from typing import TypedDict

from codex32_bot import files, log

AROUND = 40


class Place(TypedDict):
    file: str
    line: int
    text: str


class Keyword(TypedDict):
    count: int
    places: list[Place]


def main(keywords: list[str], names: list[str] | None = None, places: int = 5) -> dict[str, Keyword]:
    """Report where keywords stand.

    Args:
        keywords: Words or phrases to look for.
        names: Input files to read; all .txt and .md files without it.
        places: How many places to show for each keyword.
    """
    wanted = list(dict.fromkeys(word.strip() for word in keywords if word.strip()))
    if not wanted:
        raise ValueError("name at least one keyword")
    chosen = names or [name for name in files.inputs() if name.endswith((".txt", ".md"))]
    report: dict[str, Keyword] = {word: {"count": 0, "places": []} for word in wanted}
    patterns = {word: _pattern(word) for word in wanted}
    for name in chosen:
        with files.input(name).open(encoding="utf-8", errors="replace") as stream:
            for number, line in enumerate(stream, start=1):
                for word, pattern in patterns.items():
                    for match in pattern.finditer(line):
                        report[word]["count"] += 1
                        if len(report[word]["places"]) < places:
                            report[word]["places"].append(
                                {"file": name, "line": number, "text": _around(line, match)}
                            )
    log.info("read", files=len(chosen), found={word: found["count"] for word, found in report.items()})
    return report


def _pattern(word: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, word.split())) + r"(?!\w)", re.IGNORECASE)


def _around(line: str, match: re.Match[str]) -> str:
    start, end = max(match.start() - AROUND, 0), match.end() + AROUND
    text = line[start:end].strip()
    return ("…" if start else "") + text + ("…" if end < len(line.rstrip()) else "")
