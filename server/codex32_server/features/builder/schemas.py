"""Contracts of the builder: what is asked of it and what it answers."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from codex32_server.features.builder.suggestions.model import Suggestion

Status = Literal["published", "understood", "needs_answers", "refused"]


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
        None, description="IANA time zone that holds where the text names none; else the workspace's."
    )
    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")] | None = None
    assume_defaults: bool = Field(False, description="Answer questions that have a default with it.")
    publish: bool = Field(True, description="False stops before anything is made: status `understood`.")
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


class FailedProof(BaseModel):
    """The tests did not pass; nothing was published."""

    model_config = ConfigDict(frozen=True)

    reason: str
    failing: list[str] = Field(default_factory=list[str])


class SuggestionsView(BaseModel):
    """What could be better about a bot, what helps most first."""

    model_config = ConfigDict(frozen=True)

    items: list[Suggestion]


class TakenSuggestion(BaseModel):
    """What became of a suggestion: a proposal, or a session that will make one."""

    model_config = ConfigDict(frozen=True)

    proposal_id: UUID | None = None
    session_id: UUID | None = None
