"""/services and /incidents over HTTP, and who is let in to /s/…, without a worker."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from codex32_server.features.services.facade import HeldReplicas
from codex32_server.kit.ids import new_id
from support.api import Api, Tenant, source
from support.past import past_runs
from support.postgres import DatabaseUnderTest

from .conftest import BROKEN

SERVICE = 'kind = "service"\nservice = { port = 8080, crash_loop = 1 }'


async def deploy(api: Api, tenant: Tenant, name: str = "up", manifest: str = SERVICE) -> dict[str, Any]:
    body = {"files": [{"path": "bot.py", "content": source(name, manifest=manifest)}]}
    answer = await api.call(tenant.keys["owner"], "POST", "/bots", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def ask(api: Api, key: str | None, path: str, method: str = "GET", **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return await api.http.request(method, path, headers=headers | more.pop("headers", {}), **more)


async def test_list_show_and_change(api: Api, one: Tenant) -> None:
    made = await deploy(api, one)
    key = one.keys["editor"]
    listed = (await api.call(key, "GET", "/services")).json()
    assert [item["bot_name"] for item in listed["items"]] == ["up"]
    assert "replicas" not in listed["items"][0]
    shown = (await api.call(key, "GET", "/services/up")).json()
    assert shown["bot_id"] == made["bot"]["id"]
    assert [replica["state"] for replica in shown["replicas"]] == ["pending"]
    for reference in (shown["id"], shown["bot_id"]):
        assert (await api.call(key, "GET", f"/services/{reference}")).json()["id"] == shown["id"]
    scaled = (await api.call(key, "POST", "/services/up/scale", {"replicas": 3})).json()
    assert (scaled["desired"]["replicas"], len(scaled["replicas"])) == (3, 3)
    assert (await api.call(key, "POST", "/services/up/pause")).json()["status"] == "paused"
    assert (await api.call(key, "POST", "/services/up/resume")).json()["status"] == "starting"
    assert (await api.call(key, "POST", "/services/up/restart")).json()["status"] == "starting"
    events = (await api.call(key, "GET", "/services/up/events?limit=2")).json()
    assert [event["kind"] for event in events["items"]] == ["restart", "resumed"]
    more = await api.call(key, "GET", f"/services/up/events?cursor={events['next_cursor']}")
    assert "created" in [event["kind"] for event in more.json()["items"]]


@pytest.mark.parametrize("replicas", [-1, 33, "3", 1.5])
async def test_a_wrong_number_of_replicas(api: Api, one: Tenant, replicas: Any) -> None:
    await deploy(api, one)
    answer = await api.call(one.keys["owner"], "POST", "/services/up/scale", {"replicas": replicas})
    assert answer.status_code == 422


async def test_services_of_others_are_not_there(api: Api, one: Tenant, two: Tenant) -> None:
    made = await deploy(api, one)
    shown = (await api.call(one.keys["owner"], "GET", "/services/up")).json()
    for reference in ("up", made["bot"]["id"], shown["id"]):
        answer = await api.call(two.keys["owner"], "GET", f"/services/{reference}")
        assert (answer.status_code, answer.json()["code"]) == (404, "service_not_found")
    assert (await api.call(two.keys["owner"], "GET", "/services")).json()["items"] == []


async def test_a_service_is_not_run(api: Api, one: Tenant) -> None:
    await deploy(api, one)
    answer = await api.call(one.keys["owner"], "POST", "/bots/up/runs", {"input": {}})
    assert (answer.status_code, answer.json()["code"]) == (409, "service_not_runnable")


async def test_incidents(api: Api, one: Tenant, two: Tenant, database: DatabaseUnderTest) -> None:
    await deploy(api, one)
    replicas = HeldReplicas(database.worker)
    (claimed,) = await replicas.claim(new_id(), "unix:/x", 1, 30)
    await replicas.exited(claimed, BROKEN)
    key = one.keys["editor"]
    (incident,) = (await api.call(key, "GET", "/incidents?open=true")).json()["items"]
    assert (incident["kind"], incident["bot_name"]) == ("quarantined", "up")
    path = f"/incidents/{incident['id']}"
    assert (await api.call(two.keys["owner"], "GET", path)).status_code == 404
    closed = (await api.call(key, "POST", f"{path}/resolve", {"resolution": "fixed"})).json()
    assert closed["resolution"] == "fixed"
    again = (await api.call(key, "POST", f"{path}/resolve", {"resolution": "twice"})).json()
    assert again["resolution"] == "fixed"
    assert (await api.call(key, "GET", "/incidents?open=true")).json()["items"] == []
    assert (await api.call(key, "GET", path)).json()["resolved_at"] is not None
    assert (await api.call(key, "GET", f"/incidents/{new_id()}")).json()["code"] == "incident_not_found"


async def test_what_happened_around_an_incident(
    api: Api, one: Tenant, two: Tenant, database: DatabaseUnderTest
) -> None:
    bot = UUID((await deploy(api, one))["bot"]["id"])
    past = datetime.now(UTC) - timedelta(hours=5)
    await past_runs(database.owner, one.workspace_id, bot, past, ["succeeded"])
    replicas = HeldReplicas(database.worker)
    (claimed,) = await replicas.claim(new_id(), "unix:/x", 1, 30)
    await replicas.exited(claimed, BROKEN)
    key = one.keys["editor"]
    (incident,) = (await api.call(key, "GET", f"/incidents?bot={bot}")).json()["items"]
    path = f"/incidents/{incident['id']}"
    timeline = (await api.call(key, "GET", path)).json()["timeline"]
    told = [(entry["source"], entry["kind"], entry["run_id"]) for entry in timeline]
    assert ("service", "created", None) in told
    assert ("incident", "opened", None) in told
    assert [run for source, _, run in told if source == "run"] == [str(claimed.run_id)]
    assert timeline == sorted(timeline, key=lambda entry: entry["at"])
    await api.call(key, "POST", f"{path}/resolve", {"resolution": "Put the file back."})
    ended = (await api.call(key, "GET", path)).json()["timeline"][-1]
    assert (ended["kind"], ended["message"]) == ("resolved", "Put the file back.")
    for reference, count in (("up", 1), ("other", 0), (str(new_id()), 0)):
        answer = await api.call(key, "GET", f"/incidents?bot={reference}")
        assert len(answer.json()["items"]) == count
    assert (await api.call(two.keys["owner"], "GET", f"/incidents?bot={bot}")).json()["items"] == []


async def test_resources_of_nothing_yet(api: Api, one: Tenant) -> None:
    await deploy(api, one)
    answer = await api.call(one.keys["viewer"], "GET", "/services/up/resources?hours=24")
    assert answer.json() == {"items": [], "more": False}
    assert (await api.call(one.keys["viewer"], "GET", "/services/up/resources?hours=0")).status_code == 422


async def test_who_may_call_a_private_service(api: Api, one: Tenant, two: Tenant) -> None:
    await deploy(api, one)
    slug = (await api.call(one.keys["owner"], "GET", "/workspace")).json()["slug"]
    path = f"/s/{slug}/up/"
    assert (await ask(api, None, path)).json()["code"] == "unauthenticated"
    assert (await ask(api, "c32_" + "x" * 43, path)).json()["code"] == "unauthenticated"
    assert (await ask(api, one.keys["viewer"], path)).json()["code"] == "forbidden"
    assert (await ask(api, two.keys["owner"], path)).json()["code"] == "service_not_found"
    refused = await ask(api, one.keys["editor"], path)
    assert (refused.status_code, refused.json()["code"]) == (503, "service_unavailable")
    assert refused.headers["retry-after"]
    await api.call(one.keys["owner"], "POST", "/services/up/pause")
    assert "paused" in (await ask(api, one.keys["editor"], path)).json()["detail"]


async def test_what_is_not_there_looks_the_same_to_strangers(api: Api, one: Tenant) -> None:
    await deploy(api, one)
    slug = (await api.call(one.keys["owner"], "GET", "/workspace")).json()["slug"]
    for path in (f"/s/{slug}/nothing/", "/s/nowhere/up/", f"/s/{slug}/up/", f"/s/{slug}/up@staging/"):
        assert (await ask(api, None, path)).json()["code"] == "unauthenticated", path
    assert (await ask(api, one.keys["editor"], f"/s/{slug}/up@staging/")).status_code == 404
    assert (await ask(api, one.keys["editor"], "/s/x/y/z")).status_code == 404


async def test_anybody_may_call_a_public_one(api: Api, one: Tenant) -> None:
    await deploy(api, one, manifest='kind = "service"\nservice = { port = 8080, public = true }')
    slug = (await api.call(one.keys["owner"], "GET", "/workspace")).json()["slug"]
    for key in (None, one.keys["viewer"], "c32_" + "x" * 43):
        assert (await ask(api, key, f"/s/{slug}/up/")).json()["code"] == "service_unavailable"
    assert (await ask(api, None, f"/s/{slug}/up/", "POST", content=b"x")).status_code == 503
    entered = await ask(api, None, f"/s/{slug}/up?a=1")
    assert (entered.status_code, entered.headers["location"]) == (308, f"/s/{slug}/up/?a=1")


async def test_a_service_without_a_port(api: Api, one: Tenant) -> None:
    await deploy(api, one, manifest='kind = "service"')
    slug = (await api.call(one.keys["owner"], "GET", "/workspace")).json()["slug"]
    answer = await ask(api, one.keys["editor"], f"/s/{slug}/up/")
    assert (answer.status_code, answer.json()["code"]) == (404, "service_has_no_port")


async def test_a_session_needs_the_request_header_to_change_anything(api: Api, one: Tenant) -> None:
    await deploy(api, one)
    slug = (await api.call(one.keys["owner"], "GET", "/workspace")).json()["slug"]
    answer = await ask(
        api, None, f"/s/{slug}/up/", "POST", content=b"x", headers={"Cookie": "codex32_session=x"}
    )
    assert answer.status_code in (400, 401, 403)
    assert answer.json()["code"] != "service_unavailable"
