"""What is asked of an explainer, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol
from uuid import UUID

from pydantic import Field

from codex32_server.features.builder.contract import Document, Made

from .asked import About

By = Literal["facts", "models"]


class Explanation(Document):
    """A bot in plain words. All lists but `steps` are facts, whoever wrote the summary."""

    by: By = Field(description="Whether the words are a model's, or follow from the files alone.")
    title: str
    summary: str
    steps: list[str] = Field(default_factory=list[str], description="What it does, in its order.")
    starts: list[str] = Field(default_factory=list[str], description="What starts it.")
    takes: list[str] = Field(default_factory=list[str], description="Inputs and files.")
    gives: list[str] = Field(default_factory=list[str], description="What it returns and leaves.")
    touches: list[str] = Field(default_factory=list[str], description="What it may reach, read and spend.")
    made: Made | None = Field(default=None, description="Where a model wrote it.")


class FailureExplanation(Document):
    """Why a run failed, and what to do."""

    by: By
    summary: str = Field(description="What happened.")
    cause: str = Field(description="The most likely reason.")
    where: str = Field(default="", description="Place in the bot's code, where it is known.")
    steps: list[str] = Field(default_factory=list[str], description="What to do now, most likely help first.")
    made: Made | None = Field(default=None, description="Where a model wrote it.")


@dataclass(frozen=True)
class FailedRun:
    """What is known of a run that did not succeed."""

    code: str
    """`error.code`, or the status where there is none."""
    detail: str = ""
    traceback: str = ""
    log: str = ""
    """The end of it."""
    attempts: int = 1
    advice: tuple[str, ...] = ()
    """What the platform says to do about that code."""
    refused: tuple[str, ...] = field(default=())
    """Hosts that it tried to reach and may not."""


class Explainer(Protocol):
    """Explains from files (path → text). `language` is ISO 639-1; facts are in English."""

    async def bot(self, files: Mapping[str, str], language: str = "en") -> Explanation:
        """Raises BotFileError and its kinds for files that are no bot."""
        ...

    async def failure(
        self, files: Mapping[str, str], run: FailedRun, language: str = "en"
    ) -> FailureExplanation:
        """Never fails: of files that cannot be read only the error is explained."""
        ...


class TellAbout(Protocol):
    """Answers a question about a bot of the workspace in sentences, for a conversation."""

    async def __call__(self, workspace_id: UUID, bot: str, about: About) -> list[str]:
        """Says so where there is nothing to explain. Raises BotNotFoundError."""
        ...
