"""Tables in another form: crossed, the best of each group, a sample, what differs, what is unusual."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Sequence

from .shaping import sort_rows
from .summing import group_rows, numbers_in
from .tables import Row, Table, number_of, text_of, tidy_number


def pivot_rows(
    table: Table, down: str, across: str, column: str, function: Callable[[Sequence[float]], float]
) -> Table:
    """A row for each value of `down`, a column for each of `across`, the function of the numbers between.

    Without a column the rows are counted. A cell with nothing to measure is empty.
    """
    if not table.columns:
        return table
    heads = list(group_rows(table, [across]))
    left = table.column(down)
    rows: list[Row] = []
    for label, members in group_rows(table, [down]).items():
        cells = group_rows(Table(table.columns, members), [across])
        spelled = {head.casefold(): found for head, found in cells.items()}
        row: Row = {left: label}
        for head in heads:
            found = spelled.get(head.casefold(), [])
            numbers = numbers_in(found, table.column(column)) if column else [1.0] * len(found)
            row[head] = tidy_number(function(numbers)) if numbers else ""
        rows.append(row)
    return Table([left, *heads], rows)


def top_per_group(
    table: Table, group: str, column: str, count: int, lowest: bool = False
) -> tuple[Table, int]:
    """The rows with the highest (or lowest) values of each group; and how many rows were left out."""
    ranked = sort_rows(table, column, descending=not lowest)
    groups = group_rows(ranked, [group])
    order = group_rows(table, [group])
    spelled = {label.casefold(): rows for label, rows in groups.items()}
    kept = [row for label in order for row in spelled[label.casefold()][: max(count, 0)]]
    return Table(table.columns, kept), len(table.rows) - len(kept)


def sample_rows(table: Table, count: int, seed: int) -> tuple[Table, int]:
    """So many rows by chance, in their order; and how many were left out. The same seed, the same rows."""
    many = min(max(count, 0), len(table.rows))
    chosen = sorted(random.Random(seed).sample(range(len(table.rows)), many))  # noqa: S311 - no secret
    return Table(table.columns, [table.rows[at] for at in chosen]), len(table.rows) - many


def compare_tables(old: Table, new: Table, keys: list[str]) -> tuple[Table, dict[str, int]]:
    """Rows that came, went or changed, found by their key, with what is different; and how many of each.

    Spaces around do not matter, numbers are compared as numbers. Of rows with the same key the last counts.
    """
    old_keys, new_keys = [old.column(key) for key in keys], [new.column(key) for key in keys]
    before = {tuple(text_of(row[key]).casefold() for key in old_keys): row for row in old.rows}
    after = {tuple(text_of(row[key]).casefold() for key in new_keys): row for row in new.rows}
    columns = list(new.columns or old.columns)
    shared = [name for name in columns if name in old.columns and name not in new_keys]
    rows: list[Row] = []
    counts = {"added": 0, "removed": 0, "changed": 0}
    for key in [*after, *(key for key in before if key not in after)]:
        left, right = before.get(key), after.get(key)
        kind = "added" if left is None else "removed" if right is None else "changed"
        told = differences(left, right, shared) if left is not None and right is not None else ""
        if kind != "changed" or told:
            counts[kind] += 1
            shown = right if right is not None else left or {}
            rows.append(
                {"change": kind, "difference": told, **{name: shown.get(name, "") for name in columns}}
            )
    return Table(["change", "difference", *columns], rows), counts


def differences(old: Row, new: Row, columns: list[str]) -> str:
    """`price: 10 → 12; stock: 3 → 0`."""
    told: list[str] = []
    for name in columns:
        left, right = text_of(old[name]), text_of(new[name])
        numbers = number_of(left), number_of(right)
        if left != right and (None in numbers or numbers[0] != numbers[1]):
            told.append(f"{name}: {left or '(empty)'} → {right or '(empty)'}")
    return "; ".join(told)


def quartile_bounds(numbers: list[float], reach: float) -> tuple[float, float]:
    """Tukey's fences: the quartiles, and `reach` times their distance beyond. Fewer than 4 are all usual."""
    if len(numbers) < 4:
        return float("-inf"), float("inf")
    low, _, high = statistics.quantiles(numbers, n=4, method="inclusive")
    return low - reach * (high - low), high + reach * (high - low)


def deviation_bounds(numbers: list[float], reach: float) -> tuple[float, float]:
    """The mean and `reach` standard deviations on both sides. Fewer than 4 are all usual."""
    if len(numbers) < 4:
        return float("-inf"), float("inf")
    mean, spread = statistics.fmean(numbers), statistics.stdev(numbers)
    return mean - reach * spread, mean + reach * spread


def percent_of(part: int, whole: int) -> float | int:
    """How many percent the part is, with one decimal; 0 of nothing."""
    return tidy_number(round(100 * part / whole, 1)) if whole else 0


def is_outside(row: Row, column: str, bounds: tuple[float, float]) -> bool:
    """A number beyond the bounds; what is no number is not."""
    number = number_of(row[column])
    return number is not None and not bounds[0] <= number <= bounds[1]
