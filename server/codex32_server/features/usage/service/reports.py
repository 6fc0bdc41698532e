"""Totals, series, the forecast of a month, and the ledger as CSV."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from codex32_server.features.usage.errors import PeriodNotValidError
from codex32_server.features.usage.models import LlmLedger
from codex32_server.features.usage.repository import reports
from codex32_server.features.usage.repository.reports import COLUMNS, NOBODY, Wanted
from codex32_server.features.usage.schemas import (
    CallView,
    ForecastView,
    Group,
    Point,
    SeriesView,
    SpentView,
    Sums,
    UsageView,
)
from codex32_server.kit.errors import FieldProblem
from codex32_server.storage.session import Tx

MOST_GROUPS = 1000
_MOST_DAYS = {"hour": 100, "day": 3700}
_HOUR = timedelta(hours=1)
_WEEK = timedelta(days=7)
_EXPORT_PAGE = 2000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FIELDS = tuple(CallView.model_fields)


def whole_hours(since: datetime | None, until: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """The period in UTC, widened to whole hours; this month so far by default. PeriodNotValidError."""
    end = (until or now).astimezone(UTC)
    end = end if end == _hour(end) else _hour(end) + _HOUR
    begin = _hour((since or end.replace(day=1, hour=0)).astimezone(UTC))
    if begin >= end:
        detail = "The period ends before it begins."
        raise PeriodNotValidError(detail, fields=[FieldProblem("query.until", detail)])
    return begin, end


async def totals(tx: Tx, workspace_id: UUID, wanted: Wanted, by: Sequence[str], limit: int) -> UsageView:
    """Sums of a period, and for each value of the dimensions. Raises PeriodNotValidError."""
    check_length(wanted.since, wanted.until, "day")
    if "run" in by and (len(by) > 1 or set(wanted.where) - {"bot"}):
        detail = "Runs are told apart by themselves alone, and only of one bot or of all."
        raise PeriodNotValidError(detail, fields=[FieldProblem("query.by", detail)])
    whole, rows = await reports.totals(tx, workspace_id, wanted, by, limit)
    named = {
        name: await reports.names(tx, workspace_id, name, [row[COLUMNS[name].key] for row in rows])
        for name in by
        if name != "run"
    }
    groups = [_group(row, by, named) for row in rows]
    return UsageView(since=wanted.since, until=wanted.until, total=_sums(whole), groups=groups)


async def series(tx: Tx, workspace_id: UUID, wanted: Wanted, span: Literal["hour", "day"]) -> SeriesView:
    """Raises PeriodNotValidError."""
    check_length(wanted.since, wanted.until, span)
    rows = await reports.series(tx, workspace_id, wanted, span)
    return SeriesView(span=span, points=[Point(**row) for row in rows])


async def past_costs(
    tx: Tx, workspace_id: UUID, where: Mapping[str, UUID | str], now: datetime
) -> Mapping[datetime, Decimal]:
    """What each hour of the last four weeks cost, up to the one that is under way."""
    this_hour = _hour(now.astimezone(UTC))
    return await reports.costs(tx, workspace_id, Wanted(this_hour - 4 * _WEEK, this_hour, where))


async def forecast(
    tx: Tx,
    workspace_id: UUID,
    where: Mapping[str, UUID | str],
    now: datetime,
    past: Mapping[datetime, Decimal] | None = None,
) -> ForecastView:
    """What the month will cost, from what the same hours of the week did; `past`: of `past_costs`."""
    this_hour = _hour(now.astimezone(UTC))
    month = this_hour.replace(day=1, hour=0)
    following = (month + timedelta(days=32)).replace(day=1)
    spent, _ = await reports.totals(tx, workspace_id, Wanted(month, this_hour + _HOUR, where), (), 1)
    costs = past if past is not None else await past_costs(tx, workspace_id, where, now)
    coming = [this_hour + _HOUR * number for number in range(1, int((following - this_hour) / _HOUR))]
    history = int((this_hour - min(costs)) / _HOUR) if costs else 0
    expected, method = expect(costs, coming, history)
    total = spent["cost"] + expected
    return ForecastView(
        month=f"{month:%Y-%m}",
        spent=spent["cost"],
        expected=total.quantize(Decimal("0.000001")) if expected else total,
        method=method,
        history_hours=history,
    )


def expect(
    costs: Mapping[datetime, Decimal], coming: Sequence[datetime], history: int
) -> tuple[Decimal, Literal["hour_of_week", "run_rate"]]:
    """What the coming hours cost, from the costs of past ones; `history`: hours since the first of them."""
    if history < _WEEK / _HOUR:
        rate = sum(costs.values(), Decimal(0)) / history if history else Decimal(0)
        return rate * len(coming), "run_rate"
    slots: defaultdict[int, Decimal] = defaultdict(Decimal)
    for at, cost in costs.items():
        slots[at.weekday() * 24 + at.hour] += cost
    weeks = Decimal(history) / Decimal(_WEEK / _HOUR)
    return sum((slots[at.weekday() * 24 + at.hour] for at in coming), Decimal(0)) / weeks, "hour_of_week"


async def export(
    open_transaction: Callable[[], AbstractAsyncContextManager[Tx]],
    workspace_id: UUID,
    conditions: Mapping[str, UUID | str],
    between: tuple[datetime, datetime],
) -> AsyncGenerator[bytes]:
    """The ledger as CSV, newest first, a page and a short transaction at a time."""
    yield _lines([_FIELDS])
    after: UUID | None = None
    while True:
        async with open_transaction() as tx:
            rows = await reports.calls(tx, workspace_id, conditions, between, after, _EXPORT_PAGE)
        if not rows:
            return
        yield _lines([[_cell(row, name) for name in _FIELDS] for row in rows])
        after = rows[-1].id


def spent(row: Mapping[str, Any]) -> SpentView:
    """What one run or session spent."""
    return SpentView(
        cost=row["cost"],
        saved=row["saved"],
        attempts=row["attempts"],
        hits=row["hits"],
        input_tokens=row["input"],
        output_tokens=row["output"],
    )


def call_view(row: LlmLedger) -> CallView:
    return CallView(**{name: getattr(row, name) for name in _FIELDS})


def check_length(since: datetime, until: datetime, span: str) -> None:
    if until - since > timedelta(days=_MOST_DAYS[span]):
        detail = f"At most {_MOST_DAYS[span]} days by {span}."
        raise PeriodNotValidError(detail, fields=[FieldProblem("query.since", detail)])


def _group(row: dict[str, Any], by: Sequence[str], named: Mapping[str, Mapping[UUID, str]]) -> Group:
    keys: dict[str, str | None] = {}
    for name in by:
        value: Any = row["run_id" if name == "run" else COLUMNS[name].key]
        keys[name] = None if value in (NOBODY, "") else str(value)
        if isinstance(value, UUID) and (label := named.get(name, {}).get(value)):
            keys[f"{name}_name"] = label
    return Group(keys=keys, **_sums(row).model_dump())


def _sums(row: dict[str, Any]) -> Sums:
    """With the mean latency instead of its sum."""
    answers = int(row["attempts"] + row["hits"])
    mean = float(row["latency_ms"]) / answers if answers and row["latency_ms"] is not None else None
    return Sums(**{name: row[name] for name in Sums.model_fields if name != "latency_ms"}, latency_ms=mean)


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _cell(row: LlmLedger, name: str) -> str:
    """A spreadsheet takes a text that begins with = for a formula, and clients choose what they ask for."""
    value = getattr(row, name)
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return str(value)


def _lines(rows: Sequence[Sequence[str]]) -> bytes:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode()
