"""Newer prices over the API, out of a file and from a real server; the old ones hold as long as need be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from codex32_server.features.models.facade import (
    CatalogueNotFetchedError,
    Following,
    PriceSource,
    refresh_daily,
)
from codex32_server.gateway import pricing, published
from codex32_server.http.routing import provide
from codex32_server.main.dialing import http_client
from codex32_server.settings.model import EgressSettings
from codex32_server.storage.lean import LeanConnections
from sqlalchemy import text
from support.api import Api, Tenant
from support.catalogues import a_model, document, written
from support.postgres import DatabaseUnderTest
from support.upstreams import Scripted, Talk, says

Start = Callable[[Talk], Awaitable[Scripted]]
PATH = "/models/catalogue"


@pytest.fixture(autouse=True)
async def as_packaged() -> AsyncIterator[None]:
    yield
    published.use(None)


@pytest.fixture
async def following(database: DatabaseUnderTest) -> AsyncIterator[Following]:
    lean = LeanConnections(database.gateway_url, size=1)
    yield Following(lean)
    await lean.close()


def a_file(dollars: float) -> bytes:
    providers = document()
    a_model(providers, "openai", "gpt-4o")["prices"] = {"input_mtok": dollars, "output_mtok": 10}
    return written(providers)


def answer(content: bytes, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\ncontent-length: {len(content)}\r\n\r\n".encode() + content


def source(server: Scripted, *, private: str = "127.0.0.0/8", seconds: float = 20.0) -> PriceSource:
    client = http_client(EgressSettings(allow_private=private))
    return PriceSource(client, f"http://127.0.0.1:{server.port}/prices/data.json", seconds)


def input_price() -> Decimal:
    found = pricing.prices_for("openai", "gpt-4o", datetime.now(UTC))
    assert found is not None
    return Decimal(pricing.document_of(found)["rates"]["input"])


async def put(api: Api, key: str, content: bytes, **params: Any) -> Any:
    return await api.call(key, "PUT", PATH, content=content, params=params)


async def test_an_administrator_takes_over_what_a_server_publishes(
    api: Api, one: Tenant, scripted: Start, following: Following
) -> None:
    server = await scripted(says(answer(a_file(3.25))))
    provide(api.app, PriceSource, source(server))
    administrator = one.keys["administrator"]
    tried = (await api.call(administrator, "POST", f"{PATH}/refresh", params={"dry_run": True})).json()
    assert tried["rates"][0] == {"model": "openai/gpt-4o", "rate": "input", "before": "2.5", "after": "3.25"}
    assert input_price() == Decimal("2.5")

    made = await api.call(administrator, "POST", f"{PATH}/refresh")
    assert made.status_code == 200, made.text
    catalogue = made.json()["catalogue"]
    assert made.json()["changed"]
    assert catalogue["source"].startswith("http://127.0.0.1:")
    assert input_price() == Decimal("3.25")
    assert b"GET /prices/data.json" in server.requests[0]
    shown = (await api.call(one.keys["viewer"], "GET", PATH)).json()
    assert (shown["version"], shown["models"]) == (catalogue["version"], catalogue["models"])
    again = (await api.call(administrator, "POST", f"{PATH}/refresh")).json()
    assert (again["changed"], again["catalogue"]["version"]) == (False, catalogue["version"])

    published.use(None)  # as another process is
    await following.look()
    assert input_price() == Decimal("3.25")
    assert published.taken() == catalogue["version"]


async def test_nobody_else_may(api: Api, one: Tenant, two: Tenant) -> None:
    for key in (two.keys["owner"], one.keys["editor"], one.keys["viewer"]):
        assert (await put(api, key, b"[]")).status_code == 403
        assert (await api.call(key, "POST", f"{PATH}/refresh")).status_code == 403
    shown = (await api.call(two.keys["viewer"], "GET", PATH)).json()
    assert (shown["source"], shown["version"]) == ("package", published.release())


async def test_a_file_is_taken_over_and_an_earlier_one_again(api: Api, one: Tenant) -> None:
    key = one.keys["administrator"]
    first = (await put(api, key, a_file(3))).json()["catalogue"]
    second = (await put(api, key, a_file(4))).json()
    assert second["rates"] == [{"model": "openai/gpt-4o", "rate": "input", "before": "3", "after": "4"}]
    assert (first["source"], input_price()) == ("file", Decimal(4))
    back = (await put(api, key, a_file(3))).json()["catalogue"]
    assert (back["version"], input_price()) == (first["version"], Decimal(3))


def per_thousand() -> bytes:
    """Dollars for a thousand tokens where dollars for a million are meant."""
    providers = document()
    for provider in providers:
        for model in provider["models"]:
            if isinstance(model["prices"], dict) and isinstance(
                model["prices"].get("input_mtok"), float | int
            ):
                model["prices"]["input_mtok"] /= 1000
    return written(providers)


async def test_prices_that_are_probably_wrong_are_taken_over_on_purpose_only(api: Api, one: Tenant) -> None:
    key, content = one.keys["administrator"], per_thousand()
    shown = (await put(api, key, content, dry_run=True)).json()
    assert "fall by more than 90 %" in shown["doubt"]
    refused = await put(api, key, content)
    assert (refused.status_code, refused.json()["code"]) == (409, "catalogue_doubtful")
    assert "force" in refused.json()["next_step"]
    assert input_price() == Decimal("2.5")
    made = await put(api, key, content, force=True)
    assert made.status_code == 200, made.text
    assert input_price() == Decimal("0.0025")


async def test_a_broken_file_changes_nothing(api: Api, one: Tenant, following: Following) -> None:
    key = one.keys["administrator"]
    await put(api, key, a_file(3))
    for content in (b"", b"[]", b"<html>", a_file(-3), a_file(3)[:-9]):
        refused = await put(api, key, content)
        assert (refused.status_code, refused.json()["code"]) == (422, "catalogue_not_valid"), refused.text
    await following.look()
    assert input_price() == Decimal(3)


async def nothing(_reader: object, _writer: object, _request: bytes) -> None:
    await asyncio.sleep(30)


@pytest.mark.parametrize(
    ("talk", "said"),
    [
        (says(answer(b"no", "503 Service Unavailable")), "HTTP 503"),
        (says(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n"), "HTTP 302"),
        (says(answer(b"x" * 9_000_000)), "too large"),
        (says(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n[1", close=True), "broke"),
        (nothing, "within 0.2 s"),
    ],
)
async def test_what_cannot_be_fetched_says_why(scripted: Start, talk: Talk, said: str) -> None:
    server = await scripted(talk)
    with pytest.raises(CatalogueNotFetchedError, match=said):
        await source(server, seconds=0.2 if "within" in said else 20.0).fetch()


async def test_a_private_address_is_refused_unless_it_is_allowed(scripted: Start) -> None:
    server = await scripted(says(answer(b"[]")))
    with pytest.raises(CatalogueNotFetchedError):
        await source(server, private="").fetch()
    assert server.requests == []


async def test_every_day_it_is_fetched_once(
    api: Api, one: Tenant, database: DatabaseUnderTest, scripted: Start
) -> None:
    server = await scripted(says(answer(a_file(3))))
    opened = partial(database.scheduler.transaction, None)
    for _ in range(2):
        await refresh_daily(opened, source(server))
    assert (len(server.requests), input_price()) == (1, Decimal(3))
    async with database.owner.transaction(None) as tx:
        await tx.execute(text("update llm_catalogues set checked_at = now() - interval '25 hours'"))
    await refresh_daily(opened, source(server))
    await refresh_daily(opened, source(server))
    assert len(server.requests) == 2


async def test_a_process_looks_again_and_again(api: Api, one: Tenant, database: DatabaseUnderTest) -> None:
    lean = LeanConnections(database.gateway_url, size=1)
    keeping = asyncio.create_task(Following(lean, every=0.02).keep())
    await put(api, one.keys["administrator"], a_file(3))
    published.use(None)
    async with asyncio.timeout(30):
        while published.taken() is None:
            await asyncio.sleep(0.02)
    assert input_price() == Decimal(3)
    keeping.cancel()
    with suppress(asyncio.CancelledError):
        await keeping
    await lean.close()
