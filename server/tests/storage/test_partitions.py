"""Partitions by month: made ahead, pruned by dropping, and never dropped over an unfinished run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from codex32_server.kit.ids import id_at
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from support.postgres import DatabaseUnderTest

LAST_MONTH = datetime.now(UTC).replace(day=1) - timedelta(days=10)
_INSERT = text(
    "insert into runs (id, workspace_id, bot_id, version_id, environment, input, status)"
    " values (:id, :workspace, :bot, :bot, 'dev', '{}', :status)"
)


async def add_run(database: DatabaseUnderTest, status: str) -> UUID:
    run_id = UUID(int=id_at(LAST_MONTH).int + 1)
    async with database.owner.transaction(None) as tx:
        await tx.execute(_INSERT, {"id": run_id, "workspace": uuid4(), "bot": uuid4(), "status": status})
    return run_id


async def drop_before_now(database: DatabaseUnderTest) -> list[str]:
    async with database.scheduler.transaction(None) as tx:
        return list((await tx.execute(text("select drop_partitions(now())"))).scalar_one())


async def test_a_finished_month_is_dropped_whole(database: DatabaseUnderTest) -> None:
    await add_run(database, "succeeded")
    assert await drop_before_now(database) == [LAST_MONTH.strftime("%Y%m")]
    async with database.owner.transaction(None) as tx:
        assert (await tx.execute(text("select count(*) from runs"))).scalar_one() == 0


@pytest.mark.parametrize("status", ["queued", "running", "waiting"])
async def test_a_month_with_an_unfinished_run_stays(database: DatabaseUnderTest, status: str) -> None:
    run_id = await add_run(database, status)
    assert await drop_before_now(database) == []
    async with database.owner.transaction(None) as tx:
        assert (await tx.execute(text("select id from runs"))).scalars().all() == [run_id]


async def test_months_ahead_are_made_once(database: DatabaseUnderTest) -> None:
    async with database.scheduler.transaction(None) as tx:
        assert (await tx.execute(text("select ensure_partitions(3)"))).scalar_one() == 0
        assert (await tx.execute(text("select ensure_partitions(5)"))).scalar_one() == 6


async def test_the_application_may_not_touch_partitions(database: DatabaseUnderTest) -> None:
    partition = f"runs_p{LAST_MONTH:%Y%m}"
    for statement in ("select ensure_partitions(3)", f"select * from {partition}", f"drop table {partition}"):
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
            async with database.app.transaction(uuid4()) as tx:
                await tx.execute(text(statement))
