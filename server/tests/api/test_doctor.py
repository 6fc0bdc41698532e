"""What workers found of their machines, and what the server needs, for administrators."""

from __future__ import annotations

import json
from uuid import uuid4

from codex32_server.queue.link import Links
from codex32_server.queue.workers import WorkerRegistry
from support.api import Api, Tenant

CHECKS = [
    {"name": "seccomp", "ok": True, "detail": "filters calls", "remedy": None, "required": True},
    {"name": "cgroup", "ok": False, "detail": "not writable", "remedy": "Delegate one.", "required": False},
]


async def test_without_a_worker(api: Api, one: Tenant) -> None:
    found = (await api.call(one.keys["administrator"], "GET", "/system/doctor")).json()
    assert (found["ok"], found["machines"]) == (False, [])
    assert [(check["name"], check["state"]) for check in found["platform"]] == [
        ("database", "ok"),
        ("workers", "missing"),
    ]
    assert "codex32 up" in found["platform"][1]["next_step"]


async def test_what_a_worker_found_stays_with_its_heartbeats(api: Api, one: Tenant) -> None:
    links, worker = Links(api.under_test.worker_url), uuid4()
    registry = WorkerRegistry(links)
    await registry.register(worker, "here:1", 2, "starting", "")
    await registry.register(worker, "here:1", 2, "ready", "", json.dumps(CHECKS))
    await registry.register(worker, "here:1", 2, "ready", "")
    await links.close()
    found = (await api.call(one.keys["administrator"], "GET", "/system/doctor")).json()
    assert found["ok"] is True
    (machine,) = found["machines"]
    assert (machine["worker"], machine["state"]) == ("here:1", "ready")
    assert machine["checks"] == [
        {"name": "seccomp", "state": "ok", "detail": "filters calls", "next_step": None},
        {"name": "cgroup", "state": "limited", "detail": "not writable", "next_step": "Delegate one."},
    ]


async def test_only_administrators_see_machines(api: Api, one: Tenant, two: Tenant) -> None:
    for key in (one.keys["owner"], one.keys["viewer"], two.keys["owner"]):
        assert (await api.call(key, "GET", "/system/doctor")).status_code == 403
