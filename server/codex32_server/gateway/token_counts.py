"""Anthropic's `count_tokens`: its own count where it is asked, else a good guess."""

from __future__ import annotations

from typing import Any, cast

import orjson

from codex32_server.gateway.contract import Call, Format, Target
from codex32_server.gateway.errors import GatewayError
from codex32_server.gateway.ports import Routes
from codex32_server.gateway.providers.sending import Provider
from codex32_server.gateway.wire import estimate

_ANTHROPIC = "anthropic"
_LEFT_OUT = ("stream", "max_tokens", "metadata", "stop_sequences", "temperature", "top_k", "top_p")
_OK = 200


class TokenCounts:
    """Counting costs nothing and is in no ledger."""

    def __init__(self, routes: Routes, provider: Provider) -> None:
        self._routes = routes
        self._provider = provider

    async def __call__(self, call: Call) -> int:
        """Raises ModelUnknownError, ModelNotAllowedError; a provider that fails is not waited for."""
        first = next(iter(await self._routes.targets(call)), None)
        counted = await self._asked(call, first) if first is not None and first.kind == _ANTHROPIC else None
        return estimate.likely_input(Format.MESSAGES, call.body) if counted is None else counted

    async def _asked(self, call: Call, target: Target) -> int | None:
        body = {name: value for name, value in call.body.items() if name not in _LEFT_OUT}
        try:
            response = await self._provider.count(target, orjson.dumps({**body, "model": target.model}))
            answer: Any = orjson.loads(await response.read())
        except (GatewayError, orjson.JSONDecodeError):
            return None
        if response.status != _OK or not isinstance(answer, dict):
            return None
        tokens: Any = cast("dict[str, Any]", answer).get("input_tokens")
        return tokens if isinstance(tokens, int) and tokens >= 0 else None
