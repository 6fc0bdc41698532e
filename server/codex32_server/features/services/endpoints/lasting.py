"""How long a websocket or an answer in parts may go on: while whoever asked may still come in, and a
websocket while it is used.

Who asks once would otherwise outlive the key that he asked with. A websocket's other side is in
`service.sockets`.
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
Admit = Callable[[], Awaitable[object]]
"""Lets whoever asked in again, or raises."""


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


class Permit:
    """Of one answer: looked at again before a part of it, every quarter of a minute."""

    def __init__(self, admit: Admit) -> None:
        self._admit = admit
        self._looked = monotonic()

    async def lost(self) -> str | None:
        """Why no further part may pass; None as long as it may."""
        if monotonic() - self._looked < RECHECK_SECONDS:
            return None
        self._looked = monotonic()
        return await _refusal(self._admit)


async def outstayed(pulse: Pulse, admit: Admit) -> Close:
    """Returns the code and the reason once it must be closed; until then it waits.

    `admit` is asked again and again.
    """
    while True:
        await asyncio.sleep(min(RECHECK_SECONDS, max(0.01, IDLE_SECONDS - pulse.silent)))
        if pulse.silent >= IDLE_SECONDS:
            return _GOING_AWAY, "nothing was sent for too long"
        if code := await _refusal(admit):
            return _NOT_ALLOWED, code


async def _refusal(admit: Admit) -> str | None:
    """The code of what keeps him out. That it cannot be asked (a database that is away) keeps nobody out."""
    try:
        await admit()
    except _LOST as error:
        return error.code
    except (Codex32Error, *DATABASE_ERRORS):
        pass
    return None
