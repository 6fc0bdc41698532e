"""Puts the local model behind the provider of kind `local`: its address and key are known only while it
runs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace

from codex32_server.gateway.contract import Attempt, Reply, Send
from codex32_server.gateway.local.keeper import LocalModel
from codex32_server.gateway.providers.presets import LOCAL
from codex32_server.gateway.wrappers.streams import Watched


class LocalSend:
    """A `Send` that keeps the local model up for as long as one answer takes; others pass through."""

    def __init__(self, send: Send, model: LocalModel) -> None:
        self._send = send
        self._model = model

    async def __call__(self, attempt: Attempt) -> Reply:
        """Raises GatewayError."""
        if attempt.target.kind != LOCAL:
            return await self._send(attempt)
        async with AsyncExitStack() as stack:
            place = await stack.enter_async_context(self._model.used())
            there = replace(attempt.target, base_url=place.base_url, secret=place.key)
            reply = await self._send(replace(attempt, target=there))
            reply.target = attempt.target
            if reply.events is not None:
                reply.events = Watched(reply.events, _ending(stack.pop_all().aclose))
            return reply


def _ending(release: Callable[[], Awaitable[None]]) -> Callable[[BaseException | None], Awaitable[None]]:
    async def end(_error: BaseException | None) -> None:
        await release()

    return end
