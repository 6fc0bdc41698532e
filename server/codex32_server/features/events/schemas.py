"""What leaves and enters this feature: an event as its emitter gives it, and as readers see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from codex32_server.kit.ids import new_id

MAX_EVENTS_OF_A_RUN = 1_000


@dataclass(frozen=True)
class NewEvent:
    """An event to record. `data` is a JSON document as text; the texts are printable."""

    workspace_id: UUID
    type: str
    source: str
    subject: str | None
    time: datetime
    data: str
    run_id: UUID | None = None
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True)
class EventFilter:
    """Which events a list shows; None: all."""

    type: str | None = None
    subject: str | None = None
    run_id: UUID | None = None


class EventView(BaseModel):
    """One event, with the attributes of CloudEvents 1.0; `runid` is an extension."""

    model_config = ConfigDict(frozen=True)

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    type: str
    source: str
    subject: str | None
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    data: Any
    runid: UUID | None = Field(description="The run whose bot emitted it.")
