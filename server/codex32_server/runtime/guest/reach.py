"""The network of a zygote's child: what bubblewrap and `init` do for a cold start, done in fresh namespaces.

Called while the child still has the capabilities of its own namespaces, and before anything is imported that
came with a run. The host has written the plan and the hosts file into the child's folder by then; the sockets
that lead out, and the authorities, come with the run.
"""

from __future__ import annotations

from . import namespaces, network

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from collections.abc import Sequence

_HOSTS = network.FOLDER + "/hosts"


def open_network() -> Sequence[network.Door]:
    """Bind what the host planned, on a loopback of its own."""
    namespaces.mount_over(_HOSTS, "/etc/hosts")
    network.bring_up_loopback()
    return network.open_doors(network.read_plan(), {})
