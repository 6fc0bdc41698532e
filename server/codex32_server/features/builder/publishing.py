"""The publisher of the product: bots and their proofs, through the facade of `bots`.

Commits on each side of the proof, never across it. A bot whose proof failed is deleted again: nothing is
published that was not proven, and its name stays free.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

from codex32_server.features.bots.facade import BotsFacade, NewDeployment, VersionView
from codex32_server.features.builder.errors import NameTakenError, ProofOutstandingError
from codex32_server.features.builder.schemas import FailedProof, PublishedVersion
from codex32_server.http.principal import Principal
from codex32_server.kit.errors import ConflictError
from codex32_server.queue.overview import refusal
from codex32_server.storage.session import Tx

_FIRST_PAUSE = 0.05
_PATIENCE_WITH_REFUSALS = 5.0
"""Seconds after which it is asked whether there is a worker that runs bots at all."""
_LONGEST_PAUSE = 0.5


class Transactions(Protocol):
    """`storage.session.Database`, as far as it is needed here."""

    def transaction(self, workspace_id: UUID | None) -> AbstractAsyncContextManager[Tx]: ...


class BotsPublisher:
    """Deploys, waits for the proof, and takes back what failed. `patience` is in seconds."""

    def __init__(
        self,
        database: Transactions,
        bots: BotsFacade,
        *,
        patience: float = 120.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._database = database
        self._bots = bots
        self._patience = patience
        self._sleep = sleep

    async def publish(
        self, principal: Principal, name: str, files: Mapping[str, bytes], message: str
    ) -> PublishedVersion | FailedProof:
        """Raises NameTakenError, ProofOutstandingError, and the facade's errors for files it cannot read."""
        new = NewDeployment(files=files, message=message, must_be_new=True, name=name)
        package = await self._bots.read(new)
        try:
            async with self._database.transaction(principal.workspace_id) as tx:
                deployed = await self._bots.deploy(tx, principal, new, package)
        except ConflictError as error:
            if error.code == NameTakenError.code:
                raise NameTakenError(error.detail) from error
            raise
        version = await self._proven(principal, deployed.version)
        if version.proof == "proven":
            return PublishedVersion(
                bot_id=deployed.bot.id, bot_name=name, version_id=version.id, digest=version.digest
            )
        async with self._database.transaction(principal.workspace_id) as tx:
            await self._bots.delete(tx, principal, str(deployed.bot.id))
        return _failed(version)

    async def _proven(self, principal: Principal, version: VersionView) -> VersionView:
        """The version when its proof has ended."""
        waited, pause = 0.0, _FIRST_PAUSE
        while version.proof == "pending":
            if waited >= self._patience:
                raise ProofOutstandingError(
                    f"The tests of the new bot did not finish within {self._patience:g} seconds."
                )
            await self._sleep(pause)
            waited, pause = waited + pause, min(pause * 1.5, _LONGEST_PAUSE)
            async with self._database.transaction(principal.workspace_id) as tx:
                version = await self._bots.get_version(
                    tx, principal.workspace_id, str(version.bot_id), str(version.id)
                )
                why = await refusal(tx) if waited > _PATIENCE_WITH_REFUSALS else None
            if why is not None and version.proof == "pending":
                raise ProofOutstandingError(
                    f"The new bot cannot be tested, because no worker can run bots: {why}",
                    next_step="`codex32 doctor` says what is missing; it is tested and published after that.",
                )
        return version


def _failed(version: VersionView) -> FailedProof:
    report = version.proof_report
    if report is None:
        return FailedProof(reason="The proof left no report.")
    failing = [
        f"{case.name}: {case.message}".rstrip(": ") for case in report.cases if case.outcome != "passed"
    ]
    return FailedProof(reason=report.reason, failing=failing[:20])
