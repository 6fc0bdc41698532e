"""A wish that is waited for: a session from the first word to the published bot, in one call.

What failed stays behind as a session that says why, never as a bot.
"""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from codex32_server.features.builder.errors import NameTakenError, ProofOutstandingError
from codex32_server.features.builder.facade import (
    FailedProof,
    NewSession,
    PublishedVersion,
    SessionsFacade,
)
from codex32_server.features.builder.schemas import SessionView
from codex32_server.http.principal import Principal
from codex32_server.queue.notify import Listener
from codex32_server.queue.overview import refusal
from codex32_server.storage.session import Database

_PATIENCE_WITH_REFUSALS = 5.0
"""Seconds after which it is asked whether there is a worker that runs bots at all."""
_MOST_NAMES = 5
_MOST_FAILING = 20


class SessionPublisher:
    """The Publisher of the product. `patience` is in seconds."""

    def __init__(
        self, database: Database, listener: Listener, sessions: SessionsFacade, *, patience: float = 120.0
    ) -> None:
        self._database = database
        self._listener = listener
        self._sessions = sessions
        self._patience = patience

    async def publish(
        self, principal: Principal, wish: NewSession, zone: str
    ) -> PublishedVersion | FailedProof:
        """Raises NameTakenError (only if a name was asked for), ProofOutstandingError."""
        async with self._database.transaction(principal.workspace_id) as tx:
            session_id = await self._sessions.open(tx, principal, wish, zone)
        for attempt in range(_MOST_NAMES):
            view = await self._rested(principal, session_id)
            if view.status != "reviewing":
                return _failed(view)
            try:
                await self._sessions.publish(self._database, principal, session_id)
            except NameTakenError:
                # Somebody took the name that was free when it was chosen.
                if wish.name is not None or attempt == _MOST_NAMES - 1:
                    raise
                async with self._database.transaction(principal.workspace_id) as tx:
                    await self._sessions.rename(tx, principal, session_id)
                continue
            break
        async with self._database.transaction(principal.workspace_id) as tx:
            return _published(await self._sessions.get(tx, principal.workspace_id, session_id))

    async def _rested(self, principal: Principal, session_id: UUID) -> SessionView:
        workspace_id = principal.workspace_id
        wait = _PATIENCE_WITH_REFUSALS
        status = await self._sessions.wait_for_rest(
            self._database, self._listener, workspace_id, session_id, wait
        )
        if status == "working":
            async with self._database.transaction(workspace_id) as tx:
                why = await refusal(tx)
            if why is not None:
                raise ProofOutstandingError(
                    f"The new bot cannot be tested, because no worker can run bots: {why}",
                    next_step=f"`codex32 doctor` says what is missing; then go on with session {session_id}.",
                )
            status = await self._sessions.wait_for_rest(
                self._database, self._listener, workspace_id, session_id, self._patience - wait
            )
        if status == "working":
            raise ProofOutstandingError(
                f"The tests of the new bot did not finish within {self._patience:g} seconds.",
                next_step=f"Look at session {session_id}, and publish it when it is ready for review.",
            )
        async with self._database.transaction(workspace_id) as tx:
            return await self._sessions.get(tx, workspace_id, session_id)


def _failed(view: SessionView) -> FailedProof:
    tests = _document(view, "tests")
    cases = cast("list[dict[str, Any]]", tests.get("cases", []))
    failing = [f"{case['name']}: {case['message']}" for case in cases if case["outcome"] == "failed"]
    reason = tests.get("reason") or view.error or "It was stopped."
    return FailedProof(reason=reason, failing=failing[:_MOST_FAILING], session_id=view.id)


def _published(view: SessionView) -> PublishedVersion:
    published = _document(view, "publish")
    return PublishedVersion(
        bot_id=UUID(published["bot_id"]),
        bot_name=published["bot_name"],
        version_id=UUID(published["version_id"]),
        digest=published["digest"],
        session_id=view.id,
        files=_document(view, "code").get("files", {}),
    )


def _document(view: SessionView, stage: str) -> dict[str, Any]:
    none: dict[str, Any] = {}
    return next((row.document for row in view.stages if row.stage == stage and row.document), none)
