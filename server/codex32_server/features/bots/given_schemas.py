"""Which files a run of a version is given, as the API shows it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class NeededFileView(BaseModel):
    """A file that the code asks for."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    name: str | None = Field(description="As the code spells it; null: the value of `parameter`.")
    parameter: str | None = Field(description="The parameter of `main` that holds the name.")
    required: bool = Field(description="A run without it cannot end well.")
    exact: bool = Field(
        description="It must have just this name; else one of nearly that name does, or the only one."
    )


class NeededFilesView(BaseModel):
    """What is known of the files that a run reads, from the code alone."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    files: list[NeededFileView]
    others: Literal["none", "some", "needed"] = Field(
        description="Files whose names the code works out: none, whatever is given, or at least one."
    )
