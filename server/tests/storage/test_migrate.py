"""Migrations: repeatable, one at a time, in step with the mapped classes, and refused by an older release."""

from __future__ import annotations

import asyncio

import pytest
from codex32_server.storage.migrate import LOGIN_ROLES, SchemaTooNewError, drift, migrate
from codex32_server.storage.readiness import newest_revision
from sqlalchemy import text
from support.passwords import password_of
from support.postgres import DatabaseUnderTest

PASSWORDS = {role: password_of(role) for role in LOGIN_ROLES}


async def test_migrating_twice_changes_nothing(database: DatabaseUnderTest) -> None:
    async with database.owner.transaction(None) as tx:
        before = (await tx.execute(text("select count(*) from pg_class"))).scalar_one()
    await asyncio.to_thread(migrate, database.owner_url, PASSWORDS)
    async with database.owner.transaction(None) as tx:
        after = (await tx.execute(text("select count(*) from pg_class"))).scalar_one()
    assert after == before


async def test_an_owner_who_is_no_superuser_may_migrate_again(database: DatabaseUnderTest) -> None:
    owner_url = database.url("codex32_owner")
    await asyncio.to_thread(migrate, owner_url, PASSWORDS)
    async with database.open("codex32_owner").transaction(None) as tx:
        superuser = (
            await tx.execute(text("select rolsuper from pg_roles where rolname = current_user"))
        ).scalar_one()
    assert superuser is False


async def test_several_nodes_may_migrate_an_empty_database_at_once(empty_database: DatabaseUnderTest) -> None:
    await asyncio.gather(*(asyncio.to_thread(migrate, empty_database.owner_url, PASSWORDS) for _ in range(3)))
    async with empty_database.owner.transaction(None) as tx:
        revisions = (await tx.execute(text("select version_num from alembic_version"))).scalars().all()
    assert revisions == [newest_revision()]


async def test_mapped_classes_and_migrations_agree(database: DatabaseUnderTest) -> None:
    assert await asyncio.to_thread(drift, database.owner_url) is None


async def test_an_older_release_refuses_a_newer_database(database: DatabaseUnderTest) -> None:
    async with database.owner.transaction(None) as tx:
        await tx.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(SchemaTooNewError, match="9999"):
        await asyncio.to_thread(migrate, database.owner_url, PASSWORDS)
