"""From files to a version: read the package, name it by its digest, store it once, start its proof.

Versions are immutable. Deployments of one bot wait for each other on the bot's row, so that equal files that
arrive at once become one version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from codex32_server.features.bots.errors import (
    BotArchivedError,
    BotExistsError,
    BotNotFoundError,
    NameMismatchError,
)
from codex32_server.features.bots.repository import bots, environments, versions
from codex32_server.features.bots.repository.versions import FirstVersion, NewVersion
from codex32_server.features.bots.schemas import DeployedView, NewDeployment, ProofReport
from codex32_server.features.bots.service.pointing import Pointing
from codex32_server.kit.errors import FieldProblem
from codex32_server.kit.ids import new_id
from codex32_server.kit.manifest.package import BotPackage
from codex32_server.queue.entries import NewJob
from codex32_server.queue.submit import submit_job
from codex32_server.storage.lean import LeanConnections
from codex32_server.storage.session import Tx

FIRST_ENVIRONMENT = "dev"
_FINISHED = ("proven", "unproven")
_PROOF_MS = 15 * 60 * 1000
"""Milliseconds for building dependencies and running tests."""
_UNPROVEN = "There are no tests beside the bot (test_*.py), so nothing was proven."


PROVE_VERSION = "prove_version"
"""Kind of the job; its payload is {"version_id"}."""


class SubmitProof(Protocol):
    """Queues the job that proves a version, in the caller's transaction; answers with the job's id."""

    async def __call__(self, tx: Tx, workspace_id: UUID, version_id: UUID) -> UUID: ...


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a deployment came to."""

    bot_id: UUID
    version_id: UUID
    created: bool
    unchanged: bool
    made_at: datetime | None = None
    """When a new bot and its version were made."""
    made: NewVersion | None = None
    """A new bot's version as it was stored, so that nobody needs to read it back."""


class Deploying:
    """Stores packages as versions."""

    def __init__(self, pointing: Pointing, submit_proof: SubmitProof) -> None:
        self._pointing = pointing
        self._submit_proof = submit_proof

    async def deploy(
        self, tx: Tx, workspace_id: UUID, member_id: UUID | None, package: BotPackage, new: NewDeployment
    ) -> Deployment:
        """A new bot, a new version, or the version that these files already are.

        Raises BotExistsError, BotNotFoundError, BotArchivedError, NameMismatchError.
        """
        name = package.manifest.name
        if new.name is not None and new.name != name:
            raise _mismatch(name, new.name)
        version = _new_version(package, new.message, member_id)
        if new.bot_id is None:
            known = None if new.must_be_new else await bots.lock_by_name(tx, workspace_id, name)
            if known is None:
                first = await self._deploy_first(tx, workspace_id, package, version)
                if first is not None:
                    return first
                if new.must_be_new:
                    raise BotExistsError(f"There is already a bot {name!r}.")
                known = await bots.lock_by_name(tx, workspace_id, name)
        else:
            known = await bots.lock(tx, workspace_id, new.bot_id)
        if known is None:
            raise BotNotFoundError("There is no such bot in this workspace.")
        if known.name != name:
            raise _mismatch(name, known.name)
        return await self._deploy_next(tx, workspace_id, known, package, version)

    async def _deploy_first(
        self, tx: Tx, workspace_id: UUID, package: BotPackage, version: NewVersion
    ) -> Deployment | None:
        """None when somebody else took the name meanwhile."""
        first = _first(workspace_id, package, version)
        bot_id, environment = first.bot_id, first.environment
        made_at = await versions.insert_first(tx, first)
        if made_at is None:
            return None
        if environment is None:
            await self._start_proof(tx, workspace_id, version.id)
        elif _something_follows(package):
            await self._pointing.announce(tx, workspace_id, bot_id, environment, version.id, package.manifest)
        return Deployment(bot_id, version.id, created=True, unchanged=False, made_at=made_at, made=version)

    async def _deploy_next(
        self, tx: Tx, workspace_id: UUID, bot: Any, package: BotPackage, version: NewVersion
    ) -> Deployment:
        """The bot's row is locked."""
        if bot.archived_at is not None or bot.deleted_at is not None:
            raise BotArchivedError(f"The bot {bot.name!r} is archived or deleted.")
        same = await versions.view(tx, workspace_id, bot.id, digest=package.digest)
        if same is not None:
            await self._deploy_again(tx, workspace_id, bot.id, same, version.created_by)
            return Deployment(bot.id, same["id"], created=False, unchanged=True)
        # The id is made under the lock, so that ids and numbers have the same order.
        version = replace(version, id=new_id())
        number = bot.version_count + 1
        await versions.insert_next(tx, workspace_id, bot.id, number, version)
        await bots.change(tx, workspace_id, bot.id, {"version_count": number, **_shown(package)})
        if version.proof in _FINISHED:
            await self._pointing.move(
                tx, workspace_id, bot.id, FIRST_ENVIRONMENT, version.id, "publish", version.created_by
            )
        else:
            await self._start_proof(tx, workspace_id, version.id)
        return Deployment(bot.id, version.id, created=False, unchanged=False)

    async def _deploy_again(
        self, tx: Tx, workspace_id: UUID, bot_id: UUID, same: Mapping[str, Any], member_id: UUID | None
    ) -> None:
        """The same files again mean: this is what `dev` should run. A failed proof gets another try."""
        if same["proof"] in _FINISHED:
            pointer = await environments.pointer(tx, workspace_id, bot_id, FIRST_ENVIRONMENT)
            if pointer is None or pointer.version_id != same["id"]:
                await self._pointing.move(
                    tx, workspace_id, bot_id, FIRST_ENVIRONMENT, same["id"], "publish", member_id
                )
        elif same["proof"] == "failed" or await versions.proof_is_over(tx, workspace_id, same["id"]):
            await self._start_proof(tx, workspace_id, same["id"])

    async def _start_proof(self, tx: Tx, workspace_id: UUID, version_id: UUID) -> None:
        job_id = await self._submit_proof(tx, workspace_id, version_id)
        await versions.change(
            tx,
            workspace_id,
            version_id,
            {"proof": "pending", "proof_job_id": job_id, "proof_stage": "waiting for a worker"},
        )


