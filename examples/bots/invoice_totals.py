# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.codex32]
# name = "invoice-totals"
# title = "Invoice totals"
# description = "Adds up invoice lines per customer, with tax, exact to the cent."
# role = "aggregator"
# tags = ["finance", "csv"]
# limits = { memory = "128MiB", timeout = "1m" }
# ///
"""Add up invoice lines per customer, with tax, exact to the cent.

The file has the columns `customer`, `quantity`, `price` and, if the tax differs by line, `tax` in percent.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TypedDict

from codex32_bot import files, log

CENT = Decimal("0.01")


class Totals(TypedDict):
    """What one customer owes, amounts as texts so that no cent is lost."""

    lines: int
    net: str
    tax: str
    gross: str


class Report(TypedDict):
    customers: dict[str, Totals]
    gross: str
    skipped: int


def main(file: str = "invoices.csv", tax: float = 21.0) -> Report:
    """Total the invoices of a CSV.

    Args:
        file: Name of the input file.
        tax: Tax in percent for lines that do not name their own.
    """
    net: dict[str, Decimal] = defaultdict(Decimal)
    taxes: dict[str, Decimal] = defaultdict(Decimal)
    count: dict[str, int] = defaultdict(int)
    skipped = 0
    with files.input(file).open(encoding="utf-8-sig", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream), start=2):
            try:
                amount = (Decimal(row["quantity"]) * Decimal(row["price"])).quantize(CENT, ROUND_HALF_UP)
                rate = Decimal(row.get("tax") or str(tax))
            except (InvalidOperation, KeyError, TypeError):
                log.warning("line left out: quantity, price or tax is not a number", line=number)
                skipped += 1
                continue
            customer = row["customer"].strip()
            net[customer] += amount
            taxes[customer] += (amount * rate / 100).quantize(CENT, ROUND_HALF_UP)
            count[customer] += 1
    customers = {
        name: Totals(
            lines=count[name],
            net=str(net[name]),
            tax=str(taxes[name]),
            gross=str(net[name] + taxes[name]),
        )
        for name in sorted(net)
    }
    _write(customers)
    return {
        "customers": customers,
        "gross": str(sum((net[name] + taxes[name] for name in net), Decimal("0.00"))),
        "skipped": skipped,
    }


def _write(customers: dict[str, Totals]) -> None:
    with files.output("totals.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["customer", "lines", "net", "tax", "gross"])
        for name, totals in customers.items():
            writer.writerow([name, totals["lines"], totals["net"], totals["tax"], totals["gross"]])
