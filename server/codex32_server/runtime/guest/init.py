"""The first process of the sandbox: forks the bot, reaps orphans, passes SIGTERM on, tells the host how the
bot died.

It never reads the control descriptor, the bot's files or its input; it cannot be inspected by the bot (not
dumpable) and, as pid 1 of its namespace, everything dies with it.
"""

from __future__ import annotations

import _socket
import os
import resource
import signal
import sys

from . import confine, network
from .wire import show

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_EXIT_GUEST_BROKE = 70
_MOST_FORWARDERS = 16
"""Times that a forwarder is started again which a bot managed to end."""


def main() -> None:
    """Started by the host; its arguments are those of `sandbox.bwrap.command`, in that order."""
    control, status, processes, largest_file, data, filtered = (int(argument) for argument in sys.argv[1:7])
    confine.set_dumpable(False)
    doors = _open_doors(sys.argv[7])
    confine.limit_resources(processes, largest_file, data)
    channel = _socket.socket(fileno=status)
    forwarder = _Forwarder(doors, (control, status))
    _send_output_folder(channel)
    _attend(channel, control, _bot_main, forwarder, filtered=bool(filtered))


def attend(
    channel: _socket.socket,
    control: int,
    live: Callable[[int], None],
    doors: Sequence[network.Door] = (),
) -> None:
    """Fork the bot, which lives by `live(control)`, and look after it to its end. Never returns."""
    _attend(channel, control, live, _Forwarder(doors, (control, channel.fileno())), filtered=True)


def _attend(
    channel: _socket.socket,
    control: int,
    live: Callable[[int], None],
    forwarder: _Forwarder,
    *,
    filtered: bool,
) -> None:
    doors = forwarder.doors
    child = os.fork()
    if child == 0:
        channel.close()
        for door in doors:
            door.listener.close()
        _become_bot(control, live, networked=bool(doors), filtered=filtered)
    os.close(control)
    forwarder.unused = (channel.fileno(),)

    def pass_on(number: int, _frame: object) -> None:
        os.kill(child, number)

    confine.on_signal(signal.SIGTERM, pass_on)
    status = _reap_until(child, forwarder)
    _end_the_rest()
    for stream in (1, 2):
        os.close(stream)  # who reads them need not wait for the end of this process
    channel.send(_describe(status))
    os._exit(0)


class _Forwarder:
    """The process between loopback and host, if the run has a network; started again if it ends."""

    def __init__(self, doors: Sequence[network.Door], unused: Sequence[int]) -> None:
        self.doors = doors
        self._left = _MOST_FORWARDERS if doors else 0
        self.unused = unused
        self.pid = 0
        self.start()

    def start(self) -> None:
        if self._left:
            from . import forwarder  # noqa: PLC0415 - most bots have no network

            self._left -= 1
            self.pid = forwarder.start(self.doors, self.unused)


def _open_doors(inbound: str) -> list[network.Door]:
    """Bind what the host planned, and lose the capabilities that this took."""
    plan = network.read_plan()
    pairs = [pair.partition(":") for pair in inbound.split(",") if pair]
    given = {int(port): int(descriptor) for port, _, descriptor in pairs}
    if not plan and not given:
        return []
    doors = network.open_doors(plan, given)
    network.drop_capabilities()
    return doors


def _send_output_folder(channel: _socket.socket) -> None:
    """The host keeps this descriptor of the output tmpfs and reads it once every process is dead."""
    folder = os.open("/output", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    show(channel, b"ready", [folder])
    os.close(folder)


def _become_bot(control: int, live: Callable[[int], None], *, networked: bool, filtered: bool) -> None:
    confine.set_dumpable(True)
    if filtered:
        confine.landlock(tcp=networked)
    else:
        confine.leave_key_ring()
    live(control)
    os._exit(_EXIT_GUEST_BROKE)


def _bot_main(control: int) -> None:
    from . import bot  # noqa: PLC0415 - only the child needs it, and only once it is confined

    bot.main(control)


def _reap_until(child: int, forwarder: _Forwarder) -> int:
    """Wait for every orphan too; gives the wait status of the bot's main process."""
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == child:
            return status
        if pid == forwarder.pid:
            forwarder.start()


def _end_the_rest() -> None:
    """Only this process runs here when it returns: who is killed cannot fork any more, and has no other
    parent than this.
    """
    if os.getpid() != 1:  # anywhere else, -1 would be everybody
        return
    try:
        os.kill(-1, signal.SIGKILL)
        while True:
            os.waitpid(-1, 0)
    except OSError:  # nobody was there, or nobody is left
        return


def _describe(status: int) -> bytes:
    """How the bot died, and the microseconds of processor time of all that was reaped here."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = int((usage.ru_utime + usage.ru_stime) * 1e6)
    if os.WIFSIGNALED(status):
        return b"signal %d %d" % (os.WTERMSIG(status), spent)
    return b"exit %d %d" % (os.WEXITSTATUS(status), spent)
