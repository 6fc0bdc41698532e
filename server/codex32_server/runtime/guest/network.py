"""The network of a sandbox: a loopback of its own, listeners on it, and no way out but one unix socket.

Everything here is a function that needs a fresh network namespace and nothing else, so that it can be called
by the first process of a cold start (`init`) and by a process that was forked into new namespaces:

    bring_up_loopback()                 # where nobody did it yet; needs CAP_NET_ADMIN over the namespace
    doors = open_doors(read_plan(), {}) # binds; ports below 1024 need CAP_NET_BIND_SERVICE over it
    drop_capabilities()                 # before anything of a bot is read
    forwarder.serve(doors)              # in a process of its own, until it is killed

The host writes the plan and the hosts file (`runtime.proxy.inside`) into a folder that is mounted at FOLDER,
and the hosts file over /etc/hosts. No policy is here: what may be reached is decided outside, by the proxy.
"""

from __future__ import annotations

import _socket
import ctypes
import os

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FOLDER = "/run/codex32"
PLAN = FOLDER + "/plan"
EGRESS = FOLDER + "/egress.sock"
MODELS = FOLDER + "/models.sock"

TO_PROXY = "-"
"""The target of a listener whose clients speak to the proxy themselves."""
TO_MODELS = "+"
"""The target of the listener whose clients speak to the platform's model gateway."""

BACKLOG = 128
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 1
_DROP_BOUND = 24
_BIND_LOW_PORTS, _SET_CAPABILITIES = 10, 8
_CAPABILITY_VERSION = 0x20080522
_CAPSET = {"x86_64": 126, "aarch64": 91}


class Door:
    """A listening socket and where its clients are led.

    `tunnel` is `host:port` for a tunnel through the proxy, TO_PROXY for the proxy itself, TO_MODELS for the
    model gateway; `port` is set instead where the host's clients are led to a port of the bot.
    """

    __slots__ = ("listener", "port", "tunnel")

    def __init__(self, listener: _socket.socket, tunnel: str = TO_PROXY, port: int = 0) -> None:
        self.listener, self.tunnel, self.port = listener, tunnel, port


def read_plan(path: str = PLAN) -> list[tuple[str, int, str]]:
    """(address, port, target) of each listener that the host wants; empty for a run without network."""
    try:
        with open(path) as file:  # noqa: PTH123 - pathlib costs 4 ms of each run
            lines = [line.split() for line in file]
    except FileNotFoundError:
        return []
    return [(address, int(port), target) for address, port, target in lines]


def open_doors(plan: Iterable[tuple[str, int, str]], inbound: Mapping[int, int]) -> list[Door]:
    """Bind every listener of the plan, and take over those that the host opened: port → descriptor."""
    doors: list[Door] = []
    for address, port, target in plan:
        listener = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
        listener.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(BACKLOG)
        doors.append(Door(listener, target))
    for port, descriptor in inbound.items():
        doors.append(Door(_socket.socket(fileno=descriptor), port=port))
    return doors


def bring_up_loopback() -> None:
    """What `ip link set lo up` does; nothing where it is up."""
    import fcntl  # noqa: PLC0415 - bubblewrap has done it in a cold start

    any_socket = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
    answer = fcntl.ioctl(any_socket.fileno(), _GET_FLAGS, b"lo".ljust(32, b"\0"))
    flags = int.from_bytes(answer[16:18], "little")
    if not flags & _UP:
        request = answer[:16] + (flags | _UP).to_bytes(2, "little") + bytes(14)
        fcntl.ioctl(any_socket.fileno(), _SET_FLAGS, request)
    any_socket.close()


def drop_capabilities() -> None:
    """Lose what binding low ports took, for good: also from the bounding set."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (_BIND_LOW_PORTS, _SET_CAPABILITIES):
        libc.prctl(_DROP_BOUND, capability, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    if libc.syscall(_CAPSET[os.uname().machine], header, (ctypes.c_uint32 * 6)()) != 0:
        raise OSError(ctypes.get_errno(), "capset")
