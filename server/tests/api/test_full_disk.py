"""What the API says while its disk is nearly full, and when PostgreSQL finds no room."""

from __future__ import annotations

from typing import Any

import httpx
import psycopg
import pytest
from codex32_server.api.health import health_router
from codex32_server.storage.disk import Disk
from codex32_server.storage.readiness import Readiness
from codex32_server.telemetry.metrics import Metrics
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError
from support.api import Api, Tenant, source

GROWING = [
    ("POST", "/bots", {"files": {"bot.py": source("other")}}),
    ("PUT", "/bots/by-name/echo", {"files": {"bot.py": source("echo", "return n + 1")}}),
    ("POST", "/bots/echo/versions", {"files": {"bot.py": source("echo", "return n + 2")}}),
    ("POST", "/bots/echo/runs", {"input": {}}),
    ("PUT", "/uploads?name=a.csv", None),
    ("POST", "/builder/bots", {"text": "every day at 9 remind me to stretch", "publish": False}),
]


class SmallDisk(Disk):
    """A disk whose room the test decides."""

    def __init__(self) -> None:
        self.full = False

    def short(self) -> bool:
        return self.full

    def sentence(self) -> str:
        return "The disk has 1 MiB left; 128 MiB are kept free."


@pytest.fixture
async def disk(api: Api, one: Tenant) -> SmallDisk:
    made = await api.call(one.keys["editor"], "POST", "/bots", json={"files": {"bot.py": source("echo")}})
    assert made.status_code == 201
    api.app.state.disk = SmallDisk()
    return api.app.state.disk


@pytest.mark.parametrize(("method", "path", "body"), GROWING)
async def test_what_makes_the_data_grow_is_refused_until_there_is_room(
    api: Api, one: Tenant, disk: SmallDisk, method: str, path: str, body: Any
) -> None:
    disk.full = True
    refused = await api.call(one.keys["editor"], method, path, json=body)
    assert refused.status_code == 507
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "storage_full"
    assert "Free space" in refused.json()["next_step"]
    assert int(refused.headers["retry-after"]) > 0
    disk.full = False
    assert (await api.call(one.keys["editor"], method, path, json=body)).status_code != 507


async def test_reading_cancelling_and_deleting_go_on(api: Api, one: Tenant, disk: SmallDisk) -> None:
    key = one.keys["editor"]
    run = (await api.call(key, "POST", "/bots/echo/runs", json={"input": {}})).json()
    disk.full = True
    assert (await api.call(key, "GET", f"/runs/{run['id']}")).status_code == 200
    assert (await api.call(key, "POST", f"/runs/{run['id']}/cancel")).json()["status"] == "cancelled"
    assert (await api.call(key, "POST", f"/runs/{run['id']}/retry")).status_code == 507
    assert (await api.call(key, "DELETE", "/bots/echo")).status_code == 204


async def test_a_refused_submission_leaves_its_idempotency_key_free(
    api: Api, one: Tenant, disk: SmallDisk
) -> None:
    key, headers = one.keys["editor"], {"Idempotency-Key": "once"}
    disk.full = True
    refused = await api.call(key, "POST", "/bots/echo/runs", json={"input": {}}, headers=headers)
    disk.full = False
    again = await api.call(key, "POST", "/bots/echo/runs", json={"input": {}}, headers=headers)
    assert (refused.status_code, again.status_code) == (507, 202)


async def test_postgresql_without_room_is_507_and_not_a_server_that_is_away(
    api: Api, one: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = psycopg.errors.DiskFull('could not extend file "base/1/2": No space left on device')

    def refuse(*_: object) -> None:
        raise OperationalError("insert", {}, full)

    monkeypatch.setattr("codex32_server.http.edge.check_scope", refuse)
    refused = await api.call(one.keys["editor"], "GET", "/runs")
    assert (refused.status_code, refused.json()["code"]) == (507, "storage_full")


async def test_a_database_that_is_away_because_the_disk_is_full_says_that(
    api: Api, one: Tenant, disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise psycopg.OperationalError("connection refused")

    monkeypatch.setattr("codex32_server.http.edge.check_scope", refuse)
    key = one.keys["editor"]
    assert (await api.call(key, "GET", "/runs")).json()["code"] == "unavailable"
    disk.full = True
    refused = await api.call(key, "GET", "/runs")
    assert (refused.status_code, refused.json()["code"]) == (507, "storage_full")


async def test_health_names_the_disk(disk: SmallDisk) -> None:
    async def well() -> Readiness:
        return Readiness(reachable=True, schema_current=True)

    app = FastAPI()
    app.include_router(health_router(well, Metrics(), "1", disk))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as client:
        assert (await client.get("/health")).json()["checks"]["disk"]["status"] == "ok"
        disk.full = True
        answer = await client.get("/health")
        assert (answer.status_code, answer.json()["status"]) == (503, "unhealthy")
        assert answer.json()["checks"]["disk"]["detail"] == disk.sentence()
        assert (await client.get("/health/ready")).status_code == 200
