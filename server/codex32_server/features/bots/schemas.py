"""Contracts of bots, versions and environments: what the API takes and gives, and what other features see."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from codex32_server.features.usage.facade import BotSpentView
from codex32_server.kit.manifest import rules
from codex32_server.kit.manifest.schema import Manifest
from codex32_server.kit.manifest.schema import Role as BotRole
from codex32_server.runtime.contract import Limits

Proof = Literal["pending", "proven", "unproven", "failed"]
BotStatus = Literal["active", "archived", "deleted"]
BotSort = Literal["created", "name", "updated"]
EnvironmentName = Annotated[str, StringConstraints(max_length=64), AfterValidator(rules.environment)]
MAX_FILES_IN_REQUEST = 1000
_EXAMPLE = (
    '# /// script\n# [tool.codex32]\n# name = "hello"\n# ///\ndef main(name: str) -> str:\n    return name\n'
)


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Change(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PointerView(_View):
    """What an environment points at."""

    version_id: UUID
    number: int
    digest: str


class LatestVersion(_View):
    """The newest version of a bot, whatever became of it."""

    id: UUID
    number: int
    digest: str
    proof: Proof


class OwnerView(_View):
    """The member who made a bot."""

    id: UUID
    name: str


class BotView(_View):
    """A bot as lists show it."""

    id: UUID
    name: str = Field(examples=["price-watch"])
    title: str
    description: str
    role: BotRole
    kind: Literal["job", "service"]
    tags: list[str]
    status: BotStatus
    version_count: int
    environments: dict[str, PointerView]
    latest_version: LatestVersion | None
    spent: BotSpentView | None = Field(
        None, description="On models, today and this month; null: none this month."
    )
    owner: OwnerView | None = Field(
        None,
        description="Who made it, in GET /bots and GET /bots/{bot}; null if that member is gone.",
    )
    favourite: bool = Field(False, description="Of whoever asks, in GET /bots and GET /bots/{bot}.")
    created_at: datetime
    updated_at: datetime


class ProofCase(_View):
    """One test."""

    name: str
    outcome: str = Field(examples=["passed"])
    message: str = ""


class ProofReport(_View):
    """What the proof found."""

    tests: int = 0
    passed: int = 0
    failed: int = 0
    cases: list[ProofCase] = Field(default_factory=list[ProofCase])
    reason: str = Field("", description="Why the version is what it is.")


class SimilarBotView(_View):
    """A bot that is like another."""

    bot: BotView
    score: float = Field(description="Cosine of their vectors, or the rank of the words they share.")


class SimilarView(_View):
    """Bots that are like another, most alike first."""

    by: Literal["meaning", "words"] = Field(
        description="What was compared; words until the bot's vector is computed."
    )
    items: list[SimilarBotView]


class VersionView(_View):
    """An immutable snapshot of a bot."""

    id: UUID
    bot_id: UUID
    number: int
    digest: str = Field(examples=["sha256:" + "0" * 64])
    entry: str
    proof: Proof
    proof_report: ProofReport | None
    proof_stage: str | None = Field(
        None, description="What is being done while `proof` is pending, or why it could not be carried out."
    )
    manifest: dict[str, Any]
    input_schema: dict[str, Any]
    dependencies: list[str]
    warnings: list[str]
    message: str
    environments: list[str] = Field(description="Environments that point at it.")
    created_at: datetime
    created_by: UUID | None


class FileView(_View):
    """One file of a version."""

    path: str
    size: int
    content: str | None = Field(description="The text; null for what is not UTF-8.")


class FilesView(_View):
    """Every file of a version."""

    items: list[FileView]


class FileChangeView(_View):
    """A file that differs."""

    path: str
    kind: Literal["added", "removed", "changed"]
    unified: str | None = Field(description="Unified diff; null for what is not text or too long.")


class ManifestChangeView(_View):
    """A value of the manifest that differs."""

    path: str
    before: Any
    after: Any
    widening: bool = Field(description="It asks for more than before.")


class DiffView(_View):
    """Everything that differs between two versions."""

    from_version: UUID | None
    to_version: UUID
    widening: bool
    manifest: list[ManifestChangeView]
    files: list[FileChangeView]


class EnvironmentView(_View):
    """An environment of a bot and the version that runs there."""

    name: str
    version_id: UUID
    number: int
    digest: str
    proof: Proof
    updated_at: datetime


class MoveView(_View):
    """One move of an environment's pointer."""

    environment: str
    kind: Literal["publish", "promote", "rollback"]
    from_version_id: UUID | None
    to_version_id: UUID
    moved_by: UUID | None
    moved_at: datetime


class EnvironmentsView(_View):
    """The environments of a bot and how they came to be, newest move first."""

    items: list[EnvironmentView]
    moves: list[MoveView]


