"""The API killed while people submit: what it acknowledged exists and ends once, and nothing is half-done."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from codex32_server.storage.cluster import Cluster
from codex32_server.storage.embedded import SUPERUSER, ConnectionInfo
from codex32_server.storage.homes import open_home
from support.folders import reachable_folder
from support.installation import Installation
from support.queue import Rows, rows_of
from support.submitting import Promises, Submitter
from support.waiting import until
from support.worker import NO_OP, bot_source

pytestmark = [pytest.mark.chaos, pytest.mark.sandbox, pytest.mark.slow, pytest.mark.timeout(300)]

CLIENTS = 6
KILLS = 5
BETWEEN = 12
"""Acknowledgements after which the next kill comes."""
ENDED = {"succeeded", "failed", "cancelled", "timed_out"}

_HALF_DONE = """
select k.key from idempotency_keys k left join runs r on r.id = k.run_id where r.id is null
union all
select r.id::text from runs r
 where not exists (select from versions v where v.id = r.version_id)
    or r.status in ('succeeded', 'failed') and not exists (select from run_attempts a where a.run_id = r.id)
"""


@pytest.fixture
def installation() -> Iterator[Installation]:
    with reachable_folder("codex32-api-killed-") as base:
        made = Installation(base, CODEX32_LOG_LEVEL="warning")
        try:
            told = made.up()
            assert told.code == 0, told.err
            yield made
        finally:
            made.down()


def owner_url(installation: Installation) -> str:
    """The database of an installation as its superuser sees it."""
    home = open_home(installation.home)
    socket_dir = Cluster(home.postgres, None).socket_dir()
    return ConnectionInfo(socket_dir, 0, home.master_key(None).role_password).url(SUPERUSER)


def client_of(installation: Installation) -> httpx.AsyncClient:
    key = json.loads(installation.profile.read_text())["api_key"]
    return httpx.AsyncClient(
        base_url=installation.url, headers={"Authorization": f"Bearer {key}"}, timeout=30
    )


def api_pid(installation: Installation) -> int | None:
    state: dict[str, Any] = json.loads((installation.home / "up.json").read_text())
    return next((process["pid"] for process in state["processes"] if process["name"] == "api"), None)


async def kill_now_and_then(installation: Installation, promises: Promises) -> None:
    """Kill the API a few moments after it has acknowledged some more."""
    chance = random.Random(8032)
    for _ in range(KILLS):
        reached = len(promises.acknowledged) + BETWEEN
        async with asyncio.timeout(60):
            while len(promises.acknowledged) < reached:
                await asyncio.sleep(0.005)
        await asyncio.sleep(chance.uniform(0.0, 0.03))
        pid = api_pid(installation)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)


async def test_killed_again_and_again_while_people_submit(installation: Installation) -> None:
    (installation.base / "quick.py").write_text(bot_source("quick", NO_OP))
    told = installation.codex32("deploy", "quick.py", "--json")
    assert told.code == 0, told.err
    promises = Promises()
    stop = asyncio.Event()
    async with client_of(installation) as client:
        submitters = [Submitter(client, "quick", promises) for _ in range(CLIENTS)]
        going_on = [asyncio.create_task(submitter.keep_on(stop)) for submitter in submitters]
        try:
            await kill_now_and_then(installation, promises)
        finally:
            stop.set()
            await asyncio.gather(*going_on)
        assert promises.repeated, "no request was cut off: the kills came at the wrong moments"
        for key, run_id in promises.keyed.items():
            assert await submitters[0].with_key(key) == run_id
    async with rows_of(owner_url(installation)) as rows:
        await until(lambda: unfinished(rows), 0, timeout=120)
        await judge(rows, promises)


async def judge(rows: Rows, promises: Promises) -> None:
    """Everything promised is there, ended once, and there is nothing else."""
    found = {str(row["id"]): row for row in await rows.all("select * from runs")}
    acknowledged = promises.acknowledged
    assert len(set(acknowledged)) == len(acknowledged)
    assert set(acknowledged) <= set(found)
    assert len(found) - len(acknowledged) <= promises.unanswered
    assert len(await rows.all("select key from idempotency_keys")) == len(promises.keyed)
    for run_id, run in found.items():
        assert run["status"] == "succeeded"
        attempts = await rows.all("select outcome from run_attempts where run_id = %s", run_id)
        assert [row["outcome"] for row in attempts] == ["succeeded"]
    assert await rows.all(_HALF_DONE) == []


async def unfinished(rows: Rows) -> int:
    counts = await rows.counts()
    return sum(count for status, count in counts.items() if status not in ENDED)
