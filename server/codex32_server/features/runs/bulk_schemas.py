"""Contracts of one action on many bots."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from codex32_server.features.bots.facade import EnvironmentName

MOST = 200
Action = Literal["archive", "restore", "delete", "run", "favourite", "unfavourite", "promote"]


class BulkRequest(BaseModel):
    """What to do with which bots."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    action: Action
    ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST)] = Field(
        description="Bots; one that is named twice is taken once."
    )
    to: EnvironmentName | None = Field(None, description="Of `promote`: the environment to point.")
    source: EnvironmentName | None = Field(
        None, alias="from", description="Of `promote`: where the version is; `dev` without it."
    )
    environment: EnvironmentName | None = Field(
        None, description="Of `run`: without it `prod` if it is set, else `dev`."
    )
    input: dict[str, Any] | None = Field(None, description="Of `run`: the same for all.")

    @model_validator(mode="after")
    def of_its_action(self) -> Self:
        """Nothing that the action would not look at."""
        if self.action == "promote" and self.to is None:
            raise ValueError("promote needs `to`, the environment to point")
        if self.action != "promote" and (self.to or self.source):
            raise ValueError("`to` and `from` belong to promote")
        if self.action != "run" and (self.environment or self.input is not None):
            raise ValueError("`environment` and `input` belong to run")
        return self


class BulkProblem(BaseModel):
    """Why a bot was left as it was; the members are those of every error of this API."""

    code: str
    status: int
    title: str
    detail: str
    next_step: str


class BulkItem(BaseModel):
    """What became of one bot."""

    id: UUID
    ok: bool
    run_id: UUID | None = Field(None, description="Of `run`: the run that was started.")
    problem: BulkProblem | None = None


class BulkView(BaseModel):
    """What became of each bot, in the order in which they were named."""

    items: list[BulkItem]
    succeeded: int
    failed: int
