"""Logs of runs: batches that may be written twice, pages, search, following."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from codex32_server.features.runs.errors import BadLogPositionError, RunNotFoundError
from codex32_server.features.runs.log_schemas import LogLineView, LogPosition, LogQuery
from codex32_server.features.runs.repository.logs import batch_id
from codex32_server.features.runs.service.logs import parse_position
from codex32_server.kit.ids import new_id, time_of
from codex32_server.queue.notify import Listener
from codex32_server.runtime.contract import LogLine
from hypothesis import given
from hypothesis import strategies as st
from support.workspace import Platform

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def lines(first: int, last: int, text: str = "line {n}") -> list[LogLine]:
    return [
        LogLine(n, START + timedelta(milliseconds=n), "stdout", text.format(n=n))
        for n in range(first, last + 1)
    ]


async def write(platform: Platform, run_id: UUID, attempt: int, new: Sequence[LogLine]) -> None:
    async with platform.database.transaction(platform.workspace_id) as tx:
        await platform.runs.append_logs(tx, platform.workspace_id, run_id, attempt, new)


async def read(platform: Platform, run_id: UUID, **query: object) -> list[LogLineView]:
    """Every line that fits, over as many pages as it takes."""
    found: list[LogLineView] = []
    after = LogPosition()
    while True:
        async with platform.database.transaction(platform.workspace_id) as tx:
            wanted = LogQuery(**({"after": after} | query))  # type: ignore[arg-type]
            page = await platform.runs.logs(tx, platform.workspace_id, run_id, wanted)
        found += page.lines
        if page.next is None:
            return found
        after = page.next


async def test_lines_come_back_in_order_over_attempts_and_pages(platform: Platform) -> None:
    run_id = (await platform.submit("hello")).id
    await write(platform, run_id, 1, lines(1, 1200))
    await write(platform, run_id, 1, lines(1201, 1203))
    await write(platform, run_id, 2, lines(1, 5))
    found = await read(platform, run_id, limit=100)
    assert [(line.attempt, line.line) for line in found] == [
        *((1, n) for n in range(1, 1204)),
        *((2, n) for n in range(1, 6)),
    ]
    assert (found[6].text, found[6].at) == ("line 7", START + timedelta(milliseconds=7))
    assert len(await read(platform, run_id, attempt=2, limit=2)) == 5


async def test_writing_lines_twice_stores_them_once(platform: Platform) -> None:
    run_id = (await platform.submit("hello")).id
    for _ in range(2):
        await write(platform, run_id, 1, lines(1, 700))
        await write(platform, run_id, 1, lines(701, 710))
    assert len(await read(platform, run_id)) == 710


async def test_writers_that_race_store_lines_once(platform: Platform) -> None:
    run_id = (await platform.submit("hello")).id
    await asyncio.gather(*(write(platform, run_id, 1, lines(1, 50)) for _ in range(5)))
    assert len(await read(platform, run_id)) == 50


async def test_a_long_batch_is_cut_into_rows_of_bounded_size(platform: Platform) -> None:
    run_id = (await platform.submit("hello")).id
    await write(platform, run_id, 1, lines(1, 40, "x" * 16_000))
    (row,) = await platform.rows("select count(*) as n, max(length(lines::text)) as size from run_logs")
    assert row.n >= 10
    assert row.size < 70_000
    assert len(await read(platform, run_id)) == 40


async def test_search_is_case_insensitive_and_knows_other_alphabets(platform: Platform) -> None:
    run_id = (await platform.submit("hello")).id
    await write(platform, run_id, 1, lines(1, 300))
    await write(platform, run_id, 1, [LogLine(301, START, "stderr", 'ERROR: "Große" 100%', "error")])
    assert [line.line for line in await read(platform, run_id, text="error")] == [301]
    assert [line.line for line in await read(platform, run_id, text="GROSSE")] == [301]
    assert [line.line for line in await read(platform, run_id, text='"große" 100%')] == [301]
    assert [line.line for line in await read(platform, run_id, stream="stderr")] == [301]
    assert [line.line for line in await read(platform, run_id, level="error")] == [301]
    assert [line.line for line in await read(platform, run_id, text="line 29", limit=3)] == [
        29,
        *range(290, 300),
    ]


async def test_texts_that_postgresql_cannot_keep_are_made_storable(platform: Platform) -> None:
    run_id = (await platform.submit("hello")).id
    await write(platform, run_id, 1, [LogLine(1, START, "stdout", "a\0b\ud800c")])
    assert [line.text for line in await read(platform, run_id)] == ["a\ufffdb?c"]


async def test_logs_lie_in_the_partition_of_their_run(platform: Platform) -> None:
    run_id = (await platform.submit("hello")).id
    assert time_of(batch_id(run_id, 1, 1)) == time_of(run_id)
    await write(platform, run_id, 1, lines(1, 3))
    (row,) = await platform.rows("select id, run_id from run_logs")
    assert row.id == batch_id(row.run_id, 1, 1)
    assert row.id.version == 7


async def test_logs_of_another_workspace_are_not_there(platform: Platform) -> None:
    run_id = (await platform.submit("hello")).id
    async with platform.database.transaction(new_id()) as tx:
        with pytest.raises(RunNotFoundError):
            await platform.runs.logs(tx, new_id(), run_id, LogQuery())


async def test_following_gives_every_line_once_and_then_the_end(
    platform: Platform, listener: Listener
) -> None:
    run_id = (await platform.submit("hello")).id
    await write(platform, run_id, 1, lines(1, 3))
    seen: list[int | str] = []

    async def follow() -> None:
        stream = platform.runs.follow_logs(
            platform.database, listener, platform.workspace_id, run_id, LogPosition(1, 1)
        )
        async for found in stream:
            seen.extend([found] if isinstance(found, str) else [line.line for line in found])

    following = asyncio.create_task(follow())
    for first in range(4, 40, 3):
        await write(platform, run_id, 1, lines(first, first + 2))
        await asyncio.sleep(0.005)
    await platform.end(run_id, "failed")
    async with asyncio.timeout(5):
        await following
    assert seen == [*range(2, 40), "failed"]


async def test_following_works_without_any_notification(platform: Platform) -> None:
    """The listener never connects: the poll behind it finds the lines and the end."""
    deaf = Listener("postgresql://nobody@127.0.0.1:1/none", ("codex32_run", "codex32_logs"))
    run_id = (await platform.submit("hello")).id
    stream = platform.runs.follow_logs(platform.database, deaf, platform.workspace_id, run_id, LogPosition())
    await write(platform, run_id, 1, lines(1, 2))
    assert len(await anext(stream)) == 2
    await platform.end(run_id)
    async with asyncio.timeout(5):
        assert await anext(stream) == "succeeded"


@given(attempt=st.integers(0, 2**31 - 1), line=st.integers(0, 2**63 - 2))
def test_positions_are_spelled_and_read(attempt: int, line: int) -> None:
    assert parse_position(str(LogPosition(attempt, line))) == LogPosition(attempt, line)


@pytest.mark.parametrize(
    "text", ["", "1", ":", "1:", "a:b", "1:2:3", "-1:2", "1:99999999999999999999", "１:２"]
)
def test_other_texts_are_no_positions(text: str) -> None:
    with pytest.raises(BadLogPositionError):
        parse_position(text)
