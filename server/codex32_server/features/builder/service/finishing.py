"""Publishing what was proven: the bot, its proof and the end of the session in one transaction."""

from __future__ import annotations

from typing import Protocol, cast
from uuid import UUID

from codex32_server.features.bots.facade import (
    BotsFacade,
    NewDeployment,
    ProofCase,
    ProofReport,
    ProofResult,
)
from codex32_server.features.builder.attaching import ScheduleFiles
from codex32_server.features.builder.contract import Written
from codex32_server.features.builder.documents import Published, Reviewed, Tested, storable
from codex32_server.features.builder.errors import NameTakenError, NothingToProposeError, NotProvenError
from codex32_server.features.builder.models import BuilderSession
from codex32_server.features.builder.repository import stages
from codex32_server.features.builder.service import sessions
from codex32_server.features.builder.service.state import Loaded, load
from codex32_server.features.builder.transitions import Event, Status, after
from codex32_server.features.proposals.facade import NewProposal, ProposalDetail, ProposalsFacade
from codex32_server.http.edge import check_scope
from codex32_server.http.principal import Principal
from codex32_server.kit.errors import ConflictError
from codex32_server.kit.manifest.digest import digest
from codex32_server.kit.manifest.package import BotPackage
from codex32_server.storage.session import Database, Tx

_LONGEST_MESSAGE = 2000
_LONGEST_TITLE = 200
_MOST_RISKS = 20
_REPLACED = "The session that it came from was changed; another proposal stands in its place."


class ClosePurse(Protocol):
    """Ends what a session may spend on models."""

    async def close(self, tx: Tx, workspace_id: UUID, session_id: UUID) -> None: ...


class Finishing:
    """Turns the end of a session into a bot."""

    def __init__(
        self,
        bots: BotsFacade,
        attachments: ScheduleFiles,
        proposals: ProposalsFacade,
        purse: ClosePurse | None = None,
    ) -> None:
        self._purse = purse
        self._bots = bots
        self._proposals = proposals
        self._attachments = attachments

    async def publish(self, database: Database, principal: Principal, session_id: UUID) -> bool:
        """To `dev`, as any deployment; whether a new bot came of it. Harmless to repeat.

        A change of a bot is a proposal that who publishes it files, approves and applies.

        Raises SessionNotFoundError, SessionStateError, NotProvenError, NameTakenError, ProposalStaleError,
        WideningNeedsOwnerError.
        """
        workspace_id = principal.workspace_id
        async with database.transaction(workspace_id) as tx:
            loaded = await load(tx, workspace_id, session_id)
        if loaded.status == Status.PUBLISHED:
            return False
        after(Status(loaded.status), Event.PUBLISH)
        if loaded.session.base is not None:
            check_scope(principal, "proposals:write")
        new, proof = _deployment(loaded)
        package = await self._bots.read(new)
        async with database.transaction(workspace_id) as tx:
            session = await sessions.held(tx, workspace_id, session_id)
            if session.status == Status.PUBLISHED:
                return False
            status = after(Status(session.status), Event.PUBLISH)
            if session.walk != loaded.session.walk:
                raise NotProvenError("The session was changed a moment ago.")
            published = await self._made(tx, principal, session, loaded, new, package, proof)
            files = {name: UUID(upload) for name, upload in session.settings.get("files", {}).items()}
            if files:
                await self._attachments.attach(tx, workspace_id, UUID(published.bot_id), files)
            await _write_down(tx, session, loaded.held["review"].number, published)
            await sessions.move(tx, session, status)
            if self._purse is not None:
                await self._purse.close(tx, workspace_id, session_id)
        return loaded.session.base is None

    async def propose(self, database: Database, principal: Principal, session_id: UUID) -> None:
        """File the change of a bot as a proposal, for somebody else to approve. Harmless to repeat.

        Raises SessionNotFoundError, SessionStateError, NotProvenError, NothingToProposeError.
        """
        workspace_id = principal.workspace_id
        async with database.transaction(workspace_id) as tx:
            loaded = await load(tx, workspace_id, session_id)
        if loaded.session.base is None:
            raise NothingToProposeError("The session makes a new bot.")
        after(Status(loaded.status), Event.PUBLISH)
        new, proof = _deployment(loaded)
        package = await self._bots.read(new)
        async with database.transaction(workspace_id) as tx:
            session = await sessions.held(tx, workspace_id, session_id)
            after(Status(session.status), Event.PUBLISH)
            if session.walk != loaded.session.walk:
                raise NotProvenError("The session was changed a moment ago.")
            await self._filed(tx, principal, session, loaded, package, proof)

    async def _made(
        self,
        tx: Tx,
        principal: Principal,
        session: BuilderSession,
        loaded: Loaded,
        new: NewDeployment,
        package: BotPackage,
        proof: ProofResult,
    ) -> Published:
        """A new bot, or the change of one: filed, approved and applied by who publishes it."""
        if loaded.session.base is not None:
            filed = await self._filed(tx, principal, session, loaded, package, proof)
            return await self._changed(tx, principal, filed, loaded, package)
        try:
            deployed = await self._bots.deploy(tx, principal, new, package, proof)
        except ConflictError as error:
            if error.code == NameTakenError.code:
                raise NameTakenError(error.detail) from error
            raise
        return Published(
            bot_id=str(deployed.bot.id),
            bot_name=deployed.bot.name,
            version_id=str(deployed.version.id),
            digest=deployed.version.digest,
            missing_secrets=deployed.missing_secrets,
        )

    async def _changed(
        self, tx: Tx, principal: Principal, filed: ProposalDetail, loaded: Loaded, package: BotPackage
    ) -> Published:
        """Raises ProposalStaleError, WideningNeedsOwnerError."""
        if filed.status == "proposed":
            await self._proposals.approve(tx, principal, filed.id)
        applied = await self._proposals.apply(tx, principal, filed.id, package)
        secrets = cast("Reviewed", loaded.document("review")).secrets
        return Published(
            bot_id=str(applied.bot_id),
            bot_name=applied.bot_name,
            version_id=str(applied.applied_version_id),
            digest=package.digest,
            missing_secrets=[secret.name for secret in secrets if not secret.is_set],
        )

    async def _filed(
        self,
        tx: Tx,
        principal: Principal,
        session: BuilderSession,
        loaded: Loaded,
        package: BotPackage,
        proof: ProofResult,
    ) -> ProposalDetail:
        """The session's proposal, if it is of these very files and was not turned down; else a new one.

        What was decided about other files says nothing about these: an older proposal is closed.
        """
        known = session.settings.get("proposal")
        if known is not None:
            found = await self._proposals.get(tx, principal.workspace_id, UUID(known))
            if found.digest == package.digest and found.status != "rejected":
                return found
            if found.status in ("proposed", "approved"):
                await self._proposals.reject(tx, principal, found.id, _REPLACED)
        filed = await self._proposals.file(tx, principal, _proposal(loaded, proof), package)
        session.settings = {**session.settings, "proposal": str(filed.id)}
        return filed


