"""How long a websocket may stay open: while whoever opened it may still come in, and while it is used.

A request asks once; a websocket would outlive the key that opened it. The bot's side is in `service.sockets`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

from codex32_server.kit.errors import (
    Codex32Error,
    ForbiddenError,
    NotFoundError,
    UnauthenticatedError,
)
from codex32_server.storage.failures import DATABASE_ERRORS

RECHECK_SECONDS = 15.0
"""Between two looks at whether it may stay."""
IDLE_SECONDS = 900.0
"""Without a message in either direction."""
_NOT_ALLOWED, _GOING_AWAY = 1008, 1001
"""RFC 6455, 7.4.1."""
_LOST = (UnauthenticatedError, ForbiddenError, NotFoundError)

Close = tuple[int, str]


class Pulse:
    """When the last message passed."""

    def __init__(self) -> None:
        self._last = monotonic()

    def beat(self) -> None:
        self._last = monotonic()

    @property
    def silent(self) -> float:
        """Seconds since then."""
        return monotonic() - self._last


async def outstayed(pulse: Pulse, admit: Callable[[], Awaitable[object]]) -> Close:
    """Returns the code and the reason once it must be closed; until then it waits.

    `admit` is asked again and again. That it cannot be asked (a database that is away) closes nothing.
    """
    while True:
        await asyncio.sleep(min(RECHECK_SECONDS, max(0.01, IDLE_SECONDS - pulse.silent)))
        if pulse.silent >= IDLE_SECONDS:
            return _GOING_AWAY, "nothing was sent for too long"
        try:
            await admit()
        except _LOST as error:
            return _NOT_ALLOWED, error.code
        except (Codex32Error, *DATABASE_ERRORS):
            continue
