"""Spans and metrics of calls and attempts, by OpenTelemetry's conventions for generative AI (gen-ai 1.42).

No prompt and no answer is in them: models, tokens, costs, times, reasons and ids. A call's span joins the
client's trace; below it is one span for each attempt that was made.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Mapping
from functools import lru_cache
from typing import Protocol
from urllib.parse import urlsplit

from codex32_server.gateway.contract import Ask, Attempt, Call, Format, Reply, Send, Target, Usage
from codex32_server.gateway.errors import GatewayError
from codex32_server.gateway.wrappers.streams import Watched
from codex32_server.gateway.wrappers.timeouts import Clock
from codex32_server.telemetry.traces import Attribute, Span, Tracer, parse_traceparent

_PROVIDERS = {"google": "gcp.gemini", "azure": "azure.ai.openai"}
_OWN_NAMED = {"compatible", "local"}
_ASKED: Mapping[str, str] = {
    "max_tokens": "gen_ai.request.max_tokens",
    "max_completion_tokens": "gen_ai.request.max_tokens",
    "max_output_tokens": "gen_ai.request.max_tokens",
    "temperature": "gen_ai.request.temperature",
    "top_p": "gen_ai.request.top_p",
    "top_k": "gen_ai.request.top_k",
    "seed": "gen_ai.request.seed",
    "frequency_penalty": "gen_ai.request.frequency_penalty",
    "presence_penalty": "gen_ai.request.presence_penalty",
}
_REASON = re.compile(rb'"(?:finish_reason|stop_reason|finishReason)"\s*:\s*"([A-Za-z_]{1,40})"')
_LAST_EVENTS = 4
_LAST_BYTES = 64 * 1024


class ModelMetrics(Protocol):
    """Of `telemetry.metrics`."""

    def model_attempt(
        self, operation: str, provider: str, model: str, error: str, seconds: float, first: float | None
    ) -> None: ...

    def model_tokens(self, operation: str, provider: str, model: str, input: int, output: int) -> None: ...

    def model_call(self, status: str, cache: str) -> None: ...


class TracedCall:
    """An Ask with a span."""

    def __init__(self, ask: Ask, tracer: Tracer, metrics: ModelMetrics) -> None:
        self._ask = ask
        self._tracer = tracer
        self._metrics = metrics

    async def __call__(self, call: Call) -> Reply:
        span = self._begin(call)
        leave = self._tracer.current(span)
        try:
            reply = await self._ask(call)
        except BaseException as error:
            self._end(span, None, error)
            raise
        finally:
            leave()
        if reply.events is None:
            self._end(span, reply, None)
            return reply

        async def end(error: BaseException | None) -> None:
            self._end(span, reply, error)

        reply.events = Watched(reply.events, end)
        return reply

    def _begin(self, call: Call) -> Span | None:
        name = f"{_operation(call.format)} {call.model}"
        span = self._tracer.begin(name, "server", parse_traceparent(call.trace))
        if span is not None:
            span.attributes.update(_of_call(call))
        return span

    def _end(self, span: Span | None, reply: Reply | None, error: BaseException | None) -> None:
        code = _error_type(error)
        cache = reply.headers.get("x-codex32-cache", "off") if reply else "off"
        self._metrics.model_call(code or "ok", cache)
        if span is None:
            return
        if reply is not None:
            span.attributes["codex32.cached"] = reply.cached
            span.attributes["codex32.attempts"] = reply.attempts
            if reply.target is not None:
                span.attributes["gen_ai.response.model"] = reply.target.model
            span.attributes.update(_of_spending(reply))
        _finish(self._tracer, span, code)


class TracedAttempt:
    """A Send with a span below the call's, and with the metrics of the conventions."""

    def __init__(
        self, send: Send, tracer: Tracer, metrics: ModelMetrics, clock: Clock = time.monotonic
    ) -> None:
        self._send = send
        self._tracer = tracer
        self._metrics = metrics
        self._clock = clock

    async def __call__(self, attempt: Attempt) -> Reply:
        span = self._begin(attempt)
        begun = self._clock()
        try:
            reply = await self._send(attempt)
        except BaseException as error:
            self._end(attempt, span, None, error, begun, None, b"")
            raise
        if reply.events is None:
            self._end(attempt, span, reply, None, begun, None, reply.body[-_LAST_BYTES:])
            return reply
        first = self._clock() - begun
        last: deque[bytes] = deque(maxlen=_LAST_EVENTS)

        async def end(error: BaseException | None) -> None:
            self._end(attempt, span, reply, error, begun, first, b"".join(last))

        reply.events = Watched(reply.events, end, last.append if span is not None else None)
        return reply

    def _begin(self, attempt: Attempt) -> Span | None:
        call, target = attempt.call, attempt.target
        span = self._tracer.begin(f"{_operation(call.format)} {target.model}", "client")
        if span is not None:
            span.attributes.update(_of_attempt(attempt))
        return span

    def _end(
        self,
        attempt: Attempt,
        span: Span | None,
        reply: Reply | None,
        error: BaseException | None,
        begun: float,
        first: float | None,
        last: bytes,
    ) -> None:
        code = _error_type(error)
        target, operation = attempt.target, _operation(attempt.call.format)
        provider = provider_name(target)
        seconds = self._clock() - begun
        self._metrics.model_attempt(operation, provider, target.model, code or "", seconds, first)
        if reply is not None and reply.usage is not None:
            used = reply.usage
            self._metrics.model_tokens(operation, provider, target.model, used.input, used.output)
        if span is None:
            return
        if first is not None:
            span.attributes["gen_ai.response.time_to_first_chunk"] = first
        if reply is not None:
            span.attributes.update(_of_spending(reply))
            reasons = [reason.decode() for reason in _REASON.findall(last)]
            if reasons:
                span.attributes["gen_ai.response.finish_reasons"] = reasons
        _finish(self._tracer, span, code)


