"""Sessions of the builder. The other requests of API v1 are in `calls`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from pydantic import Field

from codex32_sdk.calls import Call
from codex32_sdk.models import Model, Page

Engine = Literal["auto", "recipes", "models"]
RESTING = frozenset({"asking", "reviewing", "published", "refused", "failed", "cancelled"})
"""Nothing happens by itself any more."""


class BuilderStage(Model):
    """One walk through one stage; `document` is what it left."""

    number: int
    stage: str
    round: int = 1
    status: str
    holds: bool = True
    document: dict[str, Any] | None = None
    error: str | None = None
    edited_by: str | None = None
    cost_usd: str = "0"
    started_at: datetime | None = None
    ended_at: datetime | None = None


class BuilderSummary(Model):
    """A session as lists show it."""

    id: str
    title: str
    status: str
    engine: str
    dry_run: bool = False
    bot: dict[str, Any] | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class BuilderSession(BuilderSummary):
    """A session, whole."""

    at: str | None = None
    messages: list[dict[str, Any]] = Field(default_factory=list[dict[str, Any]])
    stages: list[BuilderStage] = Field(default_factory=list[BuilderStage])
    questions: list[dict[str, Any]] = Field(default_factory=list[dict[str, Any]])
    understood: list[str] = Field(default_factory=list[str])
    review: dict[str, Any] | None = None
    version: dict[str, Any] | None = None
    error_code: str | None = None
    error: str | None = None
    rounds: int = 0
    max_rounds: int = 0
    cost_usd: str = "0"
    budget_usd: str | None = None
    offer: dict[str, Any] | None = None
    missing_secrets: list[str] = Field(default_factory=list[str])
    proposal_id: str | None = None

    def document(self, stage: str) -> dict[str, Any] | None:
        """What the newest walk through a stage left."""
        return next((row.document for row in self.stages if row.stage == stage), None)


def open_builder_session(
    text: str,
    *,
    engine: Engine | None = None,
    answers: Mapping[str, str] | None = None,
    assume_defaults: bool = False,
    timezone: str | None = None,
    name: str | None = None,
    dry_run: bool = False,
    budget_usd: str | None = None,
    max_rounds: int | None = None,
    files: Mapping[str, str] | None = None,
    bot: str | None = None,
) -> Call[BuilderSession]:
    """Begin to build a bot from words, or with `bot` to change that one; follow it with
    `follow_builder_session`.

    A dry run stops before the tests. `budget_usd` is the most that models may cost.
    """
    body = {"text": text} | _given(
        engine=engine,
        answers=answers,
        assume_defaults=assume_defaults or None,
        timezone=timezone,
        name=name,
        dry_run=dry_run or None,
        budget_usd=budget_usd,
        max_rounds=max_rounds,
        files=files,
        bot=bot,
    )
    return Call("POST", "/builder/sessions", BuilderSession.model_validate, body=body)


def list_builder_sessions(
    *, status: str | None = None, limit: int | None = None, cursor: str | None = None
) -> Call[Page[BuilderSummary]]:
    """Newest first."""
    params = _params(status=status, limit=limit, cursor=cursor)
    return Call("GET", "/builder/sessions", Page[BuilderSummary].model_validate, params=params)


def get_builder_session(session_id: str, *, wait: int | None = None) -> Call[BuilderSession]:
    """One session, whole; with `wait` when it rests, or after so many seconds."""
    return Call("GET", _of(session_id), BuilderSession.model_validate, params=_params(wait=wait))


def say_to_builder(
    session_id: str,
    text: str | None = None,
    *,
    answers: Mapping[str, str] | None = None,
    assume_defaults: bool | None = None,
    engine: Engine | None = None,
    budget_usd: str | None = None,
    max_rounds: int | None = None,
) -> Call[BuilderSession]:
    """Say more, answer, take another engine, allow more; with nothing at all it goes on where it stopped."""
    body = _given(
        text=text,
        answers=answers,
        assume_defaults=assume_defaults,
        engine=engine,
        budget_usd=budget_usd,
        max_rounds=max_rounds,
    )
    return Call("POST", _of(session_id, "messages"), BuilderSession.model_validate, body=body)


def edit_builder_stage(session_id: str, stage: str, document: Mapping[str, Any]) -> Call[BuilderSession]:
    """Put a document of your own in a stage's place (requirements, plan or code); the rest goes on."""
    path = _of(session_id, "stages", stage)
    return Call("PUT", path, BuilderSession.model_validate, body={"document": dict(document)})


def publish_builder_session(session_id: str) -> Call[BuilderSession]:
    """Make the bot that was reviewed, in `dev`. Harmless to repeat."""
    return Call("POST", _of(session_id, "publish"), BuilderSession.model_validate)


def propose_builder_session(session_id: str) -> Call[BuilderSession]:
    """File the change of a bot as a proposal, for somebody else to approve. Harmless to repeat."""
    return Call("POST", _of(session_id, "propose"), BuilderSession.model_validate)


def cancel_builder_session(session_id: str) -> Call[BuilderSession]:
    """End a session. Harmless to repeat."""
    return Call("POST", _of(session_id, "cancel"), BuilderSession.model_validate)


def _of(*parts: str) -> str:
    return "/builder/sessions" + "".join(f"/{quote(part, safe='')}" for part in parts)


def _given(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _params(**members: Any) -> dict[str, str]:
    return {name: str(value) for name, value in members.items() if value is not None}
