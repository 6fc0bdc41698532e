"""Where environments point: publish, promote, roll back, and who is told. The bot's row is locked first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol
from uuid import UUID

from codex32_server.features.bots.errors import (
    BotArchivedError,
    BotNotFoundError,
    EnvironmentNotFoundError,
    NothingToRollBackError,
    NotProvenError,
    PromotionWidensError,
    ProofFailedError,
    ProofPendingError,
    SamePointerError,
    SecretsMissingError,
    VersionNotFoundError,
)
from codex32_server.features.bots.repository import bots, environments, versions
from codex32_server.features.bots.schemas import PromoteRequest
from codex32_server.features.bots.service.naming import version_of
from codex32_server.features.bots.service.reaching import check_reach
from codex32_server.features.secrets.facade import missing_secrets, set_command
from codex32_server.kit.errors import FieldProblem
from codex32_server.kit.manifest.diff import diff_manifests
from codex32_server.kit.manifest.schema import Manifest
from codex32_server.storage.session import Tx

Kind = Literal["publish", "promote", "rollback"]
_DEFAULT_SOURCE = "dev"


class PointerMoved(Protocol):
    """Told of every move, inside the transaction that makes it.

    Except of a new job's first one if its manifest declares no triggers: nothing hangs on that bot yet.
    """

    async def __call__(
        self,
        tx: Tx,
        workspace_id: UUID,
        bot_id: UUID,
        environment: str,
        version_id: UUID,
        manifest: Manifest,
    ) -> None: ...


class Pointing:
    """Moves pointers."""

    def __init__(self, listeners: Sequence[PointerMoved]) -> None:
        self._listeners = tuple(listeners)

    async def promote(
        self,
        tx: Tx,
        workspace_id: UUID,
        member_id: UUID,
        bot_id: UUID,
        request: PromoteRequest,
        *,
        may_widen: bool,
    ) -> None:
        """Point an environment at a proven version; `may_widen`: even if it asks for more there.

        Raises BotNotFoundError, BotArchivedError, EnvironmentNotFoundError, VersionNotFoundError,
        NotProvenError, ProofPendingError, ProofFailedError, SamePointerError, SecretsMissingError,
        EgressNotAllowedError, PromotionWidensError.
        """
        await lock_living(tx, workspace_id, bot_id)
        version = await self._source(tx, workspace_id, bot_id, request)
        check_publishable(version, request.to)
        if not may_widen:
            await check_width(tx, workspace_id, bot_id, request.to, version)
        await check_secrets(tx, workspace_id, version, request.to)
        await self.move(tx, workspace_id, bot_id, request.to, version["id"], "promote", member_id)

    async def rollback(
        self, tx: Tx, workspace_id: UUID, member_id: UUID, bot_id: UUID, environment: str
    ) -> None:
        """Point an environment at what it pointed at before; again and again it goes further back.

        Raises BotNotFoundError, BotArchivedError, EnvironmentNotFoundError, NothingToRollBackError,
        EgressNotAllowedError.
        """
        await lock_living(tx, workspace_id, bot_id)
        moves = await environments.moves(tx, workspace_id, bot_id, environment)
        if not moves:
            raise EnvironmentNotFoundError(f"Nothing was ever published to {environment!r}.")
        stack = standing(reversed(moves))
        if len(stack) < 2:
            raise NothingToRollBackError(f"{environment!r} never pointed at another version.")
        await self.move(tx, workspace_id, bot_id, environment, stack[-2], "rollback", member_id)

    async def move(
        self,
        tx: Tx,
        workspace_id: UUID,
        bot_id: UUID,
        environment: str,
        version_id: UUID,
        kind: Kind,
        member_id: UUID | None,
    ) -> None:
        """Move one pointer, write it down, tell the listeners; nothing if it points there already."""
        present = await environments.pointer(tx, workspace_id, bot_id, environment)
        before: UUID | None = present.version_id if present else None
        if before == version_id:
            return
        stored = await versions.full(tx, workspace_id, version_id)
        assert stored is not None
        manifest = Manifest.model_validate(stored.manifest)
        if kind != "publish":  # what is published now was looked at when it was deployed
            await check_reach(tx, workspace_id, manifest)
        await environments.point(
            tx, workspace_id, bot_id, environment, version_id, kind=kind, before=before, moved_by=member_id
        )
        await self.announce(tx, workspace_id, bot_id, environment, version_id, manifest)

    async def announce(
        self,
        tx: Tx,
        workspace_id: UUID,
        bot_id: UUID,
        environment: str,
        version_id: UUID,
        manifest: Manifest,
    ) -> None:
        """Tell the listeners of a move that is already written."""
        for listener in self._listeners:
            await listener(tx, workspace_id, bot_id, environment, version_id, manifest)

    async def _source(
        self, tx: Tx, workspace_id: UUID, bot_id: UUID, request: PromoteRequest
    ) -> dict[str, Any]:
        """The version that a promotion names."""
        if request.version is not None:
            return await version_of(tx, workspace_id, bot_id, str(request.version))
        source = request.source or _DEFAULT_SOURCE
        if source == request.to:
            detail = f"{source!r} cannot be promoted to itself"
            raise SamePointerError(
                detail[0].upper() + detail[1:] + ".", fields=[FieldProblem("body.to", detail)]
            )
        pointer = await environments.pointer(tx, workspace_id, bot_id, source)
        if pointer is None:
            raise EnvironmentNotFoundError(f"Nothing is published to {source!r}.")
        found = await versions.view(tx, workspace_id, bot_id, version_id=pointer.version_id)
        if found is None:
            raise VersionNotFoundError("The version is not there any more.")
        return found


async def lock_living(tx: Tx, workspace_id: UUID, bot_id: UUID) -> Any:
    """The locked row of a bot in use. Raises BotNotFoundError, BotArchivedError."""
    bot = await bots.lock(tx, workspace_id, bot_id)
    if bot is None:
        raise BotNotFoundError("There is no such bot in this workspace.")
    if bot.archived_at is not None or bot.deleted_at is not None:
        raise BotArchivedError(f"The bot {bot.name!r} is archived or deleted.")
    return bot


def check_publishable(version: dict[str, Any], environment: str) -> None:
    """Raises ProofPendingError, ProofFailedError, or NotProvenError for anywhere but dev."""
    number, proof = version["number"], version["proof"]
    if proof == "pending":
        raise ProofPendingError(f"Version {number} is still being proven.")
    if proof == "failed":
        raise ProofFailedError(f"Version {number} failed its proof: {_reason(version)}")
    if proof == "unproven" and environment != _DEFAULT_SOURCE:
        raise NotProvenError(
            f"Version {number} is not proven and cannot be published to {environment!r}: {_reason(version)}"
        )


async def check_width(
    tx: Tx, workspace_id: UUID, bot_id: UUID, environment: str, version: dict[str, Any]
) -> None:
    """Raises PromotionWidensError if it may do more than what runs there. `dev` takes what is deployed."""
    if environment == _DEFAULT_SOURCE:
        return
    pointer = await environments.pointer(tx, workspace_id, bot_id, environment)
    present = (
        await versions.view(tx, workspace_id, bot_id, version_id=pointer.version_id) if pointer else None
    )
    if present is None:
        return
    before, after = Manifest.from_dict(present["manifest"]), Manifest.from_dict(version["manifest"])
    wider = [change.path for change in diff_manifests(before, after) if change.widening]
    if wider:
        raise PromotionWidensError(
            f"Version {version['number']} asks for more than version {present['number']}, which runs in"
            f" {environment!r}: {', '.join(wider)}.",
            fields=[FieldProblem(path, "asks for more") for path in wider],
        )


async def check_secrets(tx: Tx, workspace_id: UUID, version: dict[str, Any], environment: str) -> None:
    """Raises SecretsMissingError, which names what the environment lacks and how it is set."""
    wanted = Manifest.from_dict(version["manifest"]).secret_names
    absent = await missing_secrets(tx, workspace_id, environment, wanted)
    if absent:
        raise SecretsMissingError(
            f"Version {version['number']} needs what is not set for {environment!r}: {', '.join(absent)}.",
            fields=[FieldProblem(f"secrets.{name}", f"not set for {environment!r}") for name in absent],
            next_step="Set them, then promote again: "
            + "; ".join(set_command(name, environment) for name in absent),
        )


def standing(moves: Any) -> list[UUID]:
    """The versions an environment could go back along, the present one last; `moves` are oldest first.

    A publish or promotion adds one; a rollback takes off what it went back over.
    """
    stack: list[UUID] = []
    for move in moves:
        target: UUID = move["to_version_id"]
        if move["kind"] == "rollback" and target in stack:
            while stack[-1] != target:
                stack.pop()
        elif not stack or stack[-1] != target:
            stack.append(target)
    return stack


def _reason(version: dict[str, Any]) -> str:
    report: dict[str, Any] = version["proof_report"] or {}
    return report.get("reason") or "no reason was recorded."