async def queue_proof(tx: Tx, workspace_id: UUID, version_id: UUID) -> UUID:
    """The SubmitProof of the product: a row of the jobs table."""
    payload = {"version_id": str(version_id)}
    job = NewJob(workspace_id=workspace_id, kind=PROVE_VERSION, payload=payload, timeout_ms=_PROOF_MS)
    return await submit_job(tx, job)


async def no_proof(tx: Tx, workspace_id: UUID, version_id: UUID) -> UUID:
    """The SubmitProof of what is proven already: its proof is written down in the same transaction."""
    del tx, workspace_id
    return version_id


def stands_alone(package: BotPackage) -> bool:
    """Whether making this bot is one statement: nothing to prove, to look up, or to tell anybody of."""
    return not (needs_proof(package) or package.manifest.secrets or _something_follows(package))


def _something_follows(package: BotPackage) -> bool:
    """Whether anything hangs on where the environments of this bot point: schedules, a service."""
    return bool(package.manifest.triggers) or package.manifest.kind == "service"


async def deploy_alone(
    lean: LeanConnections, workspace_id: UUID, member_id: UUID, package: BotPackage, new: NewDeployment
) -> DeployedView:
    """A new bot of a package that `stands_alone`. Raises BotExistsError, NameMismatchError."""
    name = package.manifest.name
    if new.name is not None and new.name != name:
        raise _mismatch(name, new.name)
    version = _new_version(package, new.message, member_id)
    first = _first(workspace_id, package, version)
    made_at = await versions.insert_first_alone(lean, first)
    if made_at is None:
        raise BotExistsError(f"There is already a bot {name!r}.")
    made = Deployment(first.bot_id, version.id, created=True, unchanged=False, made_at=made_at, made=version)
    return first_view(package, made)


def _first(workspace_id: UUID, package: BotPackage, version: NewVersion) -> FirstVersion:
    environment = FIRST_ENVIRONMENT if version.proof in _FINISHED else None
    shown = {"name": package.manifest.name, **_shown(package)}
    return FirstVersion(workspace_id, new_id(), shown, version, environment)


def needs_proof(package: BotPackage) -> bool:
    """Whether anything of a package can only be known by building or running it."""
    return bool(package.tests or package.dependencies or package.needs_import)


def warnings_of(package: BotPackage) -> list[str]:
    """What the manifest asks for that this release does not give yet, and what a maker should know."""
    manifest = package.manifest
    found: list[str] = []
    if manifest.isolation == "minimal":
        found.append("isolation = 'minimal': it runs without seccomp and Landlock.")
    if not package.tests:
        found.append("There are no tests beside the bot: it runs in dev and cannot be promoted.")
    return found


def first_view(package: BotPackage, deployment: Deployment) -> DeployedView:
    """What reading a new bot and its first version back would answer."""
    version, at = deployment.made, deployment.made_at
    assert version is not None
    assert at is not None
    pointer = {"version_id": version.id, "number": 1, "digest": version.digest}
    in_dev = version.proof in _FINISHED
    bot = {
        "id": deployment.bot_id,
        "name": package.manifest.name,
        **_shown(package),
        "status": "active",
        "version_count": 1,
        "environments": {FIRST_ENVIRONMENT: pointer} if in_dev else {},
        "latest_version": {"id": version.id, "number": 1, "digest": version.digest, "proof": version.proof},
        "created_at": at,
        "updated_at": at,
    }
    stored = version.columns() | {"id": version.id, "bot_id": deployment.bot_id, "number": 1}
    made = {**stored, "environments": [FIRST_ENVIRONMENT] if in_dev else [], "created_at": at}
    return DeployedView.model_validate({"bot": bot, "version": made, "created": True, "unchanged": False})


def _new_version(package: BotPackage, message: str, member_id: UUID | None) -> NewVersion:
    proof = "pending" if needs_proof(package) else "unproven"
    report = None if proof == "pending" else ProofReport(reason=_UNPROVEN).model_dump()
    return NewVersion(
        id=new_id(),
        digest=package.digest,
        entry=package.entry,
        manifest=package.manifest.model_dump(mode="json"),
        dependencies=package.dependencies,
        requires_python=package.requires_python,
        input_schema=dict(package.input_schema),
        warnings=warnings_of(package),
        message=message,
        proof=proof,
        proof_report=report,
        created_by=member_id,
        files=package.files,
    )


def _shown(package: BotPackage) -> dict[str, Any]:
    """What lists show of a bot is its newest version's."""
    manifest = package.manifest
    return {
        "title": manifest.title,
        "description": package.description,
        "role": manifest.role,
        "kind": manifest.kind,
        "tags": list(manifest.tags),
    }


def _mismatch(given: str, wanted: str) -> NameMismatchError:
    detail = f"the manifest names the bot {given!r}, but {wanted!r} was addressed"
    return NameMismatchError(
        detail[0].upper() + detail[1:] + ".", fields=[FieldProblem("manifest.name", detail)]
    )
