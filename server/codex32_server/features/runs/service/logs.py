"""Logs of a run: written in batches, read in pages, never loaded whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from codex32_server.features.runs.errors import BadLogPositionError
from codex32_server.features.runs.log_schemas import LogLineView, LogPage, LogPosition, LogQuery
from codex32_server.features.runs.models import RunLog
from codex32_server.features.runs.repository import logs
from codex32_server.runtime.contract import LogLine
from codex32_server.storage.session import Tx

MAX_LINES = 1000
"""Most lines in a page."""
_BATCH_LINES = 500
_BATCH_CHARACTERS = 64 * 1024
_BATCHES_AT_ONCE = 32
"""Most batches that are looked at in one query: about 2 MiB of text."""
_FOLLOWED_BATCHES = 4
"""A few milliseconds of work: whoever follows a long log lets others have their turn as often."""
_SEARCH_SECONDS = 2.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LARGEST = 2**63 - 1


async def append(tx: Tx, workspace_id: UUID, run_id: UUID, attempt: int, lines: Sequence[LogLine]) -> None:
    """Store consecutive lines of an attempt and wake those who follow. Harmless to repeat."""
    if not lines:
        return
    rows = [_row(workspace_id, run_id, attempt, batch) for batch in _batches(lines)]
    await logs.append(tx, rows)
    await logs.announce(tx, run_id)


async def page(tx: Tx, workspace_id: UUID, run_id: UUID, query: LogQuery) -> LogPage:
    """The next lines that fit the query.

    Looks for at most two seconds: a search through a huge log may return few lines, or none, with a `next`
    from which it goes on.
    """
    deadline = monotonic() + _SEARCH_SECONDS
    limit = min(query.limit, MAX_LINES)
    found: list[LogLineView] = []
    seen = query.after
    # As many batches as full ones would need; more only where they turn out small, or little of them fits.
    look = limit // _BATCH_LINES + 1
    while True:
        batches = await logs.batches_after(tx, workspace_id, run_id, seen, query.attempt, look)
        for line in _beyond(seen, batches):
            if len(found) == limit:
                return LogPage(found, seen)
            seen = LogPosition(line.attempt, line.line)
            if _fits(line, query):
                found.append(line)
        if len(batches) < look:
            return LogPage(found, None)
        if monotonic() > deadline:
            return LogPage(found, seen)
        if len(found) * 2 < limit:
            look = min(look * 2, _BATCHES_AT_ONCE)


async def further(
    tx: Tx,
    workspace_id: UUID,
    run_id: UUID,
    after: LogPosition,
    attempt: int | None = None,
    most: int = _FOLLOWED_BATCHES,
) -> list[LogLineView]:
    """The next few batches, whole: who follows a log reads none of them twice. Empty: none yet."""
    batches = await logs.batches_after(tx, workspace_id, run_id, after, attempt, most)
    return list(_beyond(after, batches))


def parse_position(text: str) -> LogPosition:
    """`attempt:line`, as pages and events give it out. Raises BadLogPositionError."""
    attempt, colon, line = text.partition(":")
    digits = attempt + line
    if not (colon and attempt and line and digits.isascii() and digits.isdigit()):
        raise BadLogPositionError(f"{text[:60]!r} is not a place in a log.")
    position = LogPosition(int(attempt[:20]), int(line[:20]))
    if position.attempt > 2**31 - 1 or position.line >= _LARGEST:
        raise BadLogPositionError(f"{text[:60]!r} is not a place in a log.")
    return position


def _batches(lines: Sequence[LogLine]) -> Iterator[Sequence[LogLine]]:
    """Cut the same way every time, so that a repeated write makes the same batches."""
    start = size = 0
    for index, line in enumerate(lines):
        size += len(line.text)
        if index > start and (index - start >= _BATCH_LINES or size > _BATCH_CHARACTERS):
            yield lines[start:index]
            start, size = index, len(line.text)
    yield lines[start:]


def _row(workspace_id: UUID, run_id: UUID, attempt: int, batch: Sequence[LogLine]) -> dict[str, Any]:
    first, last = batch[0].number, batch[-1].number
    return {
        "id": logs.batch_id(run_id, attempt, first),
        "workspace_id": workspace_id,
        "run_id": run_id,
        "attempt": attempt,
        "first_line": first,
        "last_line": last,
        "lines": [
            [line.number, _epoch(line.at), line.stream, line.level, storable(line.text)] for line in batch
        ],
    }


def storable(text: str) -> str:
    """What PostgreSQL can keep: no U+0000, no half surrogate pairs."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _epoch(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _beyond(seen: LogPosition, batches: Sequence[RunLog]) -> Iterator[LogLineView]:
    for batch in batches:
        for number, at, stream, level, text in batch.lines:
            if (batch.attempt, number) > (seen.attempt, seen.line):
                yield LogLineView.model_construct(
                    attempt=batch.attempt,
                    line=number,
                    at=_EPOCH + timedelta(milliseconds=at),
                    stream=stream,
                    level=level,
                    text=text,
                )


def _fits(line: LogLineView, query: LogQuery) -> bool:
    if query.stream is not None and line.stream != query.stream:
        return False
    if query.level is not None and line.level != query.level:
        return False
    return query.text is None or query.text.casefold() in line.text.casefold()
