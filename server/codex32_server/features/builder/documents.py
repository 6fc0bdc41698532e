"""What the stages after `code` leave behind: what was found, what the tests showed, what a person reviews."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from .contract import (
    Asked,
    Document,
    Finding,
    Permissions,
    Plan,
    Refused,
    Requirements,
    Stage,
    Written,
)

Severity = Literal["error", "warning", "note"]


class Told(Finding):
    """A finding of the static checks. What only warns does not stand in the way."""

    severity: Severity = "error"


class Checked(Document):
    """What was found by looking at the files, without running them."""

    kind: Literal["checked"] = "checked"
    findings: list[Told]
    skipped: list[str] = Field(
        default_factory=list[str], description="Checks that could not be made, and why."
    )

    @property
    def errors(self) -> list[Told]:
        return [finding for finding in self.findings if finding.severity == "error"]


class TestCase(Document):
    """One test."""

    name: str
    outcome: str = Field(examples=["passed"])
    message: str = ""


class Tested(Document):
    """What the bot's own tests showed, in the sandbox, on a faked network."""

    kind: Literal["tested"] = "tested"
    proof: Literal["proven", "unproven", "failed", "skipped"]
    digest: str = Field(description="Names the files that were tested.")
    tests: int = 0
    passed: int = 0
    failed: int = 0
    cases: list[TestCase] = Field(default_factory=list[TestCase])
    reason: str = ""
    lock: str | None = None
    input_schema: dict[str, Any] | None = None
    findings: list[Told] = Field(default_factory=list[Told])


class SecretNeeded(Document):
    """A secret that the bot reads."""

    name: str
    is_set: bool
    command: str = Field(description="How to set it.")


class Cost(Document):
    """What running it costs. Nothing where no model is used."""

    most_per_run_usd: str | None = None
    runs_per_month: float | None = Field(
        default=None, description="As its schedules say; none where others start it."
    )
    most_per_month_usd: str | None = None
    says: str


class FileChange(Document):
    """How one file differs from the bot that is changed."""

    path: str
    change: Literal["added", "removed", "changed"]
    diff: str = Field(description="Unified diff.")


class Reviewed(Document):
    """Everything a person needs to decide."""

    kind: Literal["reviewed"] = "reviewed"
    name: str
    title: str
    does: list[str] = Field(description="In plain words, in order.")
    assumed: list[str] = Field(default_factory=list[str])
    schedules: list[str] = Field(default_factory=list[str])
    starts: list[str] = Field(default_factory=list[str], description="What starts it, in plain words.")
    permissions: Permissions
    wider: list[str] = Field(
        default_factory=list[str], description="What it may touch that the bot before it may not."
    )
    secrets: list[SecretNeeded] = Field(default_factory=list[SecretNeeded])
    cost: Cost
    warnings: list[str] = Field(default_factory=list[str])
    tests: list[TestCase] = Field(default_factory=list[TestCase])
    tested: bool
    changes: list[FileChange] = Field(default_factory=list[FileChange])


class Published(Document):
    """The bot that came of it."""

    kind: Literal["published"] = "published"
    bot_id: str
    bot_name: str
    version_id: str
    digest: str
    missing_secrets: list[str] = Field(default_factory=list[str])


AnyDocument = Requirements | Asked | Refused | Plan | Written | Checked | Tested | Reviewed | Published
_KINDS: Mapping[str, type[Document]] = {
    "requirements": Requirements,
    "asked": Asked,
    "refused": Refused,
    "plan": Plan,
    "written": Written,
    "checked": Checked,
    "tested": Tested,
    "reviewed": Reviewed,
    "published": Published,
}
EDITABLE: Mapping[Stage, type[Requirements | Plan | Written]] = {
    "requirements": Requirements,
    "plan": Plan,
    "code": Written,
}
"""What a person may write in place of an engine."""


def document_of(stored: Mapping[str, Any]) -> Any:
    """The document that was stored. Raises ValidationError for what no release of ours wrote."""
    return _KINDS[stored["kind"]].model_validate(stored)


def storable(document: Document) -> dict[str, Any]:
    """As JSON that PostgreSQL keeps: it has no U+0000."""
    return _clean(document.model_dump(mode="json"))


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [_clean(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    return value
