"""What a session that changes a bot begins with: the files that `dev` runs, and the words they came from."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.builder.contract import Requirements
from codex32_server.features.builder.documents import document_of
from codex32_server.features.builder.errors import BotNotTextError
from codex32_server.features.builder.models import BuilderSession
from codex32_server.features.builder.repository import sessions, stages
from codex32_server.features.builder.service.course import present
from codex32_server.features.proposals.facade import ProposalsFacade
from codex32_server.storage.session import Tx

_MOST_SUGGESTIONS = 50
"""That were applied one after the other, at most: further back nobody looks for the words."""


async def base_of(
    tx: Tx, bots: BotsFacade, proposals: ProposalsFacade, workspace_id: UUID, reference: str
) -> dict[str, Any]:
    """`bot_id`, `name`, `version_id`, `files`, `origin`, `answers`.

    Raises BotNotFoundError, BotNotTextError.
    """
    bot = await bots.get(tx, workspace_id, reference)
    version = await bots.base(tx, workspace_id, str(bot.id))
    loaded = await bots.load(tx, workspace_id, version.id)
    try:
        files = {path: content.decode() for path, content in loaded.files.items()}
    except UnicodeDecodeError as error:
        raise BotNotTextError(f"{bot.name!r} has files that are no text.") from error
    origin, answers = await _origin(tx, proposals, workspace_id, version.id)
    return {
        "bot_id": str(bot.id),
        "name": bot.name,
        "version_id": str(version.id),
        "files": files,
        "origin": origin,
        "answers": answers,
    }


async def _origin(
    tx: Tx, proposals: ProposalsFacade, workspace_id: UUID, version_id: UUID
) -> tuple[str | None, dict[str, str]]:
    """The sentence of the session that made this version, with every answer that belongs to it.

    A suggestion that was applied changes the manifest and no word: the version before it is asked.
    """
    session, before = None, version_id
    for _ in range(_MOST_SUGGESTIONS):
        session = await _session_of(tx, proposals, workspace_id, before)
        earlier = await proposals.suggested_from(tx, workspace_id, before) if session is None else None
        if earlier is None:
            break
        before = earlier
    if session is None:
        return None, {}
    row = present(session.turn, await stages.of(tx, workspace_id, session.id)).get("requirements")
    document = document_of(row.document) if row is not None and row.document else None
    sentence = document.sentence if isinstance(document, Requirements) else ""
    known: dict[str, str] = (session.base or {}).get("answers") or {}
    return sentence or None, {**known, **session.answers}


async def _session_of(
    tx: Tx, proposals: ProposalsFacade, workspace_id: UUID, version_id: UUID
) -> BuilderSession | None:
    """That made the version, or the proposal that was applied as it."""
    session = await sessions.of_version(tx, workspace_id, version_id)
    if session is not None:
        return session
    made_by = await proposals.edit_of_version(tx, workspace_id, version_id)
    found = await sessions.get(tx, workspace_id, UUID(made_by)) if made_by else None
    return found[0] if found else None
