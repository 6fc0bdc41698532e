"""Contracts of the builder: what is asked of it and what it answers."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from codex32_server.features.builder.suggestions.model import Suggestion

Status = Literal["published", "understood", "needs_answers", "refused"]
SessionStatus = Literal["working", "asking", "reviewing", "published", "refused", "failed", "cancelled"]
EngineChoice = Literal["auto", "recipes", "models"]
Wish = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
BotName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]


class BuildRequest(BaseModel):
    """A wish in words, and the answers to the questions it raised before."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000)] = Field(
        description="The wish, up to 2,000 characters; an empty or longer one is answered with `refused`.",
        examples=[
            "every weekday at 9 clean the contacts CSV: drop rows without an email, deduplicate by email"
        ],
    )
    answers: dict[str, str] = Field(default_factory=dict[str, str], description="Question id → answer.")
    timezone: str | None = Field(
        default=None, description="IANA time zone that holds where the text names none; else the workspace's."
    )
    name: BotName | None = None
    assume_defaults: bool = Field(default=False, description="Answer questions that have a default with it.")
    publish: bool = Field(
        default=True, description="False stops before anything is made: status `understood`."
    )
    files: dict[str, UUID] = Field(
        default_factory=dict[str, UUID],
        description="Name → id of an upload: given to every run that the bot's schedules start.",
    )


class QuestionView(BaseModel):
    """Something only the person can say."""

    model_config = ConfigDict(frozen=True)

    id: str
    text: str
    kind: Literal["text", "choice", "number", "time", "column"]
    about: str = Field(description="The words of the text it is about.")
    choices: list[str] = Field(default_factory=list[str])
    default: str | None = None
    optional: bool = Field(
        default=False, description="Whether an empty answer goes without what it is about."
    )


class BotRef(BaseModel):
    """The bot that was made."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    name: str


class VersionRef(BaseModel):
    """Its version."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    digest: str


class BuildResult(BaseModel):
    """Published, or what is missing, or why not."""

    model_config = ConfigDict(frozen=True)

    status: Status
    bot: BotRef | None = None
    version: VersionRef | None = None
    questions: list[QuestionView] = Field(default_factory=list[QuestionView])
    reason: str | None = Field(
        default=None, description="Why it was refused, with the nearest thing that is possible."
    )
    about: str | None = Field(default=None, description="The words the refusal is about.")
    understanding: list[str] = Field(
        default_factory=list[str], description="What the bot does, sentence by sentence."
    )
    assumed: list[str] = Field(default_factory=list[str], description="Decisions taken without asking.")
    schedules: list[str] = Field(default_factory=list[str])
    files: dict[str, str] = Field(
        default_factory=dict[str, str], description="The files that were or would be published."
    )
    session: UUID | None = Field(default=None, description="The session that built it.")


class RecipeView(BaseModel):
    """One block the builder can compose."""

    model_config = ConfigDict(frozen=True)

    name: str
    role: str
    title: str
    example: str
    slots: list[str]


class PublishedVersion(BaseModel):
    """What a publisher made: proven and ready to run."""

    model_config = ConfigDict(frozen=True)

    bot_id: UUID
    bot_name: str
    version_id: UUID
    digest: str
    session_id: UUID | None = None
    files: dict[str, str] = Field(default_factory=dict[str, str])


class FailedProof(BaseModel):
    """The tests did not pass; nothing was published."""

    model_config = ConfigDict(frozen=True)

    reason: str
    failing: list[str] = Field(default_factory=list[str])
    session_id: UUID | None = None


class SuggestionsView(BaseModel):
    """What could be better about a bot, what helps most first."""

    model_config = ConfigDict(frozen=True)

    items: list[Suggestion]


class TakenSuggestion(BaseModel):
    """What became of a suggestion: a proposal, or a session that will make one."""

    model_config = ConfigDict(frozen=True)

    proposal_id: UUID | None = None
    session_id: UUID | None = None


