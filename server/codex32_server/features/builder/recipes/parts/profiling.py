"""What a table is made of."""

from __future__ import annotations

from .summing import average, numbers_in
from .tables import Report, Table, text_of, tidy_number


def profile_columns(table: Table) -> dict[str, Report]:
    """For each column: filled, empty and distinct cells; the range and average if all are numbers."""
    profiles: dict[str, Report] = {}
    for column in table.columns:
        filled = [text_of(row[column]) for row in table.rows if text_of(row[column])]
        profile: Report = {
            "filled": len(filled),
            "empty": len(table.rows) - len(filled),
            "distinct": len({value.casefold() for value in filled}),
        }
        numbers = numbers_in(table.rows, column)
        if numbers and len(numbers) == len(filled):
            profile |= {"min": tidy_number(min(numbers)), "max": tidy_number(max(numbers))}
            profile["average"] = tidy_number(average(numbers))
        profiles[column] = profile
    return profiles
