"""The result of one run, in a statement of its own on a lean connection."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from codex32_server.storage.lean import LeanConnections

_RESULT = b"""
select r.status, r.output, r.error_code
  from (select set_config('app.workspace_id', %(workspace_id)s::text, true)::uuid as id offset 0) workspace
 cross join lateral (
   select status, output::text as output, error_code from runs
    where id = %(run_id)s and workspace_id = workspace.id limit 1) r
"""
"""Joined laterally, so that the workspace is set before row-level security compares with it."""


async def result_of(lean: LeanConnections, workspace_id: UUID, run_id: UUID) -> tuple[Any, ...] | None:
    """(status, output, error_code); None for a run that is not the workspace's."""
    rows = await lean.fetch(_RESULT, {"workspace_id": workspace_id, "run_id": run_id})
    return rows[0] if rows else None