class NewSession(BaseModel):
    """What should be built."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Wish = Field(
        description="The wish, in plain words.",
        examples=["every weekday at 9 drop rows without an email from contacts.csv"],
    )
    engine: EngineChoice = Field(
        default="auto",
        description="`recipes` needs no model and costs nothing; `models` asks the models of the workspace. "
        "`auto` takes recipes and only offers models where these do not know the words.",
    )
    answers: dict[str, str] = Field(default_factory=dict[str, str], description="Question id → answer.")
    assume_defaults: bool = Field(default=False, description="Answer questions that have a default with it.")
    timezone: str | None = Field(default=None, description="IANA time zone; without it the workspace's.")
    name: BotName | None = Field(default=None, description="Name of the bot; without it one is found.")
    bot: str | None = Field(
        default=None,
        max_length=100,
        description="Id or name of a bot that is to be changed: then the text says what should change.",
    )
    dry_run: bool = Field(
        default=False, description="Stop before the tests; the session cannot be published."
    )
    budget_usd: Decimal | None = Field(
        default=None,
        gt=0,
        le=1000,
        description="The most that the session may spend on models.",
        examples=["0.50"],
    )
    max_rounds: int = Field(default=3, ge=0, le=10, description="Repairs, after the first writing.")
    files: dict[str, UUID] = Field(
        default_factory=dict[str, UUID],
        description="Name → id of an upload: given to every run that the bot's schedules start.",
    )


class Said(BaseModel):
    """More of the conversation: words, answers, or both; and who goes on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Wish | None = None
    answers: dict[str, str] = Field(default_factory=dict[str, str], description="Question id → answer.")
    assume_defaults: bool | None = None
    engine: EngineChoice | None = Field(
        default=None, description="Go on with another engine, as it was offered."
    )
    budget_usd: Decimal | None = Field(default=None, gt=0, le=1000)
    max_rounds: int | None = Field(default=None, ge=0, le=10)


class EditedStage(BaseModel):
    """A document in place of the one that holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document: dict[str, Any] = Field(description="The whole document, as the stage shows it.")


class MessageView(BaseModel):
    """One turn of the conversation."""

    model_config = ConfigDict(frozen=True)

    number: int
    role: Literal["person", "builder"]
    kind: str = Field(description="said, answered, restated, asked or refused.")
    text: str
    at: datetime


class StageView(BaseModel):
    """One walk through one stage."""

    model_config = ConfigDict(frozen=True)

    number: int
    stage: str
    round: int = Field(description="Writing and mending are counted; the first writing is 1.")
    status: str = Field(description="running, done, found, asked, refused, failed or lost.")
    holds: bool = Field(description="Not out of date: nothing before it was changed since.")
    document: dict[str, Any] | None
    error: str | None
    edited_by: UUID | None
    cost_usd: Decimal
    started_at: datetime
    ended_at: datetime | None


class EngineOffer(BaseModel):
    """What could go on, at a price. Nothing is spent before a person says so."""

    model_config = ConfigDict(frozen=True)

    engine: Literal["models"] = "models"
    model: str = Field(description="The alias that would be asked.")
    says: str


class SessionSummary(BaseModel):
    """A session as lists show it."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    title: str
    status: SessionStatus
    engine: Literal["recipes", "models"]
    dry_run: bool
    bot: BotRef | None
    changes: BotRef | None = Field(default=None, description="The bot that it changes; null for a new one.")
    created_at: datetime
    updated_at: datetime


class SessionView(SessionSummary):
    """A session, whole: the conversation, and every stage that holds."""

    wanted_engine: EngineChoice
    at: str | None = Field(description="The stage that is walked, or where it stopped.")
    messages: list[MessageView]
    stages: list[StageView] = Field(description="The newest row of each stage, in order.")
    questions: list[QuestionView]
    understood: list[str] = Field(description="What was understood so far, where it asks.")
    review: dict[str, Any] | None = Field(description="The review page, once there is one.")
    version: VersionRef | None
    error_code: str | None
    error: str | None
    rounds: int
    max_rounds: int
    cost_usd: Decimal
    budget_usd: Decimal | None
    offer: EngineOffer | None
    missing_secrets: list[str]
    proposal_id: UUID | None = Field(default=None, description="The proposal that a change of a bot became.")
