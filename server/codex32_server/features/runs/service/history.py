"""Runs over time, what bots did lately, and which of them fail again and again.

Closed hours are summed up by the scheduler; what is later is counted. Nothing here is on the way of a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby, takewhile
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from codex32_server.features.runs.errors import SeriesNotValidError
from codex32_server.features.runs.history_schemas import (
    BotRuns,
    FailingBot,
    PastRun,
    RunCounts,
    RunPoint,
    RunSeriesView,
    RunTally,
    Step,
)
from codex32_server.features.runs.repository import activity, rollups, runs, series
from codex32_server.features.runs.schemas import ENDED
from codex32_server.kit.errors import FieldProblem
from codex32_server.storage.session import Tx

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
STEPS = {"minute": timedelta(minutes=1), "hour": _HOUR, "day": _DAY}
LONGEST = {"minute": timedelta(hours=6), "hour": timedelta(days=31), "day": timedelta(days=400)}
_USUAL = {"minute": _HOUR, "hour": _DAY, "day": timedelta(days=30)}
FAILURES = frozenset({"failed", "timed_out"})

_GRACE = timedelta(minutes=5)
"""An hour is closed so long after its end: whoever submits makes the id before the transaction commits."""
_HOURS_AT_ONCE = 48
_OPEN_AT_ONCE = 24
_MOST_UNFINISHED = 10_000
_MOST_LIVE = 10_000
"""Of one bot, or failures of all: so many runs since the last closed hour are counted."""
NEWEST = 50
_LOOKED_AT = 20
_CANDIDATES = 30
_FAILING_WINDOW = timedelta(days=7)
IN_A_ROW = 3
_FEW = 4


class RunHistory:
    """The caller owns the transaction, except where a method says that it sums up."""

    async def series(
        self,
        tx: Tx,
        workspace_id: UUID,
        step: Step,
        since: datetime | None,
        until: datetime | None,
        bot_ref: str | None = None,
    ) -> RunSeriesView:
        """Raises SeriesNotValidError."""
        begin, end = period(step, since, until, datetime.now(UTC))
        bots = None if bot_ref is None else await runs.bots_called(tx, workspace_id, bot_ref)
        rows = await self._rows(tx, workspace_id, bots, step, begin, end)
        points = _points(step, begin, end, rows)
        return RunSeriesView(step=step, since=begin, until=end, total=_total(points), points=points)

    async def today(self, tx: Tx, workspace_id: UUID) -> RunCounts:
        """Runs that were submitted since midnight (UTC)."""
        now = datetime.now(UTC)
        return (await self.series(tx, workspace_id, "hour", floor(now, _DAY), now)).total

    async def unfinished(self, tx: Tx, workspace_id: UUID) -> RunTally:
        """What runs, is queued and waits now."""
        found = await series.unfinished(tx, workspace_id, _MOST_UNFINISHED)
        return RunTally(found.running, min(found.queued, _MOST_UNFINISHED), found.waiting)

    async def of_bots(self, tx: Tx, workspace_id: UUID, bots: Sequence[UUID]) -> dict[UUID, BotRuns]:
        """What each of these bots did lately."""
        since = floor(datetime.now(UTC) - _DAY, _HOUR)
        mark = await series.marked(tx, workspace_id) or since
        newest = _by_bot(await activity.newest(tx, workspace_id, bots, NEWEST))
        counts = await activity.counts(tx, workspace_id, bots, since, mark, _MOST_LIVE)
        return {row.bot_id: BotRuns(newest.get(row.bot_id, ()), row.runs, row.failures) for row in counts}

    async def failing(self, tx: Tx, workspace_id: UUID) -> list[FailingBot]:
        """Bots whose newest runs failed at least three times in a row, or mostly in the last day."""
        now = datetime.now(UTC)
        since = floor(now - _FAILING_WINDOW, _HOUR)
        mark = await series.marked(tx, workspace_id) or since
        found = await activity.with_failures(tx, workspace_id, since, mark, _CANDIDATES, _MOST_LIVE)
        names = {row.bot_id: row.name for row in found}
        newest = _by_bot(await activity.newest(tx, workspace_id, list(names), _LOOKED_AT))
        judged = [judge(bot_id, names[bot_id], past, now - _DAY) for bot_id, past in newest.items()]
        return sorted((one for one in judged if one), key=lambda one: one.last.created_at, reverse=True)

    async def before(
        self, tx: Tx, workspace_id: UUID, bot_id: UUID, until: datetime, most: int
    ) -> list[PastRun]:
        """The newest runs of a bot up to a moment, newest first, processes of its service too."""
        return [_past(row) for row in await activity.before(tx, workspace_id, bot_id, until, most)]

    async def sum_up(self, tx: Tx, workspace_id: UUID) -> bool:
        """For the scheduler: sum up closed hours; whether there are more of them."""
        first, closed = await rollups.lock(tx, workspace_id, _GRACE)
        until = min(first + _HOURS_AT_ONCE * _HOUR, closed)
        if until > first:
            await rollups.count(tx, workspace_id, _starts(first, until, _HOUR))
            await rollups.mark(tx, workspace_id, until)
        late = await rollups.still_open(tx, workspace_id, _OPEN_AT_ONCE)
        if late:
            await rollups.count(tx, workspace_id, late)
        return until < closed

    async def sweep(self, tx: Tx, workspace_id: UUID, older_than: timedelta) -> int:
        """For the scheduler: forget the sums of hours that are long past; how many rows."""
        return await rollups.sweep(tx, workspace_id, older_than)

    async def _rows(
        self,
        tx: Tx,
        workspace_id: UUID,
        bots: Sequence[UUID] | None,
        step: Step,
        since: datetime,
        until: datetime,
    ) -> list[Row[Any]]:
        """What was summed up, and the rest counted: by minute all of it, since sums are of hours."""
        now = datetime.now(UTC)
        mark = since if step == "minute" else await series.marked(tx, workspace_id) or since
        mark = min(max(mark, since), until)
        rows: list[Row[Any]] = []
        if mark > since:
            rows += await series.summed(tx, workspace_id, bots, step, since, mark)
        width = min(STEPS[step], _HOUR)
        starts = _starts(mark, min(until, now), width)
        if starts:
            rows += await series.live(tx, workspace_id, bots, starts, width)
        return rows


def period(
    step: Step, since: datetime | None, until: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    """Whole steps in UTC that hold the period; the usual one up to now by default. SeriesNotValidError."""
    width = STEPS[step]
    last = (until or now).astimezone(UTC)
    first = (since or last - _USUAL[step]).astimezone(UTC)
    if first >= last:
        raise _not_valid("until", "The period ends before it begins.")
    if last - first > LONGEST[step] + width:
        raise _not_valid("since", f"At most {LONGEST[step] // _HOUR} hours by {step}.")
    begin, end = floor(first, width), floor(last, width)
    return begin, end if end == last else end + width


def floor(moment: datetime, width: timedelta) -> datetime:
    """The beginning of the minute, hour or day (UTC)."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return moment - (moment - epoch) % width


