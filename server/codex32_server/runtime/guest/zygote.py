"""The zygote: a single-threaded process in the sandbox that has imported everything and forks for each run.

pid 1 of the sandbox keeps house, so that children outlive a zygote that dies; it imports nothing, and when
all is imported it covers what imported code has no business with (`covers`). What a child does is in `child`;
the host's side is `runtime.zygote`. One packet on the command socket is one child: a JSON order, and
its descriptors.
"""

from __future__ import annotations

import _socket
import array
import gc
import json
import os
import signal
import sys

from . import child, confine, covers, namespaces, warming

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from typing import Any

_LONGEST_ORDER = 16_384
_DESCRIPTORS = 4
_SKIPPED_IDS = 4
"""Process ids that are used up first: a bot is process 2 of its namespace, and libraries that reseed when
their process id changed must see another one in the zygote."""

_fork, _exit = os.fork, os._exit


def main() -> None:
    """Started by the host as `main(command, policy, seconds)` through sys.argv."""
    command, policy, seconds = (int(argument) for argument in sys.argv[1:])
    confine.set_dumpable(False)
    link = _socket.socket(fileno=command)
    link.send(b"keeper")
    for _ in range(_SKIPPED_IDS):
        if (unused := _fork()) == 0:
            _exit(0)
        os.waitpid(unused, 0)
    asking, asked = _socket.socketpair()
    if _fork() != 0:
        link.close()
        asking.close()
        os.close(policy)
        _cover(asked)
        _be_silent()
        _keep_house()
    asked.close()
    namespaces.drop_capabilities()  # before the first byte that a stranger wrote
    program = namespaces.Policy(_read_all(policy))
    warming.import_guest()
    needed = frozenset(name.partition(".")[0] for name in sys.modules)
    report = warming.import_installed(seconds)
    confine.set_dumpable(True)  # the host looks at its descriptors; children cannot even name it
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are nobody's zombies
    _be_silent()
    asking.send(b"imported")
    asking.recv(1)  # until the keeper has closed it
    asking.close()
    link.send(json.dumps(report).encode())
    _serve(link, child.Kit(program, needed))


def _serve(link: _socket.socket, kit: child.Kit) -> None:
    """Fork for each order until the host closes the socket; children go on."""
    gc.disable()
    while True:
        order, descriptors = _receive(link)
        if order is None:
            _exit(0)
        try:
            if namespaces.fork_apart() == 0:
                link.close()
                child.become(order, descriptors, kit)
        except OSError as error:
            os.write(descriptors[1], f"broke {error}".encode()[:500])
        for descriptor in descriptors:
            os.close(descriptor)


def _receive(link: _socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    payload, ancillary, _, _ = link.recvmsg(_LONGEST_ORDER, _socket.CMSG_SPACE(4 * _DESCRIPTORS))
    descriptors = array.array("i")
    for _, _, content in ancillary:
        descriptors.frombytes(content[: len(content) - len(content) % descriptors.itemsize])
    return (json.loads(payload) if payload else None), list(descriptors)


def _cover(asked: _socket.socket) -> None:
    """Once the zygote asks for it, which may be any code by then: the host looks whether it was done. Gives
    up what it was done with.
    """
    asked.recv(16)
    for place in covers.PLACES:
        namespaces.cover(place)
    namespaces.drop_capabilities()
    asked.close()


def _keep_house() -> None:
    """Reap until nothing is left, then end."""
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            _exit(0)


def _be_silent() -> None:
    """Up to here the host reads why it failed."""
    nowhere = os.open("/dev/null", os.O_RDWR)
    for place in (1, 2):
        os.dup2(nowhere, place)
    os.close(nowhere)


def _read_all(descriptor: int) -> bytes:
    with open(descriptor, "rb") as file:
        return file.read()
