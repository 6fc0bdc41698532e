"""What is read from the ledger: totals from its sums by hour and day, rows from itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    case,
    func,
    literal,
    literal_column,
    null,
    select,
    text,
    tuple_,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from codex32_server.features.usage.models import LlmLedger, LlmRollup, LlmRunTotal
from codex32_server.kit.ids import id_at
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

NOBODY = UUID(int=0)
COLUMNS: Mapping[str, InstrumentedAttribute[Any]] = {
    "bot": LlmRollup.bot_id,
    "person": LlmRollup.member_id,
    "key": LlmRollup.key_id,
    "provider": LlmRollup.provider,
    "model": LlmRollup.model,
    "alias": LlmRollup.alias,
    "environment": LlmRollup.environment,
    "status": LlmRollup.status,
    "builder_session": LlmRollup.builder_session,
}
"""The dimensions that sums are kept by; `run` has its own table."""

_COUNTS = ("attempts", "hits", "input", "output")
_SPENT = (*_COUNTS, "cost", "saved")
_MORE = ("cached", "cache_write", "reasoning", "audio_input", "audio_output")
_SUMS = (*_COUNTS, *_MORE, "cost", "saved", "latency_ms")
_DAY = timedelta(days=1)
_TODAY: ColumnElement[Any] = literal_column("date_trunc('day', now() at time zone 'UTC') at time zone 'UTC'")
_THIS_MONTH: ColumnElement[Any] = literal_column(
    "date_trunc('month', now() at time zone 'UTC') at time zone 'UTC'"
)
_NAMES = {
    "bot": text("select id, name from bots where workspace_id = :ws and id = any(:ids)"),
    "person": text("select id, name from members where workspace_id = :ws and id = any(:ids)"),
    "key": text("select id, name from llm_keys where workspace_id = :ws and id = any(:ids)"),
}


@dataclass(frozen=True)
class Wanted:
    """Whole hours, and values of dimensions: ids or texts, '' and NOBODY for none."""

    since: datetime
    until: datetime
    where: Mapping[str, UUID | str]


async def totals(
    tx: Tx, workspace_id: UUID, wanted: Wanted, by: Sequence[str], limit: int
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Sums of the whole, and for each value of the dimensions `by`, dearest first; in one pass."""
    parts = union_all(
        *(_part(workspace_id, wanted, *segment) for segment in segments(wanted.since, wanted.until))
    ).subquery()
    grouped = () if "run" in by else by
    columns = [parts.c[COLUMNS[name].key] for name in grouped]
    sums = [func.coalesce(func.sum(parts.c[name]), 0).label(name) for name in _SUMS]
    query = select(*columns, *sums)
    if columns:
        whole = func.grouping(*columns).label("whole")
        query = query.add_columns(whole).group_by(func.grouping_sets(tuple_(*columns), tuple_()))
        query = query.order_by(text("whole desc, cost desc, attempts desc"), *columns).limit(limit + 1)
    rows = [dict(row) for row in (await tx.execute(query)).mappings()]
    groups = await _by_run(tx, workspace_id, wanted, limit) if "run" in by else rows[1:]
    return rows[0], groups


async def series(tx: Tx, workspace_id: UUID, wanted: Wanted, span: str) -> list[dict[str, Any]]:
    """One row an hour or day in which something was used."""
    query = (
        _part(workspace_id, wanted, span, wanted.since, wanted.until)
        .with_only_columns(LlmRollup.at, *(func.sum(getattr(LlmRollup, name)).label(name) for name in _SPENT))
        .group_by(LlmRollup.at)
        .order_by(LlmRollup.at)
    )
    return [dict(row) for row in (await tx.execute(query)).mappings()]


async def costs(tx: Tx, workspace_id: UUID, wanted: Wanted) -> dict[datetime, Decimal]:
    """What each hour cost in which something was used, and nothing else of it."""
    hours = _part(workspace_id, wanted, "hour", wanted.since, wanted.until)
    query = hours.with_only_columns(LlmRollup.at, func.sum(LlmRollup.cost)).group_by(LlmRollup.at)
    return {row[0]: row[1] for row in await tx.execute(query)}


async def names(tx: Tx, workspace_id: UUID, dimension: str, ids: Sequence[UUID]) -> dict[UUID, str]:
    """What people call these bots, members or keys; those that are gone are left out."""
    if dimension not in _NAMES or not ids:
        return {}
    rows = await tx.execute(_NAMES[dimension], {"ws": workspace_id, "ids": list(ids)})
    return {row.id: row.name for row in rows}


