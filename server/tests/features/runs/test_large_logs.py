"""A log of fifty thousand lines: shown quickly, and nobody else waits for it. Over a socket, as in life."""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import uvicorn
from codex32_server.features.access.facade import AccessFacade
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.workspaces.facade import WorkspacesFacade
from codex32_server.main.api import build_app
from codex32_server.main.gateway import Gateway
from codex32_server.queue.notify import LOGS, RUN, Listener
from codex32_server.runtime.contract import LogLine
from codex32_server.settings.model import Settings
from codex32_server.storage.session import Database
from fastapi import FastAPI
from sqlalchemy import text
from support.api import PEPPER, source
from support.postgres import DatabaseUnderTest
from support.secrets import secret_keys

LINES = 50_000
GENEROUS = 12.0
"""Seconds of processor time of client and server together; less than four are usual."""
PATIENT = 3.0
"""Seconds until a neighbour's new line is seen; a tenth is usual on a machine with nothing else to do."""
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
_COMMAND = "from codex32_sdk.cli.app import main; main()"


def _text(number: int) -> str:
    return f"line {number} " + "x" * 180


@dataclass
class Served:
    """The real application on a socket of loopback."""

    url: str
    key: str
    workspace_id: UUID
    database: Database
    owner: Database
    runs: RunsFacade

    def client(self) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self.key}"}
        return httpx.AsyncClient(base_url=f"{self.url}/api/v1", headers=headers, timeout=30)

    async def a_run(self) -> UUID:
        async with self.client() as http:
            files = [{"path": "bot.py", "content": source("talker")}]
            (await http.put("/bots/by-name/talker", json={"files": files})).raise_for_status()
            answer = await http.post("/bots/talker/runs", json={"input": {}})
            return UUID(answer.raise_for_status().json()["id"])

    async def write(self, run_id: UUID, first: int, last: int) -> None:
        lines = [
            LogLine(number, START + timedelta(milliseconds=number), "stdout", _text(number))
            for number in range(first, last + 1)
        ]
        async with self.database.transaction(self.workspace_id) as tx:
            await self.runs.append_logs(tx, self.workspace_id, run_id, 1, lines)

    async def a_long_run(self) -> UUID:
        """One that has ended."""
        run_id = await self.a_run()
        for first in range(1, LINES, 2000):
            await self.write(run_id, first, first + 1999)
        ended = "status = 'succeeded', attempt = 1, started_at = now(), finished_at = now()"
        async with self.owner.transaction(None) as tx:
            await tx.execute(text(f"update runs set {ended} where id = :id"), {"id": run_id})
        return run_id


@asynccontextmanager
async def on_a_socket(app: FastAPI) -> AsyncIterator[str]:
    config = uvicorn.Config(app, port=0, log_config=None, access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


@pytest.fixture
async def served(database: DatabaseUnderTest) -> AsyncIterator[Served]:
    workspaces = WorkspacesFacade()
    access = AccessFacade(PEPPER, workspaces)
    async with database.app.transaction(None) as tx:
        workspace, owner, _ = await workspaces.bootstrap(tx)
        key = (await access.owner_key(tx, owner, workspace.id, "test")).key
    listener = Listener(database.app_url, [RUN, LOGS])
    gateway = Gateway(Settings(), database.gateway_url, database.app_url, secret_keys(), PEPPER)
    app = build_app(Settings(), database.open("codex32_app"), listener, PEPPER, secret_keys(), gateway)
    runs: RunsFacade = app.state.provided[RunsFacade]
    async with on_a_socket(app) as url:
        yield Served(url, key, workspace.id, database.app, database.owner, runs)


async def _shown(served: Served, target: Path, *arguments: str) -> float:
    """Processor seconds of the command line and of this process, which serves it."""
    environ = {**os.environ, "CODEX32_URL": served.url, "CODEX32_API_KEY": served.key}
    before = _cpu()
    with target.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _COMMAND, *arguments, stdout=out, stderr=out, env=environ
        )
        assert await process.wait() == 0
    return _cpu() - before


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


@pytest.mark.slow
async def test_a_long_log_is_shown_quickly(served: Served, tmp_path: Path) -> None:
    run_id = str(await served.a_long_run())
    expected = [_text(number) for number in range(1, LINES + 1)]
    for name, options in {"followed": ("--follow",), "paged": ()}.items():
        cpu = await _shown(served, tmp_path / name, "logs", run_id, *options)
        assert (tmp_path / name).read_text().splitlines() == expected
        assert cpu < GENEROUS, name


@pytest.mark.slow
async def test_a_neighbour_does_not_wait_for_a_long_log(served: Served, tmp_path: Path) -> None:
    long_run, other = await served.a_long_run(), await served.a_run()
    waits: list[float] = []
    async with served.client() as http, http.stream("GET", f"/runs/{other}/logs/stream") as answer:
        lines = answer.aiter_lines()
        showing = asyncio.create_task(_shown(served, tmp_path / "out", "logs", str(long_run), "--follow"))
        while not showing.done():
            number = len(waits) + 1
            began = time.monotonic()
            await served.write(other, number, number)
            while f'"line {number} x' not in await anext(lines):
                pass
            waits.append(time.monotonic() - began)
            await asyncio.sleep(0.02)
        await showing
    assert len(waits) > 5
    assert max(waits) < PATIENT
