# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.codex32]
# name = "log-report"
# title = "Log errors report"
# description = "Counts levels in a log file and groups its errors, so that the loudest is seen first."
# role = "analyzer"
# tags = ["operations", "text"]
# limits = { memory = "256MiB", timeout = "5m" }
# ///
"""Group the errors of a log file, so that the loudest is seen first.

Numbers, ids and quoted texts are taken out of a message before counting: `user 17 not found` and
`user 18 not found` are one error that happened twice.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TypedDict

from codex32_bot import files, log

LEVEL = re.compile(r"\b(DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|FATAL)\b")
HOUR = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d")
VARIABLE = re.compile(
    r"'[^']*'|\"[^\"]*\"|\b0x[0-9a-fA-F]+\b|\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b\d+(?:\.\d+)*\b"
)
SERIOUS = {"ERROR", "CRITICAL", "FATAL"}


class Group(TypedDict):
    message: str
    count: int
    first_line: int


class Report(TypedDict):
    lines: int
    levels: dict[str, int]
    errors: list[Group]
    worst_hour: str | None


def main(file: str = "app.log", top: int = 10) -> Report:
    """Report the errors of a log.

    Args:
        file: Name of the input file.
        top: How many kinds of error to list.
    """
    levels: Counter[str] = Counter()
    messages: Counter[str] = Counter()
    first: dict[str, int] = {}
    hours: Counter[str] = Counter()
    lines = 0
    with files.input(file).open(encoding="utf-8", errors="replace") as stream:
        for lines, line in enumerate(stream, start=1):
            level = LEVEL.search(line)
            if not level:
                continue
            name = "WARNING" if level[1] == "WARN" else level[1]
            levels[name] += 1
            if name in SERIOUS:
                message = VARIABLE.sub("…", line[level.end() :]).strip(" :-[]\n")
                messages[message] += 1
                first.setdefault(message, lines)
                hour = HOUR.search(line)
                hours.update([hour[0].replace("T", " ")] if hour else [])
    groups: list[Group] = [
        {"message": message, "count": count, "first_line": first[message]}
        for message, count in messages.most_common(top)
    ]
    worst = hours.most_common(1)[0][0] + ":00" if hours else None
    report: Report = {"lines": lines, "levels": dict(levels), "errors": groups, "worst_hour": worst}
    files.output("report.md").write_text(_page(report), encoding="utf-8")
    log.info("log read", lines=lines, kinds_of_error=len(messages))
    return report


def _page(report: Report) -> str:
    rows = [
        f"| {group['count']} | {group['first_line']} | {group['message']} |" for group in report["errors"]
    ]
    head = ["# Errors", "", f"{report['lines']} lines, worst hour: {report['worst_hour'] or 'none'}.", ""]
    return "\n".join([*head, "| times | first in line | message |", "|---|---|---|", *rows, ""])