def judge(bot_id: UUID, name: str, newest: Sequence[PastRun], since: datetime) -> FailingBot | None:
    """Whether a bot fails again and again, by its newest runs, newest first; None if it does not."""
    ended = [run for run in newest if run.status in ENDED and run.status != "cancelled"]
    row = sum(1 for _ in takewhile(lambda run: run.status in FAILURES, ended))
    lately = [run for run in ended if run.created_at >= since]
    failed = sum(run.status in FAILURES for run in lately)
    mostly = len(lately) >= _FEW and failed * 2 > len(lately)
    if row < IN_A_ROW and not mostly:
        return None
    last = next(run for run in ended if run.status in FAILURES)
    return FailingBot(bot_id, name, row, len(lately), failed, last)


def _not_valid(field: str, detail: str) -> SeriesNotValidError:
    return SeriesNotValidError(detail, fields=[FieldProblem(f"query.{field}", detail)])


def _starts(since: datetime, until: datetime, width: timedelta) -> list[datetime]:
    return [since + width * number for number in range(max(0, -(-(until - since) // width)))]


def _points(step: Step, begin: datetime, end: datetime, rows: Iterable[Any]) -> list[RunPoint]:
    width = STEPS[step]
    starts = _starts(begin, end, width)
    counts = [dict[str, int]() for _ in starts]
    times: list[tuple[int, float, float]] = [(0, 0.0, 0.0)] * len(starts)
    for at, status, number, timed, took, longest in rows:
        place: int = (at - begin) // width
        found = counts[place]
        found[status] = found.get(status, 0) + number
        if timed:
            before = times[place]
            times[place] = (before[0] + timed, before[1] + took, max(before[2], longest))
    return [_point(*parts) for parts in zip(starts, counts, times, strict=True)]


def _point(at: datetime, counts: dict[str, int], times: tuple[int, float, float]) -> RunPoint:
    timed, took, longest = times
    if not timed:
        return RunPoint(at=at, total=sum(counts.values()), **counts)
    return RunPoint(
        at=at,
        total=sum(counts.values()),
        **counts,
        average_ms=round(took / timed, 3),
        longest_ms=round(longest, 3),
    )


def _total(points: Sequence[RunPoint]) -> RunCounts:
    busy = [point for point in points if point.total]
    return RunCounts(**{name: sum(getattr(one, name) for one in busy) for name in RunCounts.model_fields})


def _by_bot(rows: Iterable[Any]) -> dict[UUID, list[PastRun]]:
    return {bot_id: [_past(row) for row in some] for bot_id, some in groupby(rows, itemgetter(0))}


def _past(row: Any) -> PastRun:
    """The columns behind the bot's id."""
    return PastRun(*row[1:])
