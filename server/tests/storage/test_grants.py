"""History cannot be rewritten: no process may change or delete what has happened."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from support.postgres import DatabaseUnderTest

HISTORY = (
    "version_files",
    "environment_moves",
    "run_attempts",
    "run_logs",
    "run_steps",
    "events",
    "service_events",
    "resource_samples",
    "llm_ledger",
)


async def may(database: DatabaseUnderTest, role: str, table: str, privilege: str) -> bool:
    async with database.owner.transaction(None) as tx:
        asked = text("select has_table_privilege(:role, :table, :privilege)")
        return bool(
            (await tx.execute(asked, {"role": role, "table": table, "privilege": privilege})).scalar_one()
        )


@pytest.mark.parametrize("role", ["codex32_app", "codex32_worker"])
async def test_history_is_only_added_to(database: DatabaseUnderTest, role: str) -> None:
    allowed = [
        (table, privilege)
        for table in HISTORY
        for privilege in ("UPDATE", "DELETE", "TRUNCATE")
        if await may(database, role, table, privilege)
    ]
    assert allowed == []


@pytest.mark.parametrize("role", ["codex32_app", "codex32_worker"])
@pytest.mark.parametrize("table", ["runs", "jobs", "versions", "bots", "workspaces", "services", "incidents"])
async def test_these_are_never_deleted_by_a_process_that_serves_tenants(
    database: DatabaseUnderTest, role: str, table: str
) -> None:
    assert not await may(database, role, table, "DELETE")


async def test_the_worker_sees_no_credentials(database: DatabaseUnderTest) -> None:
    for table in ("api_keys", "sessions", "sign_in_links", "members"):
        assert not await may(database, "codex32_worker", table, "SELECT")
