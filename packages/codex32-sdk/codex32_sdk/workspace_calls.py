"""Calls about workspaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codex32_sdk.calls import Call
from codex32_sdk.models import AnyDocument, Page, Workspace


def list_workspaces() -> Call[Page[Workspace]]:
    """All workspaces; administrators only."""
    return Call("GET", "/workspaces", Page[Workspace].model_validate)


def get_workspace() -> Call[Workspace]:
    """The workspace of the key."""
    return Call("GET", "/workspace", Workspace.model_validate)


def change_workspace(
    *, name: str | None = None, timezone: str | None = None, egress_hosts: list[str] | None = None
) -> Call[Workspace]:
    """Rename it, set its zone, or the hosts beyond which no bot of it reaches; owners only."""
    body = _given({"name": name, "timezone": timezone, "egress_hosts": egress_hosts})
    return Call("PATCH", "/workspace", Workspace.model_validate, body=body)


def create_workspace(name: str, *, slug: str | None = None, timezone: str | None = None) -> Call[AnyDocument]:
    """A workspace with its owner and the owner's key; administrators only."""
    body = _given({"name": name, "slug": slug, "timezone": timezone})
    return Call("POST", "/workspaces", AnyDocument.model_validate, body=body)


def _given(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
