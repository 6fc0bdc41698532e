# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.codex32]
# name = "budget-vs-actual"
# title = "Budget against actual"
# description = "Compares what was planned with what was spent, per category, and names what is over."
# role = "analyzer"
# tags = ["finance", "csv"]
# limits = { memory = "128MiB", timeout = "1m" }
# retries = { attempts = 1 }
# ///
"""Compare what was planned with what was spent, per category, and name what is over.

`budget.csv` has the columns `category` and `amount`, `actual.csv` has `date`, `category` and `amount`.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from typing import Literal, TypedDict

from codex32_bot import files, log

State = Literal["under", "near", "over", "unplanned"]


class Line(TypedDict):
    category: str
    planned: str
    spent: str
    left: str
    state: State


class Report(TypedDict):
    lines: list[Line]
    over: list[str]
    planned: str
    spent: str


def main(
    budget: str = "budget.csv", actual: str = "actual.csv", month: str | None = None, near: float = 90.0
) -> Report:
    """Compare two files.

    Args:
        budget: File with the plan.
        actual: File with what was spent.
        month: Only this month, YYYY-MM; all of the file without it.
        near: Percent of the plan from which a category counts as near its end.
    """
    planned = _sums(budget, None)
    spent = _sums(actual, month)
    lines = [
        _line(name, planned.get(name), spent.get(name, Decimal()), near)
        for name in sorted({*planned, *spent})
    ]
    over = [line["category"] for line in lines if line["state"] in ("over", "unplanned")]
    for name in over:
        log.warning("over budget", category=name)
    with files.output("comparison.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, ["category", "planned", "spent", "left", "state"])
        writer.writeheader()
        writer.writerows(dict(line) for line in lines)
    return {
        "lines": lines,
        "over": over,
        "planned": str(sum(planned.values(), Decimal())),
        "spent": str(sum(spent.values(), Decimal())),
    }


def _sums(file: str, month: str | None) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    with files.input(file).open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            if month is None or row["date"].startswith(month):
                sums[row["category"].strip()] += Decimal(row["amount"])
    return dict(sums)


def _line(name: str, planned: Decimal | None, spent: Decimal, near: float) -> Line:
    state: State = "under"
    if planned is None:
        state = "unplanned"
    elif spent > planned:
        state = "over"
    elif spent >= planned * Decimal(str(near)) / 100:
        state = "near"
    whole = planned or Decimal()
    return {
        "category": name,
        "planned": str(whole),
        "spent": str(spent),
        "left": str(whole - spent),
        "state": state,
    }
