"""P1: isolated runs a second, end to end: a no-op bot in a sandbox of its own each time, its result recorded.

One real worker process (its default slots unless --slots) and one PostgreSQL with production settings on this
machine. The runs are queued beforehand; the clock goes from the first claim to the last recorded end, by the
database's time.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import psycopg
from _harness import BenchDatabase, postgres, report, show, temporary_home
from codex32_server.features.bots.facade import BotsFacade, NewDeployment, ProofReport, ProofResult
from codex32_server.features.workspaces.facade import WorkspacesFacade
from codex32_server.http.principal import Principal
from codex32_server.kit.ids import new_id
from codex32_server.queue.entries import NewRun
from codex32_server.queue.submit import submit_run
from codex32_server.storage.session import Database

BOT = b"""# /// script
# [tool.codex32]
# name = "no-op"
# ///
def main() -> dict:
    return {}
"""
_ELAPSED = """
select extract(epoch from max(finished_at) - min(started_at))::float8,
       count(*) filter (where status <> 'succeeded')
  from runs where created_at > %s
"""
_WHY = "select error_code, error_detail from runs where status <> 'succeeded' limit 1"
_LEFT = "select count(*) from runs where status in ('queued', 'running')"
_WARM_UP = 8
_TIMEOUT = 600.0


async def main() -> None:
    arguments = _arguments()
    async with postgres() as server:
        database = await server.database()
        app = Database(database.url("codex32_app"))
        run = await _no_op(app)
        home = temporary_home()
        worker = await _worker(database, home, arguments.slots)
        try:
            await _measure(app, database, run, _WARM_UP)
            rates = [await _measure(app, database, run, arguments.runs) for _ in range(arguments.repeats)]
        finally:
            worker.send_signal(signal.SIGTERM)
            await worker.wait()
            shutil.rmtree(home, ignore_errors=True)
        await app.close()
    slots = arguments.slots or 2 * (os.cpu_count() or 1)
    answer = report("P1", rates, unit="runs/s", must=150, aim=300, queued=arguments.runs, slots=slots)
    show(answer, [("slots", str(slots))])


async def _no_op(app: Database) -> NewRun:
    """A published no-op bot; a run of it, to be copied."""
    bots = BotsFacade()
    async with app.transaction(None) as tx:
        workspace, owner, _ = await WorkspacesFacade().bootstrap(tx)
    principal = Principal(
        workspace_id=workspace.id, member_id=owner.id, name="bench", role="owner", scopes=frozenset(),
        administrator=True, credential="key", credential_id=new_id(),
    )  # fmt: skip
    async with app.transaction(workspace.id) as tx:
        deployed = await bots.deploy(tx, principal, NewDeployment(files={"bot.py": BOT}))
        if deployed.version.proof == "pending":
            result = ProofResult("unproven", ProofReport(reason=""))
            await bots.record_proof(tx, workspace.id, deployed.version.id, result)
    return NewRun(workspace.id, deployed.bot.id, deployed.version.id, "dev")


async def _worker(database: BenchDatabase, home: Path, slots: int | None) -> asyncio.subprocess.Process:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CODEX32_")}
    environment |= {"CODEX32_DATABASE_URL": database.url("codex32_worker"), "CODEX32_LOG_LEVEL": "warning"}
    if slots:
        environment["CODEX32_WORKER_SLOTS"] = str(slots)
    command = [sys.executable, "-P", "-m", "codex32_server.main.worker", "--home", str(home)]
    return await asyncio.create_subprocess_exec(*command, env=environment, start_new_session=True)


async def _measure(app: Database, database: BenchDatabase, run: NewRun, count: int) -> float:
    connection = await psycopg.AsyncConnection[tuple[float, int]].connect(database.owner_url, autocommit=True)
    async with connection:
        began = (await (await connection.execute("select now()")).fetchone() or (None,))[0]
        async with app.transaction(run.workspace_id) as tx:
            for _ in range(count):
                await submit_run(tx, NewRun(run.workspace_id, run.bot_id, run.version_id, run.environment))
        async with asyncio.timeout(_TIMEOUT):
            while await _left(connection):  # noqa: ASYNC110 - another process works: no event
                await asyncio.sleep(0.1)
        seconds, failed = await (await connection.execute(_ELAPSED, (began,))).fetchone() or (0.0, 0)
        why = await (await connection.execute(_WHY)).fetchone()
    if failed:
        raise SystemExit(f"{failed} of {count} runs did not succeed: {why}")
    return count / seconds


async def _left(connection: psycopg.AsyncConnection[Any]) -> int:
    row = await (await connection.execute(_LEFT)).fetchone()
    return row[0] if row else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=300, help="runs in each repeat")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--slots", type=int, help="runs at the same time; the worker's default if not given")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main())
