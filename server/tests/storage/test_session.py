"""Transactions and tenancy: what is committed, what is undone, and what the database itself refuses."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest
from codex32_server.storage.failures import database_is_away
from codex32_server.storage.session import Database, sqlalchemy_url
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from support.postgres import DatabaseUnderTest

_ADD = text("insert into workspaces (id, slug, name) values (:id, :slug, :slug)")
_ADD_BLOB = text("insert into blobs (workspace_id, digest, size, content) values (:id, 'sha256:0', 1, 'x')")
_COUNT = text("select count(*) from blobs")


async def add_workspace(database: DatabaseUnderTest) -> UUID:
    workspace_id = uuid4()
    async with database.app.transaction(workspace_id) as tx:
        await tx.execute(_ADD, {"id": workspace_id, "slug": f"w-{workspace_id}"})
        await tx.execute(_ADD_BLOB, {"id": workspace_id})
    return workspace_id


async def test_a_block_that_raises_leaves_nothing(database: DatabaseUnderTest) -> None:
    workspace_id = await add_workspace(database)
    with pytest.raises(ZeroDivisionError):
        async with database.app.transaction(workspace_id) as tx:
            await tx.execute(text("update blobs set size = 2"))
            raise ZeroDivisionError
    async with database.app.transaction(workspace_id) as tx:
        assert (await tx.execute(text("select size from blobs"))).scalars().all() == [1]


async def test_a_workspace_sees_its_own_rows_only(database: DatabaseUnderTest) -> None:
    mine = await add_workspace(database)
    await add_workspace(database)
    async with database.app.transaction(mine) as tx:
        assert (await tx.execute(_COUNT)).scalar_one() == 1
        assert (await tx.execute(text("select id from workspaces"))).scalars().all() == [mine]


async def test_a_transaction_for_nobody_sees_nothing_even_on_a_used_connection(
    database: DatabaseUnderTest,
) -> None:
    single = database.open("codex32_app", pool_size=1, overflow=0)
    workspace_id = await add_workspace(database)
    async with single.transaction(workspace_id) as tx:
        assert (await tx.execute(_COUNT)).scalar_one() == 1
    async with single.transaction(None) as tx:
        assert (await tx.execute(_COUNT)).scalar_one() == 0


async def test_writing_into_another_workspace_is_refused_by_the_database(database: DatabaseUnderTest) -> None:
    mine, other = await add_workspace(database), await add_workspace(database)
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with database.app.transaction(mine) as tx:
            await tx.execute(text("update blobs set workspace_id = :other"), {"other": other})


@pytest.mark.parametrize("role", ["codex32_app", "codex32_worker", "codex32_scheduler"])
async def test_no_process_may_change_the_schema(database: DatabaseUnderTest, role: str) -> None:
    for statement in (
        "create table t (a int)",
        "alter table runs disable row level security",
        "drop table bots",
    ):
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
            async with database.open(role).transaction(uuid4()) as tx:
                await tx.execute(text(statement))


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", ""])
def test_only_postgresql_urls_are_taken(url: str) -> None:
    with pytest.raises(ValueError, match="postgresql://"):
        sqlalchemy_url(url)


async def test_a_process_that_hangs_in_a_transaction_loses_it(database: DatabaseUnderTest) -> None:
    workspace = uuid4()
    held = Database(database.url("codex32_app"), pool_size=1, idle=1)
    other = Database(database.url("codex32_app"), pool_size=1)
    lock = text("select pg_advisory_xact_lock(32)")
    with pytest.raises(DBAPIError) as lost:
        async with held.transaction(workspace) as tx:
            await tx.execute(lock)
            async with asyncio.timeout(20), other.transaction(workspace) as waiting:
                await waiting.execute(lock)
    assert database_is_away(lost.value)
    await held.close()
    await other.close()
