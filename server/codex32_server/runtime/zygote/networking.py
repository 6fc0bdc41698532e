"""The network of a child, from the host: what it is told before it belongs to a run, and what comes with it.

Before: addresses to listen on, and the names that they stand for; a child of the same manifest may wait with
them. With the run: the authorities, and the sockets that lead to the proxy. They are bound in the child's own
folder, and served only once the host has seen that the child is confined.
"""

from __future__ import annotations

from collections.abc import Mapping

from codex32_server.runtime.guest.network import FOLDER, PLAN
from codex32_server.runtime.proxy import inside
from codex32_server.runtime.proxy.lease import Lease
from codex32_server.runtime.zygote import handover

__all__ = ["FOLDER", "connect", "prepare", "told_first"]

_FIRST = (PLAN.removeprefix(f"{FOLDER}/"), "hosts")


def told_first(lease: Lease) -> tuple[tuple[str, bytes], ...]:
    """The files that a child needs to listen; equal for runs of one manifest."""
    return tuple((name, lease.inside.files[name]) for name in _FIRST)


def prepare(folder: int, files: tuple[tuple[str, bytes], ...], owner: int | None) -> None:
    """Write them below the descriptor of the child's folder. Raises OSError."""
    handover.fill(folder, dict(files), owner)


async def connect(folder: int, lease: Lease, owner: int | None) -> None:
    """Give the child of this run the rest, and let the proxy serve it. Raises OSError, EgressFailedError."""
    rest: Mapping[str, bytes] = {
        name: content for name, content in lease.inside.files.items() if name not in _FIRST
    }
    handover.fill(folder, rest, owner)
    with handover.acting_as(owner):
        listeners = inside.listen(lease.inside, folder)
    await lease.open(listeners)
