"""The end of a proof: written down once, and what follows from it for `dev`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from codex32_server.features.bots.errors import VersionNotFoundError
from codex32_server.features.bots.repository import bots, environments, versions
from codex32_server.features.bots.schemas import LoadedVersion, ProofResult
from codex32_server.features.bots.service.deploying import FIRST_ENVIRONMENT
from codex32_server.features.bots.service.pointing import Pointing
from codex32_server.kit.manifest.package import BotPackage
from codex32_server.kit.manifest.schema import Manifest
from codex32_server.runtime.contract import Limits
from codex32_server.storage.session import Tx

_LONGEST_STAGE = 1000


async def record_proof(
    tx: Tx, pointing: Pointing, workspace_id: UUID, version_id: UUID, result: ProofResult
) -> bool:
    """Write the proof of a pending version and publish it to `dev` if it may run.

    False when the proof was written before: then nothing changes. `dev` never goes back to an older version
    by a proof that took longer than the next one's. Raises VersionNotFoundError.
    """
    bot_id = await versions.bot_of(tx, workspace_id, version_id)
    if bot_id is None:
        raise VersionNotFoundError("The version is not there any more.")
    bot = await bots.lock(tx, workspace_id, bot_id)
    stored = await versions.full(tx, workspace_id, version_id)
    if bot is None or stored is None or stored.proof != "pending":
        return False
    await versions.change(tx, workspace_id, version_id, _columns(result))
    if result.proof == "failed" or bot.deleted_at is not None:
        return True
    present = await environments.pointer(tx, workspace_id, bot_id, FIRST_ENVIRONMENT)
    if present is None or present.number < stored.number:
        await pointing.move(
            tx, workspace_id, bot_id, FIRST_ENVIRONMENT, version_id, "publish", member_id=None
        )
    return True


async def note_stage(tx: Tx, workspace_id: UUID, version_id: UUID, stage: str) -> None:
    """Say what is being done for a version whose proof is pending; nothing happens to any other."""
    await versions.change_pending(tx, workspace_id, version_id, {"proof_stage": stage[:_LONGEST_STAGE]})


async def load(tx: Tx, workspace_id: UUID, version_id: UUID) -> LoadedVersion:
    """A version with its files. Raises VersionNotFoundError."""
    stored = await versions.full(tx, workspace_id, version_id)
    if stored is None:
        raise VersionNotFoundError("The version is not there any more.")
    manifest = Manifest.model_validate(stored.manifest)
    return LoadedVersion(
        bot_id=stored.bot_id,
        bot_name=stored.bot_name,
        version_id=stored.id,
        digest=stored.digest,
        proof=stored.proof,
        files=await versions.files(tx, workspace_id, version_id),
        entry=stored.entry,
        lock=stored.lock,
        manifest=manifest,
        limits=limits_of(manifest),
        input_schema=stored.input_schema,
        dependencies=tuple(stored.dependencies),
        requires_python=stored.requires_python,
    )


def candidate(package: BotPackage, subject: UUID) -> LoadedVersion:
    """Files that are no version yet, as whoever proves them wants them; `subject` stands for the ids."""
    return LoadedVersion(
        bot_id=subject,
        bot_name=package.manifest.name,
        version_id=subject,
        digest=package.digest,
        proof="pending",
        files=package.files,
        entry=package.entry,
        lock=None,
        manifest=package.manifest,
        limits=limits_of(package.manifest),
        input_schema=package.input_schema,
        dependencies=package.dependencies,
        requires_python=package.requires_python,
    )


def limits_of(manifest: Manifest) -> Limits:
    """The manifest's limits in the words of the runtime."""
    limits = manifest.limits
    return Limits(
        memory=limits.memory,
        timeout=limits.timeout,
        cpu=limits.cpu,
        processes=limits.processes,
        disk=limits.disk,
        output=limits.output,
        files=limits.files,
    )


def _columns(result: ProofResult) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "proof": result.proof,
        "proof_report": result.report.model_dump(),
        "proof_stage": None,
    }
    if result.lock is not None:
        columns["lock"] = result.lock
    if result.input_schema is not None:
        columns["input_schema"] = dict(result.input_schema)
    return columns
