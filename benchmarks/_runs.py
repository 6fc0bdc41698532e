"""What the benchmarks of runs share: a published bot, a real worker process, and runs that are waited for."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from _harness import BenchDatabase, postgres, temporary_home
from codex32_server.features.bots.facade import BotsFacade, NewDeployment, ProofReport, ProofResult
from codex32_server.features.workspaces.facade import WorkspacesFacade
from codex32_server.http.principal import Principal
from codex32_server.kit.ids import new_id
from codex32_server.queue.entries import NewRun
from codex32_server.queue.submit import submit_run
from codex32_server.storage.session import Database

TIMEOUT = 600.0
_ELAPSED = """
select extract(epoch from max(finished_at) - min(started_at))::float8,
       count(*) filter (where status <> 'succeeded')
  from runs where created_at > %s
"""
_WHY = "select error_code, error_detail from runs where status <> 'succeeded' limit 1"
_LEFT = "select count(*) from runs where status in ('queued', 'running')"


def bot(main: str, **manifest: str) -> bytes:
    """The file of a bot; manifest values are TOML."""
    lines = "".join(f"# {key} = {value}\n" for key, value in {"name": '"bench"', **manifest}.items())
    return f"# /// script\n# [tool.codex32]\n{lines}# ///\n{main}".encode()


@dataclass(frozen=True)
class Stand:
    """A database with a workspace, and a worker that serves it."""

    database: BenchDatabase
    app: Database
    principal: Principal
    worker: asyncio.subprocess.Process

    async def publish(self, source: bytes) -> NewRun:
        """A run of a new version, to be copied."""
        bots = BotsFacade()
        async with self.app.transaction(self.principal.workspace_id) as tx:
            deployed = await bots.deploy(tx, self.principal, NewDeployment(files={"bot.py": source}))
            if deployed.version.proof == "pending":
                unproven = ProofResult("unproven", ProofReport(reason=""))
                await bots.record_proof(tx, self.principal.workspace_id, deployed.version.id, unproven)
        return NewRun(self.principal.workspace_id, deployed.bot.id, deployed.version.id, "dev")

    async def submit(self, run: NewRun, count: int = 1) -> None:
        """Queue copies of a run in one transaction."""
        async with self.app.transaction(run.workspace_id) as tx:
            for _ in range(count):
                await submit_run(tx, NewRun(run.workspace_id, run.bot_id, run.version_id, run.environment))

    async def rate(self, run: NewRun, count: int) -> float:
        """Runs a second, from the first claim to the last recorded end, by the database's time."""
        async with self.inspect() as connection:
            began = await _one(connection, "select now()")
            await self.submit(run, count)
            await self.settled(connection)
            row = await (await connection.execute(_ELAPSED, (began,))).fetchone() or (0.0, 0)
            why = await (await connection.execute(_WHY)).fetchone()
        if row[1]:
            raise SystemExit(f"{row[1]} of {count} runs did not succeed: {why}")
        return count / row[0]

    async def settled(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """Wait until nothing is queued or runs."""
        async with asyncio.timeout(TIMEOUT):
            while await _one(connection, _LEFT):  # noqa: ASYNC110 - another process works: no event
                await asyncio.sleep(0.05)

    @asynccontextmanager
    async def inspect(self) -> AsyncGenerator[psycopg.AsyncConnection[Any]]:
        """A connection of the superuser."""
        connection = await psycopg.AsyncConnection.connect(self.database.owner_url, autocommit=True)
        async with connection:
            yield connection


@asynccontextmanager
async def stand(slots: int | None = None, **settings: str) -> AsyncGenerator[Stand]:
    """Everything up; gone afterwards. `settings`: names without CODEX32_."""
    async with postgres() as server:
        database = await server.database()
        app = Database(database.url("codex32_app"))
        home = temporary_home()
        worker = await _worker(database, home, slots, settings)
        try:
            yield Stand(database, app, await _owner(app), worker)
        finally:
            worker.send_signal(signal.SIGTERM)
            await worker.wait()
            await app.close()
            shutil.rmtree(home, ignore_errors=True)


async def _owner(app: Database) -> Principal:
    async with app.transaction(None) as tx:
        workspace, owner, _ = await WorkspacesFacade().bootstrap(tx)
    return Principal(
        workspace_id=workspace.id, member_id=owner.id, name="bench", role="owner", scopes=frozenset(),
        administrator=True, credential="key", credential_id=new_id(),
    )  # fmt: skip


async def _worker(
    database: BenchDatabase, home: Path, slots: int | None, settings: dict[str, str]
) -> asyncio.subprocess.Process:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CODEX32_")}
    environment |= {"CODEX32_DATABASE_URL": database.url("codex32_worker"), "CODEX32_LOG_LEVEL": "warning"}
    environment |= {f"CODEX32_{name}": value for name, value in settings.items()}
    if slots:
        environment["CODEX32_WORKER_SLOTS"] = str(slots)
    command = [sys.executable, "-P", "-m", "codex32_server.main.worker", "--home", str(home)]
    return await asyncio.create_subprocess_exec(*command, env=environment, start_new_session=True)


async def _one(connection: psycopg.AsyncConnection[Any], query: LiteralString) -> Any:
    row = await (await connection.execute(query)).fetchone()
    return row[0] if row else None
