"""A session as people see it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from codex32_server.features.builder.contract import STAGES, Asked
from codex32_server.features.builder.documents import document_of
from codex32_server.features.builder.models import BuilderSession, BuilderStage, SaidMessage
from codex32_server.features.builder.schemas import (
    BotRef,
    EngineOffer,
    MessageView,
    QuestionView,
    SessionSummary,
    SessionView,
    StageView,
    VersionRef,
)
from codex32_server.features.builder.service.state import Loaded

GIVEN_UP = "given_up"
_GIVEN_UP = "The work ended without a result: no worker could carry it out. Resume the session."
_TRIED = "It was tried several times."
"""Said before what the last try came to."""


def summary(session: BuilderSession, status: str) -> SessionSummary:
    return SessionSummary.model_validate(_summary(session, status))


def view(loaded: Loaded, cost: Decimal, offer: EngineOffer | None) -> SessionView:
    """Everything of a session at once."""
    session, held = loaded.session, loaded.held
    newest = _newest(loaded.rows)
    holding = {row.number for row in held.values()}
    review = held.get("review")
    published = _document(newest, "publish") or {}
    return SessionView.model_validate(
        {
            **_summary(session, loaded.status),
            **_standing(loaded),
            "wanted_engine": session.wanted_engine,
            "messages": [_message(message) for message in loaded.messages],
            "stages": [
                stage_view(row, holds=row.number in holding or row.stage == "publish") for row in newest
            ],
            "review": review.document if review is not None else None,
            "version": session.version_id and VersionRef(id=session.version_id, digest=published["digest"]),
            "rounds": loaded.rounds,
            "max_rounds": loaded.most_rounds,
            "cost_usd": cost,
            "budget_usd": session.budget_usd,
            "offer": offer,
            "proposal_id": session.settings.get("proposal"),
            "missing_secrets": published.get("missing_secrets", _missing(review)),
        }
    )


def _standing(loaded: Loaded) -> dict[str, Any]:
    """Where it is, what it asks, and what went wrong."""
    session = loaded.session
    last = max(loaded.rows, key=lambda row: row.number, default=None)
    asks = last is not None and loaded.status == "asking" and last.document
    asked = document_of(asks) if asks else None
    given_up = loaded.status == "failed" and session.status == "working"
    gave_up = f"{_TRIED} {last.error}" if last is not None and last.error else _GIVEN_UP
    return {
        "at": None if last is None else last.stage,
        "questions": questions_of(asked) if isinstance(asked, Asked) else [],
        "understood": asked.understood if isinstance(asked, Asked) else [],
        "error_code": GIVEN_UP if given_up else session.error_code,
        "error": gave_up if given_up else session.error_detail,
    }


def stage_view(row: BuilderStage, *, holds: bool) -> StageView:
    return StageView(
        number=row.number,
        stage=row.stage,
        round=row.round,
        status=row.status,
        holds=holds,
        document=row.document,
        error=row.error,
        edited_by=row.edited_by,
        cost_usd=row.cost_usd,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


def questions_of(asked: Asked) -> list[QuestionView]:
    return [QuestionView.model_validate(question.model_dump()) for question in asked.questions]


def _summary(session: BuilderSession, status: str) -> dict[str, Any]:
    bot = None if session.bot_id is None else BotRef(id=session.bot_id, name=session.bot_name or "")
    base = session.base
    return {
        "id": session.id,
        "title": session.title,
        "status": status,
        "engine": session.engine,
        "dry_run": bool(session.settings.get("dry_run", False)),
        "bot": bot,
        "changes": BotRef(id=base["bot_id"], name=base["name"]) if base else None,
        "created_at": session.created_at,
        "updated_at": session.updated_at,
    }


def _newest(rows: Sequence[BuilderStage]) -> list[BuilderStage]:
    """The newest row of each stage, in the order of the stages."""
    found = {row.stage: row for row in sorted(rows, key=lambda row: row.number)}
    return [found[stage] for stage in STAGES if stage in found]


def _document(rows: Sequence[BuilderStage], stage: str) -> dict[str, Any] | None:
    return next((row.document for row in rows if row.stage == stage), None)


def _missing(review: BuilderStage | None) -> list[str]:
    secrets = cast("list[dict[str, Any]]", ((review.document if review else None) or {}).get("secrets", []))
    return [secret["name"] for secret in secrets if not secret["is_set"]]


def _message(message: SaidMessage) -> MessageView:
    return MessageView.model_validate(
        {key: getattr(message, key) for key in ("number", "role", "kind", "text", "at")}
    )
