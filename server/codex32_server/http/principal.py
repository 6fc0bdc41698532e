"""Who is asking and what they may do. Finding that out is `features/access`; asking for it is `http.edge`.

Scopes are `resource:verb`. A role is a set of scopes; a key may narrow its role's set but never widen it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

Role = Literal["owner", "editor", "viewer"]

ADMINISTER: Final = "workspaces:admin"
"""Manage the installation: only administrators have it, whatever their role."""

_READ: Final = frozenset(
    {
        "workspace:read",
        "members:read",
        "keys:read",
        "bots:read",
        "runs:read",
        "schedules:read",
        "events:read",
        "services:read",
        "webhooks:read",
        "knowledge:read",
        "models:read",
        "system:read",
        "usage:read",
        "proposals:read",
    }
)
_EDIT: Final = frozenset(
    {
        *("bots:write", "runs:write", "schedules:write", "webhooks:write", "builder:write"),
        *("services:write", "services:call"),
        "knowledge:write",
        "proposals:write",
        *("secrets:read", "secrets:write"),
        "models:write",
        *("llm_keys:read", "llm_keys:write"),
    }
)
_OWN: Final = frozenset(
    {"workspace:write", "members:write", "keys:write", "budgets:write", "proposals:widen"}
)

SCOPES: Final = _READ | _EDIT | _OWN | {ADMINISTER}
"""Every scope there is."""

SCOPES_OF_ROLE: Final[Mapping[str, frozenset[str]]] = {
    "viewer": _READ,
    "editor": _READ | _EDIT,
    "owner": _READ | _EDIT | _OWN,
}


@dataclass(frozen=True, slots=True)
class Principal:
    """A credential that was checked: whose it is, in which workspace, and what it may do."""

    workspace_id: UUID
    member_id: UUID
    name: str
    """The key's name, or the member's for a browser session."""
    role: Role
    scopes: frozenset[str]
    administrator: bool
    credential: Literal["key", "session"]
    credential_id: UUID


def granted(role: str, administrator: bool, narrowed: list[str] | None) -> frozenset[str]:
    """The scopes of a credential: its role's, the administrator's on top, cut down to `narrowed` if given."""
    full = SCOPES_OF_ROLE[role] | ({ADMINISTER} if administrator else frozenset[str]())
    return full if narrowed is None else full & frozenset(narrowed)
