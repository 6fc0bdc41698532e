"""Tables and cells: the one shape that every table step takes and gives back."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

Row = dict[str, Any]
Report = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """Column names in order, and rows that have a value for each of them."""

    columns: list[str]
    rows: list[Row]

    def column(self, name: str) -> str:
        """The column as the file spells it; case, spaces, hyphens and a plural s do not matter. Of nested
        data the last name is enough if it is the only one: `price` is `item.price`.

        Raises ValueError that names the column and the columns present. An empty file has no columns
        and no rows, so any name is right.
        """
        if not self.columns:
            return name
        for simplify in (plain_name, singular_name):
            found = [column for column in self.columns if simplify(column) == simplify(name)]
            if found:
                return found[0]
        last = [column.rpartition(".")[2] for column in self.columns]
        at = [at for at, part in enumerate(last) if plain_name(part) == plain_name(name)]
        if len(at) == 1:
            return self.columns[at[0]]
        present = ", ".join(self.columns)
        raise ValueError(f"There is no column {name!r}; the columns are: {present}.")


def plain_name(name: str) -> str:
    """`E-Mail ` and `email` are the same column, and so are `País` and `pais`."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def singular_name(name: str) -> str:
    """`amounts` and `Amount` are the same column, and so are `countries` and `Country`."""
    return re.sub(r"(ies|y|s)$", "", plain_name(name))


def text_of(value: Any) -> str:
    """The cell as text without spaces around it; nothing is the empty text."""
    return "" if value is None else str(value).strip()


def number_of(value: Any) -> float | None:
    """The cell as a number, or None. Understands `1,234.50`, `1.234,50`, `€ 12` and `12 %`."""
    digits = re.sub(r"[\s$€£%_]", "", text_of(value))
    if not re.fullmatch(r"[+-]?(\d[\d.,]*|[.,]\d+)(e[+-]?\d+)?", digits, re.IGNORECASE):
        return None
    if "," in digits and "." in digits:
        thousands = "," if digits.rindex(".") > digits.rindex(",") else "."
        digits = digits.replace(thousands, "").replace(",", ".")
    elif re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+", digits) or digits.count(".") > 1:
        digits = digits.replace(",", "").replace(".", "")
    try:
        number = float(digits.replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def date_of(value: Any) -> date | None:
    """The cell as a day, or None. `2026-03-05`, with a time too; `5/3/2026` has the day first."""
    written = text_of(value)
    try:
        return datetime.fromisoformat(written.replace("/", "-") if written[:4].isdigit() else written).date()
    except ValueError:
        parts = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", written)
    if parts is None:
        return None
    day, month, year = (int(part) for part in parts.groups())
    if month > 12:
        day, month = month, day
    try:
        return date(year, month, day)
    except ValueError:
        return None


def tidy_number(value: float) -> float | int:
    """Without the noise of binary fractions: 0.30000000000000004 is 0.3, and 12.0 is 12."""
    rounded = round(value, 6)
    return int(rounded) if rounded == int(rounded) else rounded
