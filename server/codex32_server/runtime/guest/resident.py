"""The main process of a bot with `reuse = true`: several runs of the same version, one after the other.

Each run brings its own control socket and its own pipes for output, so that nothing of one can be taken for
another's. What lives in the interpreter stays: that is what was asked for. A run that fails ends the process.
"""

from __future__ import annotations

import _socket
import array
import os
import sys

from . import bot
from .wire import Wire

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from collections.abc import Sequence

_DESCRIPTORS = 3


def main(line: int, folders: Sequence[str]) -> None:
    """Never returns. `folders` are emptied after each run."""
    channel = _socket.socket(fileno=line)
    nowhere = os.open("/dev/null", os.O_WRONLY)
    while True:
        wire = Wire(_next_run(channel))
        code = bot.serve(wire)
        if code or not wire.mine():  # a fork that came back from `main` serves nobody
            bot.finish(code)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        wire.close()
        channel.send(b"done")
        if channel.recv(8) != b"clear":
            bot.finish(0)
        for folder in folders:
            _empty(folder)
        channel.send(b"clear")


def _next_run(channel: _socket.socket) -> int:
    """Wait for the next run and put its pipes in place; gives its control descriptor."""
    word, ancillary, _, _ = channel.recvmsg(8, _socket.CMSG_SPACE(4 * _DESCRIPTORS))
    if not word:
        bot.finish(0)
    descriptors = array.array("i")
    descriptors.frombytes(ancillary[0][2])
    talk, stdout, stderr = descriptors
    for given, place in ((stdout, 1), (stderr, 2)):
        os.dup2(given, place)
        os.close(given)
    return talk


def _empty(folder: str) -> None:
    with os.scandir(folder) as entries:
        for entry in list(entries):
            if entry.is_dir(follow_symlinks=False):
                import shutil  # noqa: PLC0415 - few bots leave folders

                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                os.unlink(entry.path)  # noqa: PTH108 - pathlib costs 4 ms of each run
