"""The secrets of one attempt: only those that the manifest names, for the run's workspace and environment.

Read in one short transaction when everything else is ready, and kept nowhere but in what is returned.
"""

from __future__ import annotations

from uuid import UUID

from codex32_server.kit.manifest.schema import Manifest
from codex32_server.runtime.delivery import Delivery, deliver
from codex32_server.storage.session import Database
from codex32_server.worker.ports import Secrets


async def secrets_of(
    database: Database, secrets: Secrets, workspace_id: UUID, environment: str, manifest: Manifest
) -> Delivery:
    """Raises SecretMissingError, SecretUnusableError, SealBrokenError, WrappingKeyMissingError."""
    if not manifest.secrets:
        return Delivery()
    async with database.transaction(workspace_id) as tx:
        values = await secrets.resolve(tx, workspace_id, environment, manifest.secret_names)
    return deliver(manifest.secrets, values)
