"""Services from deployment to the last request: real API, real worker, real sandboxes, real HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from support.folders import reachable_folder
from support.postgres import DatabaseUnderTest
from support.services import Site, a_site

pytestmark = [pytest.mark.sandbox]


@pytest.fixture
async def site(database: DatabaseUnderTest) -> AsyncIterator[Site]:
    with reachable_folder("codex32-services-") as folder:
        async with a_site(database, folder) as made:
            yield made


async def eventually(site: Site, path: str, version: int) -> None:
    """Until a request is answered by that version."""
    async with asyncio.timeout(60):
        while True:
            answer = await site.ask(path)
            if answer.status_code == 200 and answer.json()["version"] == version:
                return
            await asyncio.sleep(0.05)


async def test_requests(site: Site) -> None:
    await site.http_service(1)
    async with site.worker() as worker:
        await site.until("running", worker=worker)
        # What the bot sees of a request.
        given = {"Cookie": "codex32_session=x", "X-Mine": "1"}
        answer = await site.ask("up/a%20b/c?x=1&y=%2F", headers=given)
        seen = answer.json()
        assert seen["path"] == "/a%20b/c?x=1&y=%2F"
        assert seen["headers"]["x-mine"] == "1"
        assert seen["headers"]["x-forwarded-prefix"] == f"/s/{site.slug}/up"
        assert not {"authorization", "cookie"} & {name.lower() for name in seen["headers"]}
        assert answer.headers["content-security-policy"].startswith("sandbox ")
        assert len(answer.headers.get_list("x-content-type-options")) == 1
        # Bodies, whole and in parts, both ways.
        body = os.urandom(300_000)
        assert (await site.ask("up/echo", "POST", content=body)).content == body

        async def parts() -> AsyncIterator[bytes]:
            for _ in range(5):
                yield b"x" * 10_000

        assert (await site.ask("up/echo", "POST", content=parts())).content == b"x" * 50_000
        assert (await site.ask("up/stream")).text == "part-0,part-1,part-2,"
        head = await site.ask("up/", "HEAD")
        assert (head.status_code, head.content) == (200, b"")
        # A bot cannot act as the platform, nor lead out of its place.
        moved = await site.ask("up/redirect")
        assert moved.headers["location"] == f"/s/{site.slug}/up/there"
        assert "set-cookie" not in moved.headers
        # What the bot does wrong is said.
        for path in ("up/broken", "up/hangup"):
            broken = await site.ask(path)
            assert (broken.status_code, broken.json()["code"]) == (502, "bad_gateway"), path
        many = await asyncio.gather(*(site.ask(f"up/{number}") for number in range(100)))
        assert {answer.status_code for answer in many} == {200}, [answer.text for answer in many]
        assert [answer.json()["path"] for answer in many] == [f"/{number}" for number in range(100)]
        # Too much is refused before the bot sees it.
        large = await site.ask("up/echo", "POST", content=b"x" * (65 * 1024 * 1024))
        assert (large.status_code, large.json()["code"]) == (413, "body_too_large")


async def test_its_log_and_resources_are_those_of_its_run(site: Site) -> None:
    await site.http_service(7)
    async with site.worker():
        found = await site.until("running")
        run_id = found["replicas"][0]["run_id"]
        run = await site.call("GET", f"/runs/{run_id}")
        assert (run["status"], run["trigger"]) == ("running", {"kind": "service", "id": found["id"]})
        async with asyncio.timeout(30):
            while not (lines := (await site.call("GET", f"/runs/{run_id}/logs"))["items"]):
                await asyncio.sleep(0.05)
        assert lines[0]["text"] == "serving version 7"
        await site.ask("up/x")
        items: list[dict[str, Any]] = []
        async with asyncio.timeout(30):
            while sum(item["bytes_in"] for item in items) < 100:
                await asyncio.sleep(0.1)
                items = (await site.call("GET", f"/runs/{run_id}/resources"))["items"]
        assert items[0]["memory"] > 1_000_000
        assert items[0]["processes"] >= 1
        assert sum(item["cpu_seconds"] for item in items) > 0
        whole = (await site.call("GET", "/services/up/resources?hours=1"))["items"]
        assert whole[-1]["memory"] > 1_000_000


async def test_a_new_version_takes_over_without_a_gap(site: Site) -> None:
    await site.http_service(1)
    async with site.worker() as worker:
        await site.until("running", worker=worker)
        answers: list[tuple[int, int]] = []
        done = asyncio.Event()

        async def ask_on_and_on() -> None:
            while not done.is_set():
                answer = await site.ask("up/")
                answers.append((answer.status_code, answer.json().get("version", 0)))
                await asyncio.sleep(0.01)

        asking = asyncio.create_task(ask_on_and_on())
        await site.http_service(2)
        await eventually(site, "up/", 2)
        await site.until("running")
        done.set()
        await asking
        assert {status for status, _ in answers} == {200}
        assert answers[0][1] == 1
        assert "rolled_out" in await site.kinds()


async def test_a_broken_version_is_taken_back(site: Site) -> None:
    await site.http_service(1)
    async with site.worker() as worker:
        await site.until("running", worker=worker)
        table = 'service = { port = 8080, backoff = "100ms", start_timeout = "10s" }'
        await site.deploy("def main():\n    raise ValueError('no')\n", table)
        async with asyncio.timeout(60):
            while "rolled_back" not in await site.kinds():
                assert (await site.ask("up/")).json()["version"] == 1
                await asyncio.sleep(0.05)
        found = await site.until("running")
        assert found["failed_version"]["number"] == 2
        assert found["actual"]["version"]["number"] == 1
        incidents = await site.call("GET", "/incidents?open=true")
        assert [incident["kind"] for incident in incidents["items"]] == ["fallback"]


async def test_a_crash_is_followed_by_a_restart_and_a_loop_by_quarantine(site: Site) -> None:
    await site.http_service(1, 'service = { port = 8080, backoff = "100ms", crash_loop = 2 }')
    async with site.worker() as worker:
        first = await site.until("running", worker=worker)
        assert (await site.ask("up/die")).status_code == 502
        async with asyncio.timeout(60):
            while (found := await site.show())["actual"]["restarts"] != 1 or found["status"] != "running":
                await asyncio.sleep(0.05)
        assert found["replicas"][0]["last_exit"]["exit_code"] == 9
        assert found["replicas"][0]["run_id"] != first["replicas"][0]["run_id"]
        await site.ask("up/die")
        await site.until("quarantined")
        assert (await site.ask("up/")).json()["code"] == "service_unavailable"
        await site.call("POST", "/services/up/restart")
        await site.until("running")
        assert (await site.ask("up/")).status_code == 200


async def test_a_hung_one_is_restarted(site: Site) -> None:
    body = """
