"""The hosts of a workspace, looked at when everything else of an attempt is ready: the list may have changed
since the version was published.
"""

from __future__ import annotations

from uuid import UUID

from codex32_server.kit.egress import check_hosts
from codex32_server.kit.manifest.schema import Manifest
from codex32_server.storage.session import Database
from codex32_server.worker.ports import Hosts


async def check_network(
    database: Database, hosts: Hosts | None, workspace_id: UUID, manifest: Manifest
) -> None:
    """What the proxy is told is the manifest's `network`, once all of it is allowed.

    Raises EgressNotAllowedError.
    """
    if hosts is None or not manifest.network:
        return
    async with database.transaction(workspace_id) as tx:
        allowed = await hosts.egress_hosts(tx, workspace_id)
    check_hosts(manifest.network, allowed)
