"""Frozen contracts of logs: places in them, what is asked of them, and what the API shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class LogLineView(_Frozen):
    """One line of a run's output."""

    attempt: int
    line: int
    at: datetime
    stream: Literal["stdout", "stderr", "log", "system"]
    level: Literal["debug", "info", "warning", "error"] | None
    text: str


@dataclass(frozen=True, order=True)
class LogPosition:
    """A place in a run's log: everything up to and including this line was seen."""

    attempt: int = 0
    line: int = 0

    def __str__(self) -> str:
        return f"{self.attempt}:{self.line}"


@dataclass(frozen=True)
class LogQuery:
    """Which lines are wanted: beyond `after`, of one attempt, stream, level, with `text` in it (any case)."""

    after: LogPosition = LogPosition()
    attempt: int | None = None
    stream: str | None = None
    level: str | None = None
    text: str | None = None
    limit: int = 200


@dataclass(frozen=True)
class LogPage:
    """Lines in order. `next` is None when the log, as it is now, has no further line to look at."""

    lines: list[LogLineView]
    next: LogPosition | None


class LogView(_Frozen):
    """Lines in order."""

    items: list[LogLineView]
    next_cursor: str | None = Field(
        description="Pass as `after` for what follows; null at the end of the log as it is now. "
        "A search may answer with few lines, or none, and a cursor: it goes on from there."
    )


class LogPartView(_Frozen):
    """How long the log of one attempt is. Its lines are numbered from 1 without a gap."""

    attempt: int
    lines: int


class LogExtentView(_Frozen):
    """How long a log is, so that any place of it can be read without those before it."""

    items: list[LogPartView] = Field(description="By attempt; one that printed nothing is left out.")
    lines: int = Field(description="Of all attempts together.")
    next_cursor: None = None
