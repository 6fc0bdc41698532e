"""Events as they are recorded and listed: pages, filters, other workspaces, what is old."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from codex32_server.features.events.facade import EventsFacade, NewEvent
from codex32_server.features.events.schemas import EventView
from codex32_server.kit.ids import new_id
from codex32_server.queue.notify import RUN, Listener
from support.api import Api, Tenant


@pytest.fixture
async def listener(api: Api) -> AsyncIterator[Listener]:
    async with Listener(api.under_test.app_url, (RUN,)) as made:
        yield made


async def record(api: Api, tenant: Tenant, *kinds: str, **more: Any) -> None:
    values: dict[str, Any] = {
        "subject": None,
        "time": datetime.now(UTC),
        "data": '{"a": [1, "\\u00fc"]}',
        **more,
    }
    events = [NewEvent(tenant.workspace_id, kind, "/bots/b", **values) for kind in kinds]
    async with api.under_test.worker.transaction(tenant.workspace_id) as tx:
        await EventsFacade().add(tx, events)


async def listed(api: Api, tenant: Tenant, query: str = "") -> Any:
    answer = await api.call(tenant.keys["viewer"], "GET", f"/events{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_event_is_shown_as_cloudevents_say(api: Api, one: Tenant) -> None:
    run_id, moment = new_id(), datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
    await record(api, one, "invoice.paid", subject="invoice/17", time=moment, run_id=run_id)
    (event,) = (await listed(api, one))["items"]
    UUID(event.pop("id"))
    assert event == {
        "specversion": "1.0",
        "type": "invoice.paid",
        "source": "/bots/b",
        "subject": "invoice/17",
        "time": "2026-01-02T03:04:05.000678Z",
        "datacontenttype": "application/json",
        "data": {"a": [1, "ü"]},
        "runid": str(run_id),
    }


async def test_pages_and_filters(api: Api, one: Tenant, two: Tenant) -> None:
    run_id = new_id()
    await record(api, one, "a", "b", "c")
    await record(api, one, "a", subject="x", run_id=run_id)
    await record(api, two, "a")
    first = await listed(api, one, "?limit=3")
    rest = await listed(api, one, f"?limit=3&cursor={first['next_cursor']}")
    assert [event["type"] for event in first["items"] + rest["items"]] == ["a", "c", "b", "a"]
    assert rest["next_cursor"] is None
    for query, count in (("?type=a", 2), ("?subject=x", 1), (f"?run={run_id}", 1), ("?type=%00", 0)):
        assert len((await listed(api, one, query))["items"]) == count
    assert len((await listed(api, two))["items"]) == 1


async def test_old_events_are_swept(api: Api, one: Tenant, two: Tenant) -> None:
    old = datetime.now(UTC) - timedelta(days=91)
    await record(api, one, "old", time=old)
    await record(api, two, "old", time=old)
    await record(api, one, "new")
    async with api.under_test.scheduler.transaction(one.workspace_id) as tx:
        assert await EventsFacade().sweep(tx, one.workspace_id, timedelta(days=90)) == 1
    assert [event["type"] for event in (await listed(api, one))["items"]] == ["new"]
    assert [event["type"] for event in (await listed(api, two))["items"]] == ["old"]


async def follow(
    api: Api, tenant: Tenant, listener: Listener, count: int, *, types: Any = None, after: Any = None
) -> list[EventView]:
    """The first `count` events that a stream tells."""
    told: list[EventView] = []
    stream = EventsFacade().follow(api.database, listener, tenant.workspace_id, types, after)
    async with asyncio.timeout(20), aclosing(stream):  # type: ignore[type-var]
        async for some in stream:
            told += some
            if len(told) >= count:
                return told
    raise AssertionError("a stream has no end")


async def test_a_stream_tells_what_is_there_and_what_comes(
    api: Api, one: Tenant, two: Tenant, listener: Listener
) -> None:
    await record(api, one, "a", "b")
    await record(api, two, "a")
    assert [event.type for event in await follow(api, one, listener, 2)] == ["a", "b"]
    following = asyncio.create_task(follow(api, one, listener, 3))
    await asyncio.sleep(0.1)
    await record(api, one, "c")
    assert [event.type for event in await following] == ["a", "b", "c"]


async def test_a_stream_goes_on_where_it_stopped(api: Api, one: Tenant, listener: Listener) -> None:
    await record(api, one, "a", "b", "c", "b")
    first, second, *_ = await follow(api, one, listener, 4)
    assert [event.type for event in await follow(api, one, listener, 2, after=second.id)] == ["c", "b"]
    of_types = await follow(api, one, listener, 2, types=["b", "x"], after=first.id)
    assert [event.type for event in of_types] == ["b", "b"]


async def test_a_stream_tells_what_was_committed_late(api: Api, one: Tenant, listener: Listener) -> None:
    early = new_id()
    await record(api, one, "second")
    following = asyncio.create_task(follow(api, one, listener, 2))
    await asyncio.sleep(0.1)
    await record(api, one, "first", id=early)
    assert [event.type for event in await following] == ["second", "first"]


async def test_more_than_a_page(
    api: Api, one: Tenant, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codex32_server.features.events.service._PAGE", 3)
    await record(api, one, *[f"t{number}" for number in range(60)])
    told = await follow(api, one, listener, 50)
    assert [event.type for event in told] == [f"t{number}" for number in range(10, 60)]


async def test_a_stream_needs_its_scope_and_a_place(api: Api, one: Tenant) -> None:
    assert (await api.call(None, "GET", "/events/stream")).status_code == 401
    wrong = {"Last-Event-ID": "yesterday"}
    answer = await api.call(one.keys["viewer"], "GET", "/events/stream", headers=wrong)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "header.last-event-id")
