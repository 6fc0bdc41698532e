"""A zygote's child: confines itself, shows itself to the host, and becomes the init of one run.

Until the host has looked and says `go` it is alone and knows sizes, nothing of a run. Then everything is as
in a cold start: `init` forks the bot, reaps, and tells how it died. The bot waits for its order, for as long
as the host likes; only what follows the order is the run's.
"""

from __future__ import annotations

import _socket
import os
import signal

from . import confine, fresh, init, namespaces, reach, rehearsal
from .entry import BOT_FOLDER
from .wire import show

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from typing import Any

_BROKE = 71
_DEFAULT = int(signal.SIG_DFL)
_OUTPUT = "/output"


class Kit:
    """What a zygote prepared for all its children."""

    def __init__(self, policy: namespaces.Policy, needed: frozenset[str]) -> None:
        self.policy = policy
        self.needed = needed


def become(order: dict[str, Any], descriptors: list[int], kit: Kit) -> None:
    """Never returns. `descriptors`: control, status, stdout, stderr."""
    control, status, stdout, stderr = descriptors
    try:
        channel = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET, 0, status)
        for given, place in ((stdout, 1), (stderr, 2)):
            os.dup2(given, place)
            os.close(given)
        _build(order, channel)
        if channel.recv(8) != b"joined":
            os._exit(_BROKE)
        doors = reach.open_network() if order["network"] else ()
        _confine(order, kit)
        channel.send(b"ready")
        if channel.recv(8) == b"go":
            confine.set_dumpable(False)
            init.attend(channel, control, _bot_of(order, kit), doors)
    except BaseException as error:  # noqa: BLE001 - a fork of the zygote must not go on as one
        os.write(2, f"{error!r}\n".encode()[:500])
    finally:
        os._exit(_BROKE)


def _build(order: dict[str, Any], channel: _socket.socket) -> None:
    """Ids and mounts; then the host gets the folders, learns this process's pid, and puts it into cgroups."""
    confine.set_dumpable(True)
    namespaces.mount_proc()
    namespaces.map_ids()
    namespaces.mount_own(order["writable"])
    folders = [namespaces.mount_given(place, size) for place, size in order["given"].items()]
    shown = [os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC) for place in order["shown"]]
    os.chdir(BOT_FOLDER)
    show(channel, b"built", shown + folders)
    for folder in shown + folders:
        os.close(folder)


def _confine(order: dict[str, Any], kit: Kit) -> None:
    """Everything that the host then sees from outside; only Landlock and dumpability come later."""
    namespaces.hide_cgroups()
    confine.on_signal(signal.SIGCHLD, _DEFAULT)
    confine.limit_resources(order["processes"], order["largest_file"], order["data"])
    namespaces.drop_capabilities()
    kit.policy.take()


def _bot_of(order: dict[str, Any], kit: Kit) -> Any:
    def live(control: int) -> None:
        if order["rehearse"]:
            rehearsal.rehearse()
        _await_order(control)
        fresh.reseed()
        fresh.make_way(BOT_FOLDER, kit.needed)
        if order["resident"]:
            from . import resident  # noqa: PLC0415 - imported by the zygote

            resident.main(control, order["shown"])
        from . import bot  # noqa: PLC0415 - as above

        bot.main(control)

    return live


def _await_order(control: int) -> None:
    """Leaves it unread. The bot's files are there before it comes."""
    peer = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM, 0, control)
    if not peer.recv(1, _socket.MSG_PEEK):
        os._exit(0)  # no run wanted this child
    peer.detach()
