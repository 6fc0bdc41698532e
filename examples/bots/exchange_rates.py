# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.codex32]
# name = "exchange-rates"
# title = "Exchange rates"
# description = "Converts an amount with today's rates of the European Central Bank."
# role = "worker"
# tags = ["money", "json", "network"]
# network = ["api.frankfurter.dev"]
# retries = { attempts = 3 }
# limits = { memory = "64MiB", timeout = "60s" }
# ///
"""Convert an amount with today's rates of the European Central Bank.

The rates come from an API without a key, as JSON. Amounts are exact: they are decimals, not floats.
"""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, TypedDict

CENT = Decimal("0.01")


class Converted(TypedDict):
    amount: str
    base: str
    date: str
    converted: dict[str, str]


def main(
    amount: str = "100",
    base: str = "EUR",
    into: list[str] | None = None,
    api: str = "https://api.frankfurter.dev/v1",
) -> Converted:
    """Convert an amount.

    Args:
        amount: How much, for example 99.95.
        base: The currency of the amount, three letters.
        into: The currencies wanted; without any, US dollars and British pounds.
        api: Where the rates are.
    """
    wanted = into or ["USD", "GBP"]
    for currency in (base, *wanted):
        if len(currency) != 3 or not currency.isalpha():
            raise ValueError(f"{currency!r} is no currency: write three letters, for example EUR.")
    query = urllib.parse.urlencode({"base": base.upper(), "symbols": ",".join(wanted).upper()})
    answer = fetched(f"{api}/latest?{query}")
    missing = [currency for currency in wanted if currency.upper() not in answer["rates"]]
    if missing:
        raise ValueError(f"There is no rate for {', '.join(missing)}.")
    rates: dict[str, Decimal] = answer["rates"]
    converted = {
        currency: str((Decimal(amount) * rate).quantize(CENT, ROUND_HALF_EVEN))
        for currency, rate in rates.items()
    }
    return {"amount": amount, "base": base.upper(), "date": answer["date"], "converted": converted}


def fetched(url: str) -> dict[str, Any]:
    """A JSON document; its numbers are decimals."""
    request = urllib.request.Request(
        url, headers={"Accept": "application/json", "User-Agent": "exchange-rates"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer, parse_float=Decimal, parse_int=Decimal)