class FileGiven(_Change):
    """One file whose content need not be text."""

    path: Annotated[str, StringConstraints(max_length=1000)]
    content: str | None = None
    content_base64: str | None = None

    @model_validator(mode="after")
    def one_content(self) -> Self:
        """Exactly one of the two, and base64 that is base64."""
        if (self.content is None) == (self.content_base64 is None):
            raise ValueError("give either content or content_base64")
        self.data()
        return self

    def data(self) -> bytes:
        if self.content_base64 is not None:
            return b64decode(self.content_base64, validate=True)
        return utf8(self.content or "")


class DeployRequest(_Change):
    """The files of a bot, as a version is made of them."""

    files: (
        Annotated[dict[str, str], Field(max_length=MAX_FILES_IN_REQUEST)]
        | Annotated[list[FileGiven], Field(max_length=MAX_FILES_IN_REQUEST)]
    ) = Field(description="Path → text, or a list with base64 content.", examples=[{"bot.py": _EXAMPLE}])
    message: Annotated[str, StringConstraints(max_length=2000)] = Field("", description="What changed.")

    def contents(self) -> dict[str, bytes]:
        """Path → bytes. Raises ValueError for a path that is given twice or text that is not Unicode."""
        if isinstance(self.files, dict):
            return {path: utf8(text) for path, text in self.files.items()}
        contents = {given.path: given.data() for given in self.files}
        if len(contents) != len(self.files):
            raise ValueError("a path is given twice")
        return contents

    @model_validator(mode="after")
    def sound(self) -> Self:
        """Files that can be bytes."""
        self.contents()
        return self


class PromoteRequest(_Change):
    """Which version to publish where."""

    source: EnvironmentName | None = Field(None, alias="from", description="Environment; `dev` without it.")
    version: Annotated[str, StringConstraints(max_length=100)] | int | None = Field(
        None, description="Id, number or digest, instead of `from`."
    )
    to: EnvironmentName = Field(examples=["prod"])

    @model_validator(mode="after")
    def one_source(self) -> Self:
        """Not both."""
        if self.source is not None and self.version is not None:
            raise ValueError("give either from or version")
        return self


class RollbackRequest(_Change):
    """Which environment goes back."""

    environment: EnvironmentName = Field(examples=["prod"])


class DeployedView(_View):
    """What a deployment made."""

    bot: BotView
    version: VersionView
    created: bool = Field(description="The bot is new.")
    unchanged: bool = Field(description="These very files were deployed before: the version is not new.")
    missing_secrets: list[str] = Field(
        default_factory=list[str], description="Secrets the manifest names that are not set for `dev`."
    )


@dataclass(frozen=True, slots=True)
class NewDeployment:
    """Files to make a version of. `bot_id` adds to that bot; `name` is what the manifest must say."""

    files: Mapping[str, bytes]
    message: str = ""
    bot_id: UUID | None = None
    must_be_new: bool = False
    name: str | None = None


@dataclass(frozen=True, slots=True)
class BotFilter:
    """Which bots a list shows."""

    q: str | None = None
    status: BotStatus = "active"
    tag: str | None = None
    role: str | None = None
    owner: UUID | None = None
    """The member who made it."""
    environment: str | None = None
    """One where a version of it is."""
    favourite: bool = False
    sort: BotSort = "created"
    """Newest first, by name, or what changed last first."""


@dataclass(frozen=True, slots=True)
class BotPlace:
    """The last bot of a page: its id, and what it was sorted by if that is not the id."""

    id: UUID
    name: str | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RunnableVersion:
    """What a run needs to be submitted."""

    bot_id: UUID
    bot_name: str
    version_id: UUID
    digest: str
    environment: str
    manifest: Manifest
    input_schema: Mapping[str, Any]
    allowed_hosts: Sequence[str] = ()
    """Of its workspace; none: the manifest alone decides."""


@dataclass(frozen=True, slots=True)
class LoadedVersion:
    """What a worker needs to run a version or to prove it."""

    bot_id: UUID
    bot_name: str
    version_id: UUID
    digest: str
    proof: Proof
    files: Mapping[str, bytes]
    entry: str
    lock: str | None
    manifest: Manifest
    limits: Limits
    input_schema: Mapping[str, Any]
    dependencies: tuple[str, ...]
    requires_python: str


@dataclass(frozen=True, slots=True)
class ProofResult:
    """How a proof ended. `input_schema` replaces the one read from source, `lock` is what was resolved."""

    proof: Literal["proven", "unproven", "failed"]
    report: ProofReport
    lock: str | None = None
    input_schema: Mapping[str, Any] | None = None


def utf8(text: str) -> bytes:
    """Raises ValueError for half a surrogate pair, which JSON can spell and UTF-8 cannot."""
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("the text holds half a surrogate pair") from error
