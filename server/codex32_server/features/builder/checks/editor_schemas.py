"""Contracts of the checks for an editor."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from codex32_server.features.builder.documents import Severity
from codex32_server.features.builder.explaining.port import Explanation

MOST_FILES = 200


class CheckRequest(BaseModel):
    """The files of a bot as they stand in an editor."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    files: Annotated[
        dict[Annotated[str, StringConstraints(max_length=1000)], str], Field(max_length=MOST_FILES)
    ] = Field(description="Path → text; a megabyte in all.")

    @model_validator(mode="after")
    def storable(self) -> Self:
        """Text that can be bytes: JSON can spell half a surrogate pair."""
        try:
            "".join((*self.files, *self.files.values())).encode()
        except UnicodeEncodeError as error:
            raise ValueError("a text holds half a surrogate pair") from error
        return self


class Diagnostic(BaseModel):
    """Something to say of a place. Lines and columns (characters) from 1, the end exclusive."""

    file: str = Field(description="Empty where it is about the files as a whole.")
    line: int = Field(description="0: the file as a whole.")
    column: int
    end_line: int
    end_column: int
    severity: Severity = Field(description="note is the least of them.")
    code: str = Field(description="Kind of the problem, for example manifest_invalid, import, network, lint.")
    message: str


class CheckedView(BaseModel):
    """What can be said of files without running them."""

    deployable: bool = Field(description="Deploying them would be accepted; what else is said warns of runs.")
    diagnostics: list[Diagnostic] = Field(description="Errors first.")
    skipped: list[str] = Field(description="Checks that could not be made this time, and why.")
    manifest: dict[str, Any] | None = Field(
        description="With every default; null while it is not deployable."
    )
    input_schema: dict[str, Any] | None = Field(description="JSON Schema of the input.")
    dependencies: list[str]
    tests: list[str] = Field(description="Files with tests.")
    explanation: Explanation | None = Field(
        description="In plain words; `touches` is what it may reach, read and spend."
    )
