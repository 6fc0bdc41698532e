"""The tenant filter, one helper: every query of a workspace's rows goes through `owned`.

Row-level security is the backstop behind it, set up by the migrations.
"""

from __future__ import annotations

from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement


class HasWorkspace(Protocol):
    """A mapped class whose rows belong to a workspace."""

    workspace_id: Any


_filters_on = True


def owned(model: type[HasWorkspace], workspace_id: UUID) -> ColumnElement[bool]:
    """The condition "this row belongs to `workspace_id`"."""
    if not _filters_on:
        return model.workspace_id.is_not(None)
    return model.workspace_id == workspace_id


def switch_filters_for_test(on: bool) -> None:
    """Switch the application filter off, to prove that row-level security alone keeps workspaces apart.

    For the isolation test only; nothing in the product calls it.
    """
    global _filters_on
    _filters_on = on
