"""A session as it stands: its row, what was said, every stage row; and the brief for engines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from codex32_server.features.builder.contract import BotFiles, Brief, Stage
from codex32_server.features.builder.documents import Checked, Tested, document_of
from codex32_server.features.builder.errors import SessionNotFoundError
from codex32_server.features.builder.models import BuilderSession, BuilderStage, SaidMessage
from codex32_server.features.builder.repository import sessions, stages
from codex32_server.features.builder.service.course import present
from codex32_server.features.builder.service.inquiring import conversation
from codex32_server.storage.session import Tx

DEFAULT_ROUNDS = 3
"""Repairs, after the first writing."""


@dataclass(frozen=True)
class Loaded:
    """Read in one transaction."""

    session: BuilderSession
    status: str
    """`failed` where the work was given up."""
    messages: Sequence[SaidMessage]
    rows: Sequence[BuilderStage]

    @property
    def held(self) -> Mapping[Stage, BuilderStage]:
        """The rows that hold."""
        return present(self.session.turn, self.rows)

    def document(self, stage: Stage) -> Any:
        """The document that holds for a stage. KeyError where there is none."""
        return document_of(self.held[stage].document or {})

    @property
    def rounds(self) -> int:
        """How often the code of the present plan was written by the engine."""
        plan = self.held.get("plan")
        return sum(
            row.stage == "code" and row.edited_by is None and row.status == "done"
            for row in self.rows
            if plan is not None and row.based_on == plan.number
        )

    @property
    def most_rounds(self) -> int:
        return int(self.session.settings.get("max_rounds", DEFAULT_ROUNDS))

    @property
    def dry_run(self) -> bool:
        return bool(self.session.settings.get("dry_run", False))

    def findings(self) -> list[Any]:
        """What stands in the way: of the newest checks or tests that hold."""
        for stage in ("tests", "checks"):
            row = self.held.get(stage)
            if row is not None and row.status == "found" and row.document:
                document: Checked | Tested = document_of(row.document)
                return [finding for finding in document.findings if finding.severity == "error"]
        return []

    def first_finding(self) -> str:
        found = self.findings()
        if not found:
            return "it is not known why."
        place = f"{found[0].file}:{found[0].line}: " if found[0].line else ""
        return f"{place}{found[0].message}"[:500]

    def brief(self) -> Brief:
        """Everything that a person said so far."""
        settings, base = self.session.settings, self.session.base
        return Brief(
            messages=conversation(self.messages),
            answers=dict(self.session.answers),
            timezone=settings.get("timezone", "UTC"),
            name=settings.get("name"),
            assume_defaults=bool(settings.get("assume_defaults", False)),
            base=BotFiles(files=base["files"]) if base else None,
            origin=base.get("origin") if base else None,
            origin_answers=dict(base.get("answers") or {}) if base else {},
        )


async def load(tx: Tx, workspace_id: UUID, session_id: UUID) -> Loaded:
    """Raises SessionNotFoundError."""
    found = await sessions.get(tx, workspace_id, session_id)
    if found is None:
        raise SessionNotFoundError(f"There is no session {session_id}.")
    said = await stages.messages(tx, workspace_id, session_id)
    return Loaded(found[0], found[1], said, await stages.of(tx, workspace_id, session_id))
