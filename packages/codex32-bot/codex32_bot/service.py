"""For bots of kind `service`: say that you are well, and hear that you shall stop.

    while not service.wait(5):
        work()
        service.heartbeat()

A service that never asks is ended by SystemExit in its main thread when the platform sends SIGTERM, so that
`finally` and `with` still do their work. One that calls `stopping` or `wait` decides itself when to return.
On a laptop it is the same with Ctrl-C left as it is.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal

from ._current import platform

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from typing import Any

_told = False
_asks = False
_pipe: tuple[int, int] | None = None


def ready() -> None:
    """The service can take work now. The same as a heartbeat: the first one makes it ready."""
    platform().service_beat()


def heartbeat() -> None:
    """The service is well. Counts for probes with `heartbeat`; call it more often than they ask for."""
    platform().service_beat()


def stopping() -> bool:
    """Whether the service was told to stop. From the first call on it ends by returning, in its own time."""
    global _asks
    listen()
    _asks = True
    return _told


def wait(seconds: float) -> bool:
    """Sleep; True as soon as the service is told to stop, False when the time is over."""
    if stopping():
        return True
    assert _pipe is not None
    return bool(select.select([_pipe[0]], [], [], seconds)[0])


def listen() -> None:
    """Begin to listen for SIGTERM. The platform does this before `main`; only in the main thread."""
    global _pipe
    if _pipe is not None:
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    _pipe = reading, writing
    with contextlib.suppress(ValueError):  # not the main thread: whoever has it may call `listen` first
        signal.signal(signal.SIGTERM, _hear)


def _hear(_number: int, _frame: Any) -> None:
    global _told
    _told = True
    if _pipe is not None:
        with contextlib.suppress(BlockingIOError):
            os.write(_pipe[1], b"\0")
    if not _asks:
        raise SystemExit(0)
