"""Real worker processes, and bots for them to run. For tests of the worker and of what survives its death."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from codex32_server.features.bots.facade import BotsFacade, NewDeployment, ProofReport, ProofResult
from codex32_server.features.workspaces.facade import WorkspacesFacade
from codex32_server.http.principal import Principal
from codex32_server.kit.ids import new_id
from codex32_server.queue.entries import NewRun
from codex32_server.queue.submit import cancel_run
from codex32_server.storage.session import Database
from support.queue import a_run


def bot_source(name: str, body: str, table: str = "") -> str:
    """A one-file bot whose main is `body` (indented by four spaces)."""
    header = [f'name = "{name}"', *table.splitlines()]
    lines = [
        "# /// script",
        "# dependencies = []",
        "#",
        "# [tool.codex32]",
        *(f"# {line}" for line in header),
    ]
    return "\n".join([*lines, "# ///", body, ""])


NO_OP = "def main() -> dict:\n    return {}"


class WorkerProcess:
    """`python -m codex32_server.main.worker`; killed at the end of the block if it still lives."""

    def __init__(self, url: str, home: Path, **settings: object) -> None:
        self._url = url
        self._home = home
        self._settings = {f"CODEX32_{name.upper()}": str(value) for name, value in settings.items()}
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> WorkerProcess:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CODEX32_")}
        environment |= {"CODEX32_DATABASE_URL": self._url, "CODEX32_LOG_FORMAT": "text", **self._settings}
        log = (self._home / f"worker-{id(self)}.log").open("ab")
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "codex32_server.main.worker", "--home", str(self._home),
            env=environment, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        log.close()
        return self

    async def __aenter__(self) -> WorkerProcess:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        if self.alive:
            self.send(signal.SIGCONT)
            await self.end(signal.SIGKILL)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.returncode is None

    def send(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    async def end(self, number: signal.Signals = signal.SIGTERM, timeout: float = 30.0) -> int:
        """Send it and wait; the exit code."""
        assert self._process is not None
        if self._process.returncode is None:
            self.send(number)
        async with asyncio.timeout(timeout):
            return await self._process.wait()

    def log(self) -> str:
        return (self._home / f"worker-{id(self)}.log").read_text(errors="replace")


class Workshop:
    """A workspace with published bots, and runs of them."""

    def __init__(self, app: Database, workspace_id: UUID, principal: Principal) -> None:
        self.app = app
        self.workspace_id = workspace_id
        self.principal = principal
        self._bots = BotsFacade()
        self._made: dict[str, tuple[UUID, UUID]] = {}

    async def bot(self, name: str, body: str, table: str = "") -> None:
        """Deploy and publish a bot."""
        files = {"bot.py": bot_source(name, body, table).encode()}
        async with self.app.transaction(self.workspace_id) as tx:
            deployed = await self._bots.deploy(tx, self.principal, NewDeployment(files=files))
            if deployed.version.proof == "pending":
                result = ProofResult("unproven", ProofReport())
                await self._bots.record_proof(tx, self.workspace_id, deployed.version.id, result)
        self._made[name] = (deployed.bot.id, deployed.version.id)

    def run_of(self, name: str, **changes: Any) -> NewRun:
        """A run of that bot, not submitted yet."""
        bot_id, version_id = self._made[name]
        return a_run(self.workspace_id, bot_id=bot_id, version_id=version_id, **changes)

    async def cancel(self, run_id: UUID) -> None:
        async with self.app.transaction(self.workspace_id) as tx:
            await cancel_run(tx, self.workspace_id, run_id, "test")


async def a_workshop(app: Database) -> Workshop:
    """A fresh workspace with its owner."""
    async with app.transaction(None) as tx:
        workspace, owner, _ = await WorkspacesFacade().bootstrap(tx, "UTC")
    principal = Principal(
        workspace_id=workspace.id, member_id=owner.id, name="owner", role="owner", scopes=frozenset(),
        administrator=True, credential="key", credential_id=new_id(),
    )  # fmt: skip
    return Workshop(app, workspace.id, principal)
