"""The first process of the sandbox: forks the bot, reaps orphans, passes SIGTERM on, tells the host how the
bot died.

It never reads the control descriptor, the bot's files or its input; it cannot be inspected by the bot (not
dumpable) and, as pid 1 of its namespace, everything dies with it.
"""

from __future__ import annotations

import _socket
import os
import signal
import sys

from . import confine

_EXIT_GUEST_BROKE = 70


def main() -> None:
    """Started by the host; its arguments are those of `sandbox.bwrap.command`, in that order."""
    control, status, processes, largest_file, data, filtered = (int(argument) for argument in sys.argv[1:])
    confine.set_dumpable(False)
    confine.limit_resources(processes, largest_file, data)
    channel = _socket.socket(fileno=status)
    _send_output_folder(channel)
    child = os.fork()
    if child == 0:
        channel.close()
        _become_bot(control, bool(filtered))
    os.close(control)
    signal.signal(signal.SIGTERM, lambda _number, _frame: os.kill(child, signal.SIGTERM))
    channel.send(_describe(_reap_until(child)))
    os._exit(0)


def _send_output_folder(channel: _socket.socket) -> None:
    """The host keeps this descriptor of the output tmpfs and reads it once every process is dead."""
    folder = os.open("/output", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    channel.sendmsg([b"ready"], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, folder.to_bytes(4, sys.byteorder))])
    os.close(folder)


def _become_bot(control: int, filtered: bool) -> None:
    confine.set_dumpable(True)
    if filtered:
        confine.landlock()
    else:
        confine.leave_key_ring()
    from . import bot  # noqa: PLC0415 - only the child needs it, and only once it is confined

    bot.main(control)
    os._exit(_EXIT_GUEST_BROKE)


def _reap_until(child: int) -> int:
    """Wait for every orphan too; gives the wait status of the bot's main process."""
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == child:
            return status


def _describe(status: int) -> bytes:
    if os.WIFSIGNALED(status):
        return b"signal %d" % os.WTERMSIG(status)
    return b"exit %d" % os.WEXITSTATUS(status)
