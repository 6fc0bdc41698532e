"""What the API takes about runs."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from codex32_server.features.runs.schemas import (
    HIGHEST_PRIORITY,
    LOWEST_PRIORITY,
    MAX_DELAY_SECONDS,
    MAX_INPUT_FILES,
    MAX_WAIT_SECONDS,
    Decision,
)


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RunRequest(_Request):
    """A run to start."""

    input: Any = Field(
        default_factory=dict[str, Any],
        description="Arguments of `main` as a JSON object.",
        examples=[{"limit": 10}],
    )
    environment: Annotated[str, Field(max_length=64)] | None = Field(
        None, description="Without it `prod` if it is set, else `dev`."
    )
    wait: Annotated[float, Field(ge=0, le=MAX_WAIT_SECONDS)] = Field(
        0, description="Seconds to wait for the end. 200 if it ended in time, else 202."
    )
    delay: Annotated[float, Field(ge=0, le=MAX_DELAY_SECONDS)] = Field(
        0, description="Seconds before it may begin."
    )
    priority: Annotated[int, Field(ge=LOWEST_PRIORITY, le=HIGHEST_PRIORITY)] = Field(
        0, description="Higher first, among the runs of the workspace."
    )
    timeout: Annotated[float, Field(gt=0)] | None = Field(
        None, description="Seconds for one attempt; at most, and without it, what the manifest says."
    )
    files: Annotated[dict[str, UUID], Field(max_length=MAX_INPUT_FILES)] = Field(
        default_factory=dict[str, UUID], description="Name in the run → upload id."
    )


class CancelRequest(_Request):
    """Why a run is cancelled."""

    reason: Annotated[str, Field(max_length=500)] | None = None


class RetryRequest(_Request):
    """A run to start again."""

    input: Any = Field(None, description="Another input; without it (or null) the same one again.")


class DecisionRequest(_Request):
    """The answer to an approval."""

    decision: Decision
    comment: Annotated[str, Field(max_length=2000)] | None = None
