"""Publishing what was proven: the bot, its proof and the end of the session in one transaction."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from codex32_server.features.bots.facade import (
    BotsFacade,
    Deployed,
    NewDeployment,
    ProofCase,
    ProofReport,
    ProofResult,
)
from codex32_server.features.builder.attaching import ScheduleFiles
from codex32_server.features.builder.contract import Written
from codex32_server.features.builder.documents import Published, Tested, storable
from codex32_server.features.builder.errors import NameTakenError, NotProvenError
from codex32_server.features.builder.models import BuilderSession
from codex32_server.features.builder.repository import stages
from codex32_server.features.builder.service import sessions
from codex32_server.features.builder.service.state import Loaded, load
from codex32_server.features.builder.transitions import Event, Status, after
from codex32_server.http.principal import Principal
from codex32_server.kit.errors import ConflictError
from codex32_server.kit.manifest.digest import digest
from codex32_server.kit.manifest.package import BotPackage
from codex32_server.storage.session import Database, Tx

_LONGEST_MESSAGE = 2000


class Finishing:
    """Turns the end of a session into a bot."""

    def __init__(self, bots: BotsFacade, attachments: ScheduleFiles) -> None:
        self._bots = bots
        self._attachments = attachments

    async def publish(self, database: Database, principal: Principal, session_id: UUID) -> bool:
        """To `dev`, as any deployment. Harmless to repeat: then it answers with False.

        Raises SessionNotFoundError, SessionStateError, NotProvenError, NameTakenError.
        """
        workspace_id = principal.workspace_id
        async with database.transaction(workspace_id) as tx:
            loaded = await load(tx, workspace_id, session_id)
        if loaded.status == Status.PUBLISHED:
            return False
        after(Status(loaded.status), Event.PUBLISH)
        new, proof = _deployment(loaded)
        package = await self._bots.read(new)
        async with database.transaction(workspace_id) as tx:
            session = await sessions.held(tx, workspace_id, session_id)
            if session.status == Status.PUBLISHED:
                return False
            status = after(Status(session.status), Event.PUBLISH)
            if session.walk != loaded.session.walk:
                raise NotProvenError("The session was changed a moment ago.")
            deployed = await self._deploy(tx, principal, new, package, proof)
            files = {name: UUID(upload) for name, upload in session.settings.get("files", {}).items()}
            if files:
                await self._attachments.attach(tx, workspace_id, deployed.bot.id, files)
            await _write_down(tx, session, loaded.held["review"].number, deployed)
            await sessions.move(tx, session, status)
        return True

    async def _deploy(
        self, tx: Tx, principal: Principal, new: NewDeployment, package: BotPackage, proof: ProofResult
    ) -> Deployed:
        """Raises NameTakenError."""
        try:
            return await self._bots.deploy(tx, principal, new, package, proof)
        except ConflictError as error:
            if error.code == NameTakenError.code:
                raise NameTakenError(error.detail) from error
            raise


async def _write_down(tx: Tx, session: BuilderSession, based_on: int, deployed: Deployed) -> None:
    """The last stage, and what came of the session."""
    session.bot_id, session.bot_name = deployed.bot.id, deployed.bot.name
    session.version_id = deployed.version.id
    session.last_number += 1
    published = Published(
        bot_id=str(deployed.bot.id),
        bot_name=deployed.bot.name,
        version_id=str(deployed.version.id),
        digest=deployed.version.digest,
        missing_secrets=deployed.missing_secrets,
    )
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
