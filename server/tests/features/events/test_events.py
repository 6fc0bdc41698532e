"""Events as they are recorded and listed: pages, filters, other workspaces, what is old."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from codex32_server.features.events.facade import EventsFacade, NewEvent
from codex32_server.kit.ids import new_id
from support.api import Api, Tenant


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
