"""What services did on the network, on its way into the database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any, cast

import psycopg
import pytest
from codex32_server.kit.ids import new_id
from codex32_server.runtime.contract import EgressRecord
from codex32_server.worker.services import network
from codex32_server.worker.services.network import NetworkWindows
from support.postgres import DatabaseUnderTest

RECORD = EgressRecord(datetime.now(UTC), "api.example.com", 443, True, "in_manifest", 1, 2, 0.1)


class Records:
    """Stands for the facade of runs; fails as often as it is told to."""

    def __init__(self, *faults: Exception) -> None:
        self.parts: list[int | None] = []
        self._faults = list(faults)

    async def record_egress(self, _tx: Any, *fields: Any) -> None:
        if self._faults:
            raise self._faults.pop(0)
        self.parts.append(fields[-1])


def windows_of(database: DatabaseUnderTest, records: Records) -> NetworkWindows:
    return NetworkWindows(database.worker, cast("Any", records), new_id(), new_id())


async def test_windows_are_numbered_and_bounded(
    database: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "MOST_WINDOWS", 3)
    records = Records()
    windows = windows_of(database, records)
    await windows.keep([], 0)
    for _ in range(5):
        await windows.keep([RECORD], 0)
    assert records.parts == [0, 1, 2, 0, 1]


async def test_a_database_that_is_away_is_waited_for(
    database: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "_RETRY", 0.01)
    records = Records(psycopg.OperationalError("away"), psycopg.OperationalError("away"))
    async with asyncio.timeout(20):
        await windows_of(database, records).keep([RECORD], 0)
    assert records.parts == [0]


async def test_what_can_never_be_stored_is_said(database: DatabaseUnderTest) -> None:
    with pytest.raises(psycopg.errors.NotNullViolation):
        await windows_of(database, Records(psycopg.errors.NotNullViolation("no"))).keep([RECORD], 0)
