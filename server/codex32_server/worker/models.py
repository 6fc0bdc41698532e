"""The key with which one attempt uses models: made when everything else is ready, revoked when it is over.

A worker that is killed revokes nothing: then the key dies with the attempt's lease, which is up to whoever
implements `ports.ModelKeys`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import structlog

from codex32_server.kit.errors import Codex32Error
from codex32_server.kit.manifest.limits import Budget
from codex32_server.storage.failures import DATABASE_ERRORS
from codex32_server.worker.ports import KeyHolder, ModelKeys

_log = structlog.stdlib.get_logger(__name__)
REVOKE_SECONDS = 10.0
"""In which a key is revoked; its lease ends it where the database is away for longer."""


class NoModelKeys:
    """Where there is no model gateway: no run gets a key."""

    async def issue(self, holder: KeyHolder) -> str | None:
        del holder
        return None

    async def revoke(self, holder: KeyHolder) -> None:
        """There is none."""


@asynccontextmanager
async def model_key(keys: ModelKeys, holder: KeyHolder) -> AsyncGenerator[str | None]:
    """The attempt's key while the block runs; None for a bot without a budget, which may spend nothing."""
    if holder.budget == Budget():
        yield None
        return
    try:
        yield await keys.issue(holder)
    finally:
        await asyncio.shield(_revoked(keys, holder))


async def _revoked(keys: ModelKeys, holder: KeyHolder) -> None:
    try:
        async with asyncio.timeout(REVOKE_SECONDS):
            await keys.revoke(holder)
    except (*DATABASE_ERRORS, OSError, Codex32Error) as error:
        _log.warning("a key for models ends with its lease", run=str(holder.run_id), reason=str(error))
