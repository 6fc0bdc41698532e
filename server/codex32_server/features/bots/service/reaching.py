"""Whether a manifest keeps to the hosts of its workspace."""

from __future__ import annotations

from uuid import UUID

from codex32_server.features.workspaces.facade import egress_hosts
from codex32_server.kit.egress import check_hosts
from codex32_server.kit.manifest.schema import Manifest
from codex32_server.storage.session import Tx


async def check_reach(tx: Tx, workspace_id: UUID, manifest: Manifest) -> None:
    """Raises EgressNotAllowedError."""
    if manifest.network:
        check_hosts(manifest.network, await egress_hosts(tx, workspace_id))
