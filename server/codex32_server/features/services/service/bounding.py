"""Services under the hosts of their workspace: one that asks for others is blocked, and people are told.

Its processes go on without these hosts, as the proxy sees to; they are not ended here, because what they do
besides is nobody's fault. A process that has ended is not begun again before its version fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from codex32_server.features.services.models import Service
from codex32_server.features.services.repository import looking, replicas, services
from codex32_server.features.services.service.transitions import State
from codex32_server.features.services.service.wishes import restart
from codex32_server.kit.egress import named, outside
from codex32_server.storage.session import Tx

BLOCKED = "blocked"
_STANDING = (State.STARTING, State.READY, State.UNREADY)


async def keep_within(tx: Tx, workspace_id: UUID, hosts: Sequence[str]) -> None:
    """The hosts of the workspace are these now: open an incident for each service that does not fit any more,
    close those of services that fit again, and start these where they had given up.
    """
    for service_id, network in await looking.networks(tx, workspace_id):
        service = await services.lock(tx, workspace_id, service_id)
        if service is None:
            continue
        if refused := outside(network, hosts):
            await _block(tx, service, refused)
        else:
            await _release(tx, service)


async def _block(tx: Tx, service: Service, refused: Sequence[str]) -> None:
    message = (
        f"The workspace does not allow {named(refused)}: the service does not reach it any more, and does "
        "not start again. Allow it (`codex32 workspaces hosts`), or publish a version without it."
    )
    data = {"hosts": list(refused), "version_id": str(service.version_id)}
    await services.note(tx, service.workspace_id, service.id, BLOCKED, message, data=data)
    await services.open_incident(tx, service, BLOCKED, message, data)


async def _release(tx: Tx, service: Service) -> None:
    text = "The workspace allows all of its hosts."
    if not await services.resolve_incidents(tx, service.workspace_id, service.id, (BLOCKED,), text):
        return
    await services.note(tx, service.workspace_id, service.id, "released", text)
    present = await replicas.present(tx, service.workspace_id, service.id)
    if service.paused_at is None and any(State(one.state) not in _STANDING for one in present):
        await restart(tx, service.workspace_id, service.id)
