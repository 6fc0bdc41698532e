"""A proof whose job ended without one is no proof that is still to come."""

from __future__ import annotations

import psycopg
import pytest
from support.api import Api, Tenant, with_tests
from support.postgres import DatabaseUnderTest


async def _end_jobs(database: DatabaseUnderTest, status: str) -> None:
    async with await psycopg.AsyncConnection.connect(database.worker_url, autocommit=True) as connection:
        await connection.execute("update jobs set status = %s, finished_at = now()", (status,))


@pytest.mark.parametrize("status", ["failed", "timed_out", "cancelled"])
async def test_a_version_does_not_stay_pending_for_ever(api: Api, one: Tenant, status: str) -> None:
    key = one.keys["editor"]
    made = (await api.call(key, "POST", "/bots", json={"files": with_tests("left")})).json()
    version = f"/bots/left/versions/{made['version']['number']}"
    assert (await api.call(key, "GET", version)).json()["proof"] == "pending"
    await _end_jobs(api.under_test, status)
    (listed,) = (await api.call(key, "GET", "/bots")).json()["items"]
    assert listed["latest_version"]["proof"] == "failed"
    shown = (await api.call(key, "GET", version)).json()
    assert shown["proof"] == "failed"
    assert "could not be carried out" in shown["proof_report"]["reason"]
    promoted = await api.call(key, "POST", "/bots/left/promote", json={"version": "1", "to": "prod"})
    assert (promoted.status_code, promoted.json()["code"]) == (409, "proof_failed")

    again = await api.call(key, "PUT", "/bots/by-name/left", json={"files": with_tests("left")})
    assert again.json()["unchanged"] is True
    assert (await api.call(key, "GET", version)).json()["proof"] == "pending"


async def test_a_proof_that_was_written_stays_when_its_job_ends_badly(api: Api, one: Tenant) -> None:
    key = one.keys["editor"]
    made = (await api.call(key, "POST", "/bots", json={"files": with_tests("proven")})).json()
    await api.prove(one, made["version"]["id"])
    await _end_jobs(api.under_test, "failed")
    shown = (await api.call(key, "GET", "/bots/proven/versions/1")).json()
    assert (shown["proof"], shown["proof_report"]["reason"]) == ("proven", "proven")


async def test_other_workspaces_and_other_jobs_are_left_alone(api: Api, one: Tenant, two: Tenant) -> None:
    for tenant, role in ((one, "editor"), (two, "owner")):
        made = await api.call(tenant.keys[role], "POST", "/bots", json={"files": with_tests("same")})
        assert made.status_code == 201
    async with await psycopg.AsyncConnection.connect(
        api.under_test.worker_url, autocommit=True
    ) as connection:
        ended = "update jobs set status = 'failed', finished_at = now() where workspace_id = %s"
        await connection.execute(ended, (one.workspace_id,))
    proofs = [
        (await api.call(tenant.keys[role], "GET", "/bots/same/versions/1")).json()["proof"]
        for tenant, role in ((one, "editor"), (two, "owner"))
    ]
    assert proofs == ["failed", "pending"]
