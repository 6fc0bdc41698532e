"""Asks once for a call's targets, though both the cache and the fallback want to know them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias
from uuid import UUID

from codex32_server.gateway.contract import Ask, Call, Reply, Target
from codex32_server.gateway.ports import Routes

Targets: TypeAlias = Callable[[Call], Awaitable[tuple[Target, ...]]]


class Routing:
    """Remembers targets (and so their keys) while a call is being answered, and no longer."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self._known: dict[UUID, tuple[Target, ...]] = {}

    def __len__(self) -> int:
        """How many calls it remembers."""
        return len(self._known)

    async def targets(self, call: Call) -> tuple[Target, ...]:
        """In the order in which they are tried. Raises ModelUnknownError, ModelNotAllowedError."""
        known = self._known.get(call.id)
        if known is None:
            known = self._known[call.id] = await self._routes.targets(call)
        return known

    def around(self, ask: Ask) -> Ask:
        """Forgets the targets when `ask` has answered or failed."""

        async def asked(call: Call) -> Reply:
            try:
                return await ask(call)
            finally:
                self._known.pop(call.id, None)

        return asked
