"""Contracts of proposals: what is proposed, and what people see of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from codex32_server.features.bots.facade import ProofResult

from .states import Status

Origin = Literal["person", "edit", "suggestion", "repair"]
Proof = Literal["pending", "proven", "unproven", "failed"]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Words = Annotated[str, StringConstraints(max_length=10_000)]
_MOST_RISKS = 20


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ProposeRequest(_Frozen):
    """A change that a person or a program proposes."""

    bot: str = Field(max_length=100, description="Id or name of the bot.")
    title: Line = Field(examples=["Try again when the shop does not answer"])
    goal: Words = Field("", description="What it is for.")
    rationale: Words = Field("", description="Why it is right.")
    risks: list[Line] = Field(default_factory=list[str], max_length=_MOST_RISKS)
    files: dict[str, str] = Field(
        min_length=1,
        description="Path → text of every file of the new version; files that are left out are removed.",
    )


class ReviewRequest(_Frozen):
    """What the reviewer says with the decision."""

    note: Words = ""


class FileChangeView(_Frozen):
    """One file that differs from the base."""

    path: str
    kind: Literal["added", "removed", "changed"]
    unified: str | None = Field(description="Unified diff; null for what is too long to show.")


class ManifestChangeView(_Frozen):
    """One value of the manifest that differs from the base."""

    path: str
    before: Any = None
    after: Any = None
    widening: bool = Field(description="It asks for more than the bot may do now.")


class ProposalView(BaseModel):
    """A proposal, without its files."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    bot_id: UUID
    bot_name: str
    base_version_id: UUID
    base_number: int
    title: str
    goal: str
    rationale: str
    risks: list[str]
    origin: Origin
    origin_ref: str | None
    widening: bool
    proof: Proof
    status: Status
    stale: bool = Field(description="The bot is no longer at the version that this changes.")
    digest: str = Field(description="Of the files that were proposed, as of a version.")
    created_at: datetime
    created_by: str | None = Field(description="Name of the member; null for the platform itself.")
    reviewer: str | None
    reviewed_at: datetime | None
    review_note: str
    applied_at: datetime | None
    applied_version_id: UUID | None


class ProposalDetail(ProposalView):
    """A proposal with what it would change and what its tests showed."""

    changes: list[FileChangeView]
    manifest_changes: list[ManifestChangeView]
    evidence: dict[str, Any] | None = Field(description="The report of its tests.")
    files: dict[str, str]


@dataclass(frozen=True)
class ProposalFilter:
    """Which proposals a list shows; None: all."""

    bot: str | None = None
    status: Status | None = None


@dataclass(frozen=True)
class NewProposal:
    """A change as other features file it. `proof` is that of these very files, where there is one already;
    `base_version_id` the version that was changed, which must be the newest still.
    """

    bot: str
    title: str
    files: Mapping[str, str]
    origin: Origin
    goal: str = ""
    rationale: str = ""
    risks: Sequence[str] = ()
    origin_ref: str | None = None
    proof: ProofResult | None = None
    base_version_id: UUID | None = None


@dataclass(frozen=True)
class WaitingProposal:
    """One that a person has yet to decide on, or to apply."""

    id: UUID
    title: str
    status: Status
    proof: str
    widening: bool
    bot_id: UUID
    bot_name: str
    created_at: datetime
