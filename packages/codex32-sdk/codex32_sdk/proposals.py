"""Proposals and suggestions: their calls and models. The other requests of API v1 are in `calls`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from pydantic import Field

from codex32_sdk.calls import Call
from codex32_sdk.models import Model, Page


class Proposal(Model):
    """A change to a bot that waits for a person. What it would change is only in `get_proposal`."""

    id: str
    bot_id: str
    bot_name: str
    base_number: int = 0
    title: str
    goal: str = ""
    rationale: str = ""
    risks: list[str] = Field(default_factory=list[str])
    origin: str = "person"
    origin_ref: str | None = None
    widening: bool = False
    proof: str = "pending"
    status: str
    stale: bool = False
    digest: str = ""
    created_at: datetime
    created_by: str | None = None
    reviewer: str | None = None
    reviewed_at: datetime | None = None
    review_note: str = ""
    applied_at: datetime | None = None
    applied_version_id: str | None = None
    changes: list[dict[str, Any]] = Field(default_factory=list[dict[str, Any]])
    manifest_changes: list[dict[str, Any]] = Field(default_factory=list[dict[str, Any]])
    evidence: dict[str, Any] | None = None
    files: dict[str, str] = Field(default_factory=dict[str, str])


class Suggestion(Model):
    """What could be better about a bot."""

    id: str
    kind: str
    title: str
    why: str
    impact: str
    effort: str
    change: dict[str, Any] | None = None
    files: dict[str, str] | None = None
    wish: str | None = None
    bot: str | None = None


class Suggestions(Model):
    """All suggestions for a bot, what helps most first."""

    items: list[Suggestion]


class TakenSuggestion(Model):
    """What became of a suggestion."""

    proposal_id: str | None = None
    session_id: str | None = None


def list_proposals(
    *,
    bot: str | None = None,
    status: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Call[Page[Proposal]]:
    """Newest first."""
    given = {"bot": bot, "status": status, "cursor": cursor, "limit": limit}
    params = {name: str(value) for name, value in given.items() if value is not None}
    return Call("GET", "/proposals", Page[Proposal].model_validate, params)


def get_proposal(proposal_id: str) -> Call[Proposal]:
    """With what it would change and what its tests showed."""
    return Call("GET", _path(proposal_id), Proposal.model_validate)


def propose(
    bot: str,
    title: str,
    files: Mapping[str, str],
    *,
    goal: str = "",
    rationale: str = "",
    risks: Sequence[str] = (),
) -> Call[Proposal]:
    """A change of the bot's newest version; `files` are all of the next one."""
    body = {"bot": bot, "title": title, "files": dict(files), "goal": goal}
    return Call(
        "POST", "/proposals", Proposal.model_validate, body=body | {"rationale": rationale, "risks": [*risks]}
    )


def approve_proposal(proposal_id: str, note: str = "") -> Call[Proposal]:
    """Agree to a change whose tests passed."""
    return Call("POST", _path(proposal_id, "approve"), Proposal.model_validate, body={"note": note})


def reject_proposal(proposal_id: str, note: str = "") -> Call[Proposal]:
    """Say no."""
    return Call("POST", _path(proposal_id, "reject"), Proposal.model_validate, body={"note": note})


def apply_proposal(proposal_id: str) -> Call[Proposal]:
    """Make a version of an approved change."""
    return Call("POST", _path(proposal_id, "apply"), Proposal.model_validate)


def list_suggestions(bot: str) -> Call[Suggestions]:
    """What could be better about a bot."""
    return Call("GET", f"/bots/{quote(bot, safe='')}/suggestions", Suggestions.model_validate)


def take_suggestion(bot: str, suggestion_id: str) -> Call[TakenSuggestion]:
    """Make a proposal of it, or begin a session of the builder that will."""
    path = f"/bots/{quote(bot, safe='')}/suggestions/{quote(suggestion_id, safe='')}"
    return Call("POST", path, TakenSuggestion.model_validate)


def _path(proposal_id: str, *below: str) -> str:
    return "/".join(("/proposals", quote(proposal_id, safe=""), *below))