def _proposal(loaded: Loaded, proof: ProofResult) -> NewProposal:
    """What was changed, why, and what a reviewer should mind."""
    base = loaded.session.base or {}
    review = cast("Reviewed", loaded.document("review"))
    written = cast("Written", loaded.document("code"))
    return NewProposal(
        bot=base["bot_id"],
        title=" ".join(loaded.brief().wish.split())[:_LONGEST_TITLE],
        files=written.files,
        origin="edit",
        goal="\n".join(review.does),
        rationale=loaded.brief().wish[:_LONGEST_MESSAGE],
        risks=[*review.wider, *review.warnings][:_MOST_RISKS],
        origin_ref=str(loaded.session.id),
        proof=proof,
        base_version_id=UUID(base["version_id"]),
    )


async def _write_down(tx: Tx, session: BuilderSession, based_on: int, published: Published) -> None:
    """The last stage, and what came of the session."""
    session.bot_id, session.version_id = UUID(published.bot_id), UUID(published.version_id)
    session.bot_name = published.bot_name
    session.last_number += 1
    values = {
        "stage": "publish",
        "based_on": based_on,
        "status": "done",
        "document": storable(published),
    }
    place = (session.workspace_id, session.id, session.last_number)
    await stages.add(tx, *place, values)
    await stages.end(tx, *place, {})


def _deployment(loaded: Loaded) -> tuple[NewDeployment, ProofResult]:
    """Raises NotProvenError unless the code that holds is what was tested."""
    written = cast("Written", loaded.document("code"))
    tested = cast("Tested", loaded.document("tests"))
    contents = {path: text.encode() for path, text in written.files.items()}
    if tested.proof != "proven" or tested.digest != digest(contents):
        raise NotProvenError("The tests of this bot were not run: nothing is published that was not proven.")
    base = loaded.session.base
    new = NewDeployment(
        files=contents,
        message=loaded.brief().wish[:_LONGEST_MESSAGE],
        bot_id=UUID(base["bot_id"]) if base else None,
        must_be_new=base is None,
    )
    cases = [ProofCase(name=case.name, outcome=case.outcome, message=case.message) for case in tested.cases]
    report = ProofReport(
        tests=tested.tests, passed=tested.passed, failed=tested.failed, cases=cases, reason=tested.reason
    )
    return new, ProofResult("proven", report, lock=tested.lock, input_schema=tested.input_schema)
