"""P6: the API with 100,000 bots: list of 50, one bot, a new bot, at 20 connections; and with 1,000 bots.

PostgreSQL (fsync on), the API process and the load generator share the machine. The API is the real process,
started as `up` starts it, with authentication by key and row-level security on.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
import psycopg
from _harness import BenchDatabase, percentile, postgres, report, show
from _load import Load, Result, request, run
from codex32_server.features.access.facade import AccessFacade
from codex32_server.features.workspaces.facade import WorkspacesFacade
from codex32_server.main.derived import access_pepper
from codex32_server.storage.keys import parse_master_key
from codex32_server.storage.session import Database

MASTER_KEY = "5" * 64
KEY = "benchmark-key-" + "k" * 30
CONNECTIONS = 20
MANY, FEW = 100_000, 1_000
SOURCE = """\
# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.codex32]
# name = "{name}"
# description = "Adds a number to another one."
# tags = ["bench"]
# ///
def main(number: int, other: int = 1) -> dict:
    \"\"\"Add two numbers.\"\"\"
    return {{"sum": number + other}}
"""
MEASURES = {
    "list": ("GET list of 50", 500, 1000),
    "get": ("GET one", 800, 1600),
    "create": ("POST create", 300, 600),
}
_PATIENCE = 120.0
"""Seconds; a machine that others use takes long to start a process."""
_FILL = """
with made as (
  insert into bots (id, workspace_id, name, title, description, role, kind, tags, version_count)
  select uuidv7(), %(workspace)s, 'seed-' || n, 'Seed ' || n, 'A bot among many others.', 'worker', 'job',
         '{bench}', 1
    from generate_series(1, %(count)s) n
  returning id, workspace_id
), versioned as (
  insert into versions (id, workspace_id, bot_id, number, digest, entry, manifest, input_schema, proof)
  select uuidv7(), workspace_id, id, 1, 'sha256:' || md5(id::text) || md5(id::text), 'bot.py', '{}', '{}',
         'unproven'
    from made
  returning id, workspace_id, bot_id
)
insert into environments (workspace_id, bot_id, name, version_id)
select workspace_id, bot_id, 'dev', id from versioned
"""


@dataclass(frozen=True)
class Target:
    """A database with bots in it, and the workspace that the key opens."""

    database: BenchDatabase
    workspace: UUID
    some_ids: list[str]


async def main() -> None:
    arguments = _arguments()
    results: dict[int, dict[str, list[Result]]] = {}
    async with postgres() as server:
        for count in (FEW, MANY):
            target = await _fill(await server.database(), count)
            async with _api(target) as port:
                results[count] = _measure(target, port, arguments)
    answers = [_answer(name, results, arguments) for name in MEASURES]
    for answer in answers[:-1]:
        show(answer)
    whole = {**answers[0], "id": "P6", "parts": answers}
    for met in ("met_must", "met_aim"):
        whole[met] = all(answer[met] for answer in answers)
    show(whole)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement")
    return parser.parse_args()


async def _fill(database: BenchDatabase, count: int) -> Target:
    """The first workspace, a key, and `count` bots with a version each in dev."""
    app = Database(database.url("codex32_app"), pool_size=1)
    workspaces = WorkspacesFacade()
    access = AccessFacade(access_pepper(parse_master_key(MASTER_KEY)), workspaces)
    async with app.transaction(None) as tx:
        workspace, owner, _ = await workspaces.bootstrap(tx)
        await access.bootstrap_key(tx, owner, workspace.id, KEY)
    await app.close()
    async with await psycopg.AsyncConnection.connect(database.owner_url, autocommit=True) as admin:
        await admin.execute(_FILL, {"workspace": workspace.id, "count": count})
        await admin.execute("vacuum analyze")
        rows = await admin.execute("select id::text from bots order by random() limit 1000")
        return Target(database, workspace.id, [row[0] for row in await rows.fetchall()])


@asynccontextmanager
async def _api(target: Target) -> AsyncGenerator[int]:
    """The API process, as `up` starts it, and its port."""
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="codex32-bench-home-") as home:
        environment = {
            **os.environ,
            "CODEX32_DATABASE_URL": target.database.url("codex32_app"),
            "CODEX32_MASTER_KEY": MASTER_KEY,
            "CODEX32_PORT": str(port),
            "CODEX32_LOG_FORMAT": "json",
        }
        log = Path(home, "api.log").open("wb")  # noqa: SIM115, ASYNC230 - lives as long as the process
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "codex32_server.main.api", "--home", home, env=environment, stderr=log
        )
        try:
            await _healthy(port, process)
            yield port
        finally:
            process.terminate()
            await process.wait()
            log.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


async def _healthy(port: int, process: asyncio.subprocess.Process) -> None:
    deadline = time.monotonic() + _PATIENCE
    async with httpx.AsyncClient() as client:
        while True:
            try:
                answer = await client.get(f"http://127.0.0.1:{port}/health/ready")
                if answer.status_code == 200:
                    return
            except httpx.TransportError:
                pass
            if process.returncode is not None:
                raise RuntimeError(f"the API ended with {process.returncode}")
            if time.monotonic() > deadline:
                raise TimeoutError("the API did not become ready")
            await asyncio.sleep(0.05)


def _measure(target: Target, port: int, arguments: argparse.Namespace) -> dict[str, list[Result]]:
    """Every measure, `repeats` times, one after the other; a short warm-up of each first."""
    loads = {
        "list": lambda: ([request("GET", "/api/v1/bots?limit=50", KEY)], 200),
        "get": lambda: ([request("GET", f"/api/v1/bots/{bot}", KEY) for bot in target.some_ids], 200),
        "create": lambda: (_new_bots(), 201),
    }
    found: dict[str, list[Result]] = {name: [] for name in loads}
    for name, make in loads.items():
        for repeat in range(arguments.repeats + 1):
            requests, expected = make()
            seconds = arguments.seconds if repeat else 1.0
            result = run(Load("127.0.0.1", port, requests, CONNECTIONS, seconds, expected))
            if result.wrong:
                raise RuntimeError(f"{result.wrong} answers of {name} were not {expected}")
            if repeat:
                found[name].append(result)
    return found


def _new_bots() -> list[bytes]:
    """More requests than can be sent in the time; every name is new."""
    prefix = f"b{uuid4().hex[:10]}"
    return [
        request(
            "POST",
            "/api/v1/bots",
            KEY,
            orjson.dumps({"files": {"bot.py": SOURCE.format(name=f"{prefix}-{n}")}}),
        )
        for n in range(20_000)
    ]


def _answer(
    name: str, results: dict[int, dict[str, list[Result]]], arguments: argparse.Namespace
) -> dict[str, Any]:
    """Rates and 99th percentiles against what they must be, and the same with few bots."""
    label, must, aim = MEASURES[name]
    many, few = results[MANY][name], results[FEW][name]
    p99 = [percentile(result.latencies, 0.99) * 1000 for result in many]
    rates = [result.rate for result in many]
    answer = report(f"P6-{name}", rates, unit="requests/s", must=must, aim=aim)
    answer |= {
        "measure": label,
        "p99_ms": round(statistics.median(p99), 1),
        "p99_runs": [round(value, 1) for value in p99],
        "with_1000_bots": round(statistics.median(result.rate for result in few), 1),
        "bots": MANY,
        "connections": CONNECTIONS,
        "seconds": arguments.seconds,
    }
    for met in ("met_must", "met_aim"):
        answer[met] = answer[met] and answer["p99_ms"] < 100
    return answer


if __name__ == "__main__":
    asyncio.run(main())
