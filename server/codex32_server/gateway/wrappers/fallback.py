"""Goes through the targets of a call until one answers. Streams too: they have begun when a target returns.

A target that does not know its model is one that failed: the next may know it. `x-codex32-model` says who
answered, `x-codex32-attempts` how many tries it took. If nobody did, the last error stands, with all that was
tried.
"""

from __future__ import annotations

import time
from collections import Counter

from codex32_server.gateway.contract import Attempt, Call, Reply, Send, Target
from codex32_server.gateway.errors import GatewayError, ModelUnknownError
from codex32_server.gateway.wrappers.retry import trace_of
from codex32_server.gateway.wrappers.routing import Targets
from codex32_server.gateway.wrappers.timeouts import Clock, Patience
from codex32_server.kit.ids import new_id


class Falling:
    """An Ask: from here on there are targets."""

    def __init__(
        self, send: Send, targets: Targets, patience: Patience, clock: Clock = time.monotonic
    ) -> None:
        self._send = send
        self._targets = targets
        self._patience = patience
        self._clock = clock

    async def __call__(self, call: Call) -> Reply:
        tried: list[str] = []
        last: GatewayError | None = None
        for target in await self._targets(call):
            if last is not None and self._clock() >= self._patience.deadline(call):
                break
            attempt = Attempt(new_id(), call, target, len(tried) + 1)
            try:
                return _signed(await self._send(attempt), target)
            except GatewayError as error:
                tried += error.tried or (trace_of(attempt, error),)
                last = error
                if not (error.fallback or isinstance(error, ModelUnknownError)):
                    break
        if last is None:
            raise ModelUnknownError(f"No provider serves {call.model!r} now.")
        raise _with_history(last, tried)


def _signed(reply: Reply, target: Target) -> Reply:
    reply.target = target
    reply.headers["x-codex32-model"] = f"{target.provider}/{target.model}"
    reply.headers["x-codex32-attempts"] = str(reply.attempts)
    return reply


def _with_history(error: GatewayError, tried: list[str]) -> GatewayError:
    error.tried = tuple(tried)
    if len(tried) > 1:
        parts = (f"{line} ({times} times)" if times > 1 else line for line, times in Counter(tried).items())
        error.detail = f"{error.detail.rstrip('.')}. Tried: {', '.join(parts)}."
        error.args = (error.detail,)
    return error
