"""Which engines there are, and for whom one is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from codex32_server.features.builder.contract import Engine, EngineName


@dataclass(frozen=True)
class SessionRef:
    """The session an engine works for: what it spends is the session's."""

    workspace_id: UUID
    session_id: UUID
    member_id: UUID | None
    budget_usd: Decimal | None


MakeEngine = Callable[[SessionRef], Engine]
Engines = Mapping[EngineName, MakeEngine]
"""`main` gives the mapping; an engine that is not in it is not there."""