from codex32_bot import service, state
def main():
    first = state.get("starts") is None
    state.set("starts", 1)
    service.ready()
    while not service.wait(0.1):
        if not first:
            service.heartbeat()
"""
    probes = 'readiness = { heartbeat = "1m" }, liveness = { heartbeat = "1s" }'
    table = f'service = {{ backoff = "50ms", {probes} }}'
    async with site.worker() as worker:
        await site.deploy(body, table)
        async with asyncio.timeout(60):
            while (found := await site.show())["actual"]["restarts"] == 0 or found["status"] != "running":
                await asyncio.sleep(0.1)
        assert found["replicas"][0]["last_exit"]["code"] == "unhealthy", worker.log()[-2000:]
        assert "unhealthy" in await site.kinds()


async def test_replicas_share_the_requests(site: Site) -> None:
    await site.http_service(1, "service = { port = 8080, replicas = 2 }")
    async with site.worker():
        await site.until("running")
        seen: set[float] = set()
        async with asyncio.timeout(30):
            while len(seen) < 2:
                answers = await asyncio.gather(*(site.ask("up/") for _ in range(8)))
                seen |= {answer.json()["started"] for answer in answers}
        await site.call("POST", "/services/up/scale", {"replicas": 1})
        async with asyncio.timeout(30):
            while (await site.show())["actual"]["replicas"] != 1:
                await asyncio.sleep(0.05)
        assert (await site.ask("up/")).status_code == 200


async def test_pause_ends_the_process_and_resume_starts_another(site: Site) -> None:
    await site.http_service(1)
    async with site.worker():
        await site.until("running")
        await site.call("POST", "/services/up/pause")
        async with asyncio.timeout(30):
            while (await site.show())["replicas"]:
                await asyncio.sleep(0.05)
        assert "paused" in (await site.ask("up/")).json()["detail"]
        await site.call("POST", "/services/up/resume")
        await site.until("running")
        assert (await site.ask("up/")).status_code == 200


async def test_a_public_one_over_tcp(site: Site) -> None:
    await site.http_service(1, "service = { port = 8080, public = true }")
    async with site.worker(worker_service_listen="127.0.0.1:0"):
        await site.until("running")
        answer = await site.ask("up/", key=None, headers={"Authorization": "Basic mine"})
        assert answer.json()["headers"]["authorization"] == "Basic mine"
        assert "x-codex32-member" not in answer.json()["headers"]
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


async def test_a_worker_that_stops_hands_over(site: Site) -> None:
    await site.http_service(1)
    async with site.worker() as first:
        await site.until("running", worker=first)
        async with site.worker() as second:
            assert await first.end(signal.SIGTERM) == 0
            await eventually(site, "up/", 1)
            found = await site.until("running", worker=second)
        assert found["replicas"][0]["failures"] == 0
        assert "released" in await site.kinds()
        runs = await site.call("GET", "/runs?trigger=service")
        assert [run["status"] for run in runs["items"]] == ["running", "cancelled"]


@pytest.mark.chaos
async def test_a_killed_worker_is_replaced_within_its_lease(site: Site) -> None:
    await site.http_service(1)
    async with site.worker() as first:
        await site.until("running", worker=first)
        await first.end(signal.SIGKILL)
        async with site.worker() as second:
            async with asyncio.timeout(60):
                while (found := await site.show())["actual"]["restarts"] == 0 or found["status"] != "running":
                    await asyncio.sleep(0.05)
            assert (await site.ask("up/")).status_code == 200, second.log()[-2000:]
        runs = (await site.call("GET", "/runs?trigger=service"))["items"]
        assert [run["error"]["code"] for run in runs if run["status"] == "failed"] == ["worker_lost"]


@pytest.mark.chaos
async def test_a_worker_that_sleeps_too_long_ends_its_process(site: Site) -> None:
    """One process at a time: when it wakes, another worker has the replica."""
    await site.http_service(1)
    async with site.worker() as first:
        await site.until("running", worker=first)
        first.send(signal.SIGSTOP)
        async with site.worker() as second:
            async with asyncio.timeout(60):
                while (await site.show())["actual"]["restarts"] == 0:
                    await asyncio.sleep(0.05)
            found = await site.until("running", worker=second)
            first.send(signal.SIGCONT)
            async with asyncio.timeout(30):
                while "replica lost" not in first.log() and "ran out" not in first.log():
                    await asyncio.sleep(0.05)
            assert (await site.ask("up/")).status_code == 200
            assert (await site.show())["replicas"][0]["run_id"] == found["replicas"][0]["run_id"]


async def test_answers_are_json_problems_even_for_a_wrong_address(site: Site) -> None:
    async with httpx.AsyncClient(base_url=site.http.base_url) as client:
        answer = await client.get("/s/")
        assert answer.status_code == 404
        assert json.loads(answer.content)["code"] == "no_such_path"
