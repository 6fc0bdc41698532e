"""What a workspace does not need any more of its runs, and how long it is kept."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from codex32_server.features.runs.repository import sweeping
from codex32_server.storage.session import Tx

UPLOAD_LIFE = timedelta(days=1)
"""An upload that nothing uses is removed after this."""
KEY_LIFE = timedelta(days=7)
"""An Idempotency-Key is remembered for so long."""


async def sweep(tx: Tx, workspace_id: UUID, needed: Collection[str]) -> int:
    """How many rows went; content of the digests that are `needed` stays."""
    count = await sweeping.idempotency_keys(tx, workspace_id, KEY_LIFE)
    count += await sweeping.uploads(tx, workspace_id, UPLOAD_LIFE)
    count += await sweeping.files_of_dropped_runs(tx, workspace_id)
    count += await sweeping.durable_of_dropped_runs(tx, workspace_id)
    count += await sweeping.egress_of_dropped_runs(tx, workspace_id)
    return count + await sweeping.blobs(tx, workspace_id, UPLOAD_LIFE, needed)