async def calls(
    tx: Tx,
    workspace_id: UUID,
    conditions: Mapping[str, UUID | str],
    between: tuple[datetime, datetime],
    after: UUID | None,
    limit: int,
) -> Sequence[LlmLedger]:
    """Rows of the ledger, newest first, below the id `after`. Conditions name its columns."""
    query = select(LlmLedger).where(
        owned(LlmLedger, workspace_id), LlmLedger.id >= id_at(between[0]), LlmLedger.id < id_at(between[1])
    )
    for name, value in conditions.items():
        query = query.where(getattr(LlmLedger, name) == value)
    if after is not None:
        query = query.where(LlmLedger.id < after)
    return (await tx.scalars(query.order_by(LlmLedger.id.desc()).limit(limit))).all()


async def spent_of_runs(tx: Tx, workspace_id: UUID, run_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """One row for each of the runs that used models."""
    columns = (LlmRunTotal.run_id, *(getattr(LlmRunTotal, name) for name in _SPENT))
    query = select(*columns).where(owned(LlmRunTotal, workspace_id), LlmRunTotal.run_id.in_(run_ids))
    return [dict(row) for row in (await tx.execute(query)).mappings()]


def spent_of_bot(workspace_id: Any, bot_id: Any) -> ColumnElement[Any]:
    """JSON of what a bot of an outer query spent today and this month (UTC); null if it used no models."""
    spending = LlmRollup.__table__.alias("spending")
    total, today = (func.sum(spending.c.cost), func.sum(spending.c.cost).filter(spending.c.at >= _TODAY))
    sums = func.json_build_object(
        literal_column("'today'"), _plain(today), literal_column("'month'"), _plain(total)
    )
    return (
        select(case((func.count() > literal_column("0"), sums)))
        .select_from(spending)
        .where(
            spending.c.workspace_id == workspace_id,
            spending.c.span == literal_column("'day'"),
            spending.c.bot_id == bot_id,
            spending.c.at >= _THIS_MONTH,
        )
        .correlate_except(spending)
        .scalar_subquery()
    )


def _plain(amount: ColumnElement[Any]) -> ColumnElement[Any]:
    """Dollars as the API writes them: a text without zeros at its end."""
    return func.trim_scale(func.coalesce(amount, literal_column("0"))).cast(Text)


async def spent_of_builder_sessions(
    tx: Tx, workspace_id: UUID, session_ids: Sequence[UUID]
) -> list[dict[str, Any]]:
    """One row for each of the sessions that used models, however long ago."""
    query = (
        select(
            LlmRollup.builder_session, *(func.sum(getattr(LlmRollup, name)).label(name) for name in _SPENT)
        )
        .where(
            owned(LlmRollup, workspace_id),
            LlmRollup.span == "day",
            LlmRollup.builder_session.in_(session_ids),
            LlmRollup.builder_session != NOBODY,
        )
        .group_by(LlmRollup.builder_session)
    )
    return [dict(row) for row in (await tx.execute(query)).mappings()]


def segments(since: datetime, until: datetime) -> list[tuple[str, datetime, datetime]]:
    """Whole days by day, the hours before and after them by hour."""
    first, last = _next_day(since), _day_of(until)
    if first >= last:
        return [("hour", since, until)]
    parts = [("hour", since, first), ("day", first, last), ("hour", last, until)]
    return [part for part in parts if part[1] < part[2]]


def _part(
    workspace_id: UUID, wanted: Wanted, span: str, since: datetime, until: datetime
) -> Select[*tuple[Any, ...]]:
    conditions: list[ColumnElement[bool]] = [COLUMNS[name] == value for name, value in wanted.where.items()]
    return select(LlmRollup.__table__).where(
        owned(LlmRollup, workspace_id),
        LlmRollup.span == span,
        LlmRollup.at >= since,
        LlmRollup.at < until,
        *conditions,
    )


async def _by_run(tx: Tx, workspace_id: UUID, wanted: Wanted, limit: int) -> list[dict[str, Any]]:
    """Runs that were submitted in that time; of other dimensions only the bot is known of them."""
    totals = LlmRunTotal
    query = select(
        totals.run_id,
        *(getattr(totals, name) for name in _SPENT),
        *(literal(0).label(name) for name in _MORE),
        null().label("latency_ms"),
    ).where(
        owned(totals, workspace_id), totals.run_id >= id_at(wanted.since), totals.run_id < id_at(wanted.until)
    )
    if "bot" in wanted.where:
        query = query.where(totals.bot_id == wanted.where["bot"])
    query = query.order_by(totals.cost.desc(), totals.run_id.desc()).limit(limit)
    return [dict(row) for row in (await tx.execute(query)).mappings()]


def _day_of(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _next_day(moment: datetime) -> datetime:
    day = _day_of(moment)
    return day if day == moment else day + _DAY