def provider_name(target: Target) -> str:
    """As the conventions name it; servers that merely speak like a known one have their own name."""
    return target.provider if target.kind in _OWN_NAMED else _PROVIDERS.get(target.kind, target.kind)


def _operation(spoken: Format) -> str:
    return "embeddings" if spoken is Format.EMBEDDINGS else "chat"


def _error_type(error: BaseException | None) -> str | None:
    if error is None:
        return None
    return error.code if isinstance(error, GatewayError) else "cancelled"


def _of_call(call: Call) -> dict[str, Attribute]:
    caller = call.caller
    found: dict[str, Attribute] = {
        "gen_ai.operation.name": _operation(call.format),
        "gen_ai.provider.name": "codex32",
        "gen_ai.request.model": call.model,
        "gen_ai.request.stream": call.stream,
        "codex32.call.id": str(call.id),
        "codex32.workspace.id": str(caller.workspace_id),
        "codex32.key.kind": caller.kind,
    }
    for name, identity in (("run", caller.run_id), ("bot", caller.bot_id)):
        if identity is not None:
            found[f"codex32.{name}.id"] = str(identity)
    return found


def _of_attempt(attempt: Attempt) -> dict[str, Attribute]:
    call, target = attempt.call, attempt.target
    host, port = _address(target.base_url)
    found: dict[str, Attribute] = {
        "gen_ai.operation.name": _operation(call.format),
        "gen_ai.provider.name": provider_name(target),
        "gen_ai.request.model": target.model,
        "gen_ai.request.stream": call.stream,
        "server.address": host,
        "server.port": port,
        "codex32.attempt.id": str(attempt.id),
        "codex32.attempt.number": attempt.number,
        "codex32.provider": target.provider,
    }
    for name, attribute in _ASKED.items():
        value = call.body.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            found[attribute] = value
    return found


def _of_spending(reply: Reply) -> dict[str, Attribute]:
    found: dict[str, Attribute] = {}
    if reply.usage is not None:
        found.update(_of_usage(reply.usage))
    if reply.spent is not None:
        found["codex32.cost.usd"] = float(reply.spent.cost)
    return found


def _of_usage(usage: Usage) -> dict[str, Attribute]:
    found: dict[str, Attribute] = {
        "gen_ai.usage.input_tokens": usage.input,
        "gen_ai.usage.output_tokens": usage.output,
        "codex32.usage.estimated": usage.estimated,
    }
    parts = {
        "gen_ai.usage.cache_read.input_tokens": usage.cached,
        "gen_ai.usage.cache_write.input_tokens": usage.cache_write,
        "gen_ai.usage.reasoning.output_tokens": usage.reasoning,
        "gen_ai.usage.audio.input_tokens": usage.audio_input,
        "gen_ai.usage.audio.output_tokens": usage.audio_output,
    }
    found.update({name: value for name, value in parts.items() if value})
    return found


@lru_cache(maxsize=1024)
def _address(base_url: str) -> tuple[str, int]:
    url = urlsplit(base_url)
    return url.hostname or "", url.port or (80 if url.scheme == "http" else 443)


def _finish(tracer: Tracer, span: Span, code: str | None) -> None:
    if code is not None:
        span.attributes["error.type"] = code
    tracer.end(span, code)
