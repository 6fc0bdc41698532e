"""A log of fifty thousand lines: shown quickly, and nobody else waits for it. Over a socket, as in life."""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import uvicorn
from codex32_server.features.access.facade import AccessFacade
from codex32_server.features.workspaces.facade import WorkspacesFacade
from codex32_server.main.api import build_app
from codex32_server.queue.notify import LOGS, RUN, Listener
from codex32_server.runtime.contract import LogLine
from codex32_server.settings.model import Settings
from codex32_server.storage.session import Database
from support.api import PEPPER, source
from support.postgres import DatabaseUnderTest

from codex32_server.features.runs.facade import RunsFacade  # isort: skip
from datetime import UTC, datetime, timedelta  # isort: skip

LINES = 50_000
TEXT = "line {n:>6} " + "x" * 180
GENEROUS = float(os.environ.get("CODEX32_TEST_LOG_SECONDS", "20"))
"""Seconds of processor time, client and server together; a quarter of it is usual."""
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
_COMMAND = "from codex32_sdk.cli.app import main; main()"


@dataclass
class Served:
    """The real application on a socket of loopback."""

    url: str
    key: str
    workspace_id: UUID
    database: Database
    runs: RunsFacade

    async def a_run(self) -> UUID:
        headers = {"Authorization": f"Bearer {self.key}"}
        async with httpx.AsyncClient(base_url=f"{self.url}/api/v1", headers=headers) as http:
            files = [{"path": "bot.py", "content": source("talker")}]
            (await http.put("/bots/by-name/talker", json={"files": files})).raise_for_status()
            answer = await http.post("/bots/talker/runs", json={"input": {}})
            return UUID(answer.raise_for_status().json()["id"])

    async def write(self, run_id: UUID, first: int, last: int) -> None:
        lines = [
            LogLine(n, START + timedelta(milliseconds=n), "stdout", TEXT.format(n=n))
            for n in range(first, last + 1)
        ]
        async with self.database.transaction(self.workspace_id) as tx:
            await self.runs.append_logs(tx, self.workspace_id, run_id, 1, lines)


@pytest.fixture
async def served(database: DatabaseUnderTest) -> AsyncIterator[Served]:
    workspaces = WorkspacesFacade()
    access = AccessFacade(PEPPER, workspaces)
    async with database.app.transaction(None) as tx:
        workspace, owner, _ = await workspaces.bootstrap(tx)
        key = (await access.owner_key(tx, owner, workspace.id, "test")).key
    app = build_app(
        Settings(), database.open("codex32_app"), Listener(database.app_url, [RUN, LOGS]), PEPPER
    )
    config = uvicorn.Config(app, port=0, log_config=None, access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    runs: RunsFacade = app.state.provided[RunsFacade]
    yield Served(f"http://127.0.0.1:{port}", key, workspace.id, database.app, runs)
    server.should_exit = True
    await serving


@pytest.fixture
async def long_run(served: Served, database: DatabaseUnderTest) -> UUID:
    run_id = await served.a_run()
    for first in range(1, LINES, 2000):
        await served.write(run_id, first, first + 1999)
    from sqlalchemy import text

    async with database.owner.transaction(None) as tx:
        await tx.execute(
            text("update runs set status='succeeded', attempt=1, started_at=now(), finished_at=now() where id=:id"),
            {"id": run_id},
        )
    return run_id


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


async def _logs(served: Served, run_id: UUID, target: Path, *options: str) -> tuple[float, float]:
    """Processor seconds and seconds that `codex32 logs` took."""
    environ = {**os.environ, "CODEX32_URL": served.url, "CODEX32_API_KEY": served.key}
    cpu, began = _cpu(), time.monotonic()
    with target.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _COMMAND, *options, stdout=out, stderr=out, env=environ
        )
        assert await process.wait() == 0
    spent = _cpu() - cpu, time.monotonic() - began
    print(options, "cpu %.2f wall %.2f" % spent)
    return spent


@pytest.mark.parametrize("options", [("--follow",), ()], ids=["followed", "paged"])
async def test_a_long_log_is_shown_quickly(
    served: Served, long_run: UUID, tmp_path: Path, options: tuple[str, ...]
) -> None:
    cpu, _ = await _logs(served, long_run, tmp_path / "out", "logs", str(long_run), *options)
    shown = (tmp_path / "out").read_text().splitlines()
    assert shown == [TEXT.format(n=n) for n in range(1, LINES + 1)]
    assert cpu < GENEROUS


async def test_bench(served: Served, long_run: UUID, tmp_path: Path) -> None:
    headers = {"Authorization": f"Bearer {served.key}"}
    other = await served.a_run()
    gaps: list[float] = []
    stop = asyncio.Event()

    async def neighbour() -> None:
        n = 0
        async with httpx.AsyncClient(headers=headers, timeout=60) as http:
            async with http.stream("GET", f"{served.url}/api/v1/runs/{other}/logs/stream") as answer:
                chunks = answer.aiter_bytes()
                await anext(chunks)
                while not stop.is_set():
                    n += 1
                    began = time.monotonic()
                    await served.write(other, n, n)
                    while f"line {n:>6}" not in (await anext(chunks)).decode():
                        pass
                    gaps.append(time.monotonic() - began)
                    await asyncio.sleep(0.05)

    listening = asyncio.create_task(neighbour())
    await asyncio.sleep(1)
    cpu, began = time.process_time(), time.monotonic()
    process = await asyncio.create_subprocess_exec(
        "curl", "-sN", "-o", str(tmp_path / "curl"), "-H", f"Authorization: Bearer {served.key}",
        f"{served.url}/api/v1/runs/{long_run}/logs/stream",
    )
    await process.wait()
    print("curl server cpu %.2f wall %.2f" % (time.process_time() - cpu, time.monotonic() - began))
    print("size", (tmp_path / "curl").stat().st_size)
    stop.set()
    await listening
    print("gaps", len(gaps), "max %.3f median %.3f" % (max(gaps), sorted(gaps)[len(gaps) // 2]))
    os.environ["PYTHONUNBUFFERED"] = ""
    print("run-style:")
    environ = {**os.environ, "CODEX32_URL": served.url, "CODEX32_API_KEY": served.key}
    cpu2, began = _cpu(), time.monotonic()
    code = (
        "from codex32_sdk.client import Client; from codex32_sdk.cli.watching import _print_log; import sys;"
        "c=Client.from_profile(); _print_log(c, sys.argv[1])"
    )
    with (tmp_path / "err").open("wb") as out:
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, str(long_run), stderr=out, env=environ)
        assert await process.wait() == 0
    print("run cpu %.2f wall %.2f" % (_cpu() - cpu2, time.monotonic() - began))
