"""From a suggestion to a proposal, in one step: a change of the manifest is filed, words begin a session."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

from codex32_server.features.builder.errors import SuggestionNotFoundError
from codex32_server.features.builder.facade import SessionsFacade
from codex32_server.features.builder.schemas import NewSession, SuggestionsView, TakenSuggestion
from codex32_server.features.builder.suggestions.advice import suggestions
from codex32_server.features.builder.suggestions.gathering import Gathering
from codex32_server.features.builder.suggestions.model import Evidence, Suggestion
from codex32_server.features.proposals.facade import NewProposal, ProposalsFacade
from codex32_server.features.workspaces.facade import WorkspacesFacade
from codex32_server.http.principal import Principal
from codex32_server.kit.manifest.patching import patch_manifest
from codex32_server.storage.session import Tx

_RECORDED = "The tests may hold what runs were given and gave: look whether it may stand in the bot's files."


class Transactions(Protocol):
    """`storage.session.Database`, as far as it is needed here."""

    def transaction(self, workspace_id: UUID | None) -> AbstractAsyncContextManager[Tx]: ...


class BeginEdit(Protocol):
    """Begins a session of the builder that changes a bot; answers with the session's id."""

    async def __call__(self, principal: Principal, bot: str, wish: str) -> UUID: ...


class Suggesting:
    """What could be better about a bot, and making proposals of it."""

    def __init__(
        self, database: Transactions, gathering: Gathering, proposals: ProposalsFacade, begin_edit: BeginEdit
    ) -> None:
        self._database = database
        self._gathering = gathering
        self._proposals = proposals
        self._begin_edit = begin_edit

    async def of(self, workspace_id: UUID, bot: str) -> SuggestionsView:
        """What helps most comes first. Raises BotNotFoundError."""
        evidence = await self._evidence(workspace_id, bot)
        return SuggestionsView(items=await asyncio.to_thread(suggestions, evidence))

    async def take(self, principal: Principal, bot: str, suggestion_id: str) -> TakenSuggestion:
        """Make a proposal of it, or begin a session. Raises BotNotFoundError, SuggestionNotFoundError."""
        evidence = await self._evidence(principal.workspace_id, bot)
        found = await asyncio.to_thread(suggestions, evidence)
        wanted = next((one for one in found if one.id == suggestion_id), None)
        if wanted is None:
            raise SuggestionNotFoundError(f"There is no suggestion {suggestion_id[:80]!r} for this bot now.")
        if wanted.change is not None or wanted.files is not None:
            return TakenSuggestion(proposal_id=await self._file(principal, evidence, wanted))
        if wanted.wish is not None:
            return TakenSuggestion(session_id=await self._begin_edit(principal, evidence.name, wanted.wish))
        raise SuggestionNotFoundError(
            f"Nothing can be changed by itself: {wanted.title}.", next_step="Look at the bot that it names."
        )

    async def _evidence(self, workspace_id: UUID, bot: str) -> Evidence:
        async with self._database.transaction(workspace_id) as tx:
            return await self._gathering.of(tx, workspace_id, bot)

    async def _file(self, principal: Principal, evidence: Evidence, wanted: Suggestion) -> UUID:
        source = patch_manifest(evidence.source, wanted.change) if wanted.change else evidence.source
        files = {**evidence.files, evidence.entry: source, **(wanted.files or {})}
        package = await self._proposals.read(files)
        new = NewProposal(
            bot=evidence.name,
            title=wanted.title,
            files=files,
            origin="suggestion",
            goal=wanted.title,
            rationale=wanted.why,
            risks=[_RECORDED] if wanted.files and evidence.recorded else [],
            origin_ref=wanted.id,
        )
        async with self._database.transaction(principal.workspace_id) as tx:
            return (await self._proposals.file(tx, principal, new, package)).id


class EditSessions:
    """The `BeginEdit` of the product: a session of the builder in a transaction of its own."""

    def __init__(
        self, database: Transactions, sessions: SessionsFacade, workspaces: WorkspacesFacade
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._workspaces = workspaces

    async def __call__(self, principal: Principal, bot: str, wish: str) -> UUID:
        """Raises BotNotFoundError, BotNotTextError."""
        async with self._database.transaction(principal.workspace_id) as tx:
            zone = await self._workspaces.timezone(tx, principal.workspace_id)
            return await self._sessions.open(tx, principal, NewSession(text=wish, bot=bot), zone)
