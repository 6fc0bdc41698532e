"""A service under the hosts of its workspace: one that asks for others is blocked, and people are told.

Its processes go on without these hosts, as the proxy sees to; they are not ended here, because what they do
besides is nobody's fault. A process that has ended is not begun again before its version fits. Nothing is
started here: whoever looks decides what follows.
"""

from __future__ import annotations

from collections.abc import Sequence

from codex32_server.features.services.models import Service
from codex32_server.features.services.repository import looking, services
from codex32_server.features.workspaces.facade import egress_hosts
from codex32_server.kit.egress import named, outside
from codex32_server.storage.session import Tx

BLOCKED = "blocked"


async def look_at(tx: Tx, service: Service, hosts: Sequence[str] | None = None) -> bool:
    """Open an incident if its version asks for other hosts than these (None: those of the workspace now),
    close it if it does not; True if there was one to close. `service` is locked, so the version is the one
    that counts.
    """
    network = await looking.network(tx, service.workspace_id, service.version_id)
    if network and hosts is None:
        hosts = await egress_hosts(tx, service.workspace_id)
    if refused := outside(network, hosts or ()):
        await _block(tx, service, refused)
        return False
    return await _release(tx, service)


async def _block(tx: Tx, service: Service, refused: Sequence[str]) -> None:
    message = (
        f"The workspace does not allow {named(refused)}: the service does not reach it any more, and does "
        "not start again. Allow it (`codex32 workspaces hosts`), or publish a version without it."
    )
    data = {"hosts": list(refused), "version_id": str(service.version_id)}
    await services.note(tx, service.workspace_id, service.id, BLOCKED, message, data=data)
    await services.open_incident(tx, service, BLOCKED, message, data)


async def _release(tx: Tx, service: Service) -> bool:
    text = "The workspace allows all of its hosts."
    if not await services.resolve_incidents(tx, service.workspace_id, service.id, (BLOCKED,), text):
        return False
    await services.note(tx, service.workspace_id, service.id, "released", text)
    return True
