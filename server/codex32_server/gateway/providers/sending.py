"""The innermost `Send`: one attempt at one provider, in its format, over the checked transport.

What comes back is in the client's format. Waiting, trying again, counting money: all that is wrapped around.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

import orjson

from codex32_server.gateway.contract import Attempt, Format, Reply, Target
from codex32_server.gateway.errors import GatewayError, ModelUnknownError, UpstreamFailedError
from codex32_server.gateway.providers.dialect import Way
from codex32_server.gateway.providers.presets import DIALECTS, LOCAL
from codex32_server.gateway.providers.transport.client import HttpClient, Response
from codex32_server.gateway.providers.transport.url import BadUrlError, parse_base_url
from codex32_server.gateway.wire import refusals, streaming, translation
from codex32_server.gateway.wire.translation import Carried, Upstream

_OK = 200
_LARGEST_ERROR = 64 * 1024
_REQUEST_IDS = ("x-request-id", "request-id", "apim-request-id")
_STREAMS = "text/event-stream"


class Provider:
    """Asks the target of an attempt. `local` reaches what the installation runs on this machine itself."""

    def __init__(self, client: HttpClient, local: HttpClient | None = None) -> None:
        self._client = client
        self._local = local or client

    async def __call__(self, attempt: Attempt) -> Reply:
        """Raises GatewayError. A stream that is returned must be closed."""
        call, target = attempt.call, attempt.target
        dialect = DIALECTS[target.kind]
        spoken = dialect.spoken(call.format, target)
        if spoken is None:
            raise ModelUnknownError(f"{target.provider} cannot be asked for {call.format}.")
        carried = _carried(attempt, spoken)
        way = dialect.way(spoken, target, stream=call.stream)
        response = await self._send(target, way, orjson.dumps(carried.body))
        try:
            return await self._reply(attempt, spoken, response, carried.lost)
        except BaseException:
            response.close()
            raise

    async def count(self, target: Target, body: bytes) -> Response:
        """Anthropic's own count of a request's tokens. Raises GatewayError; read or close what comes."""
        way = DIALECTS[target.kind].way(Format.MESSAGES, target, stream=False)
        return await self._send(target, Way(f"{way.path}/count_tokens", way.headers), body)

    async def _send(self, target: Target, way: Way, body: bytes) -> Response:
        try:
            url = parse_base_url(target.base_url)
        except BadUrlError as error:
            raise UpstreamFailedError(f"The address of {target.provider} is not valid: {error}.") from None
        client = self._local if target.kind == LOCAL else self._client
        return await client.send(url.origin, "POST", url.path + way.path, way.headers, body)

    async def _reply(
        self, attempt: Attempt, spoken: Format, response: Response, lost: tuple[str, ...]
    ) -> Reply:
        if response.status != _OK:
            raise await _refusal(attempt, response)
        if response.headers.get("content-encoding", "identity") != "identity":
            raise UpstreamFailedError("The provider compressed its answer, which it was not asked to do.")
        headers = _headers(response)
        call = attempt.call
        if call.stream and response.headers.get("content-type", _STREAMS).startswith(_STREAMS):
            reply = Reply(_OK, headers=headers, target=attempt.target, lost=lost)
            stream = streaming.open_stream(call.format, spoken, call.body, fallback_id=_fallback_id(attempt))
            reply.events = _events(response, stream, reply)
            return reply
        if call.stream:
            raise UpstreamFailedError("The provider was asked for a stream and sent something else.")
        answered = translation.translate_answer(
            call.format, spoken, call.body, await response.read(), fallback_id=_fallback_id(attempt)
        )
        return Reply(
            _OK, answered.body, headers=headers, usage=answered.usage, target=attempt.target, lost=lost
        )


async def _events(response: Response, stream: streaming.Stream, reply: Reply) -> AsyncGenerator[bytes]:
    """The client's events. Ends with the provider's last event, not with its connection."""
    try:
        async with aclosing(response.pieces()) as pieces:
            async for piece in pieces:
                for event in stream.feed(piece):
                    yield event
                reply.usage = stream.usage
        for event in stream.end():
            yield event
    finally:
        reply.usage = stream.usage
        response.close()


def _carried(attempt: Attempt, spoken: Format) -> Carried:
    """Raises RequestNotValidError for what would mean something else to this provider."""
    target = attempt.target
    own = target.kind in ("openai", "azure")
    upstream = Upstream(
        spoken,
        target.model,
        target.most_output_tokens,
        "max_completion_tokens" if own else "max_tokens",
    )
    return translation.translate_request(
        attempt.call.format, attempt.call.body, upstream, stream=attempt.call.stream
    )


async def _refusal(attempt: Attempt, response: Response) -> GatewayError:
    """The error of an answer that is no success; its body is bounded and cleaned."""
    pieces: list[bytes] = []
    size = 0
    async with aclosing(response.pieces()) as body:
        async for piece in body:
            pieces.append(piece)
            size += len(piece)
            if size > _LARGEST_ERROR:
                break
    secret = attempt.target.secret
    return refusals.from_response(
        response.status,
        response.headers,
        b"".join(pieces)[:_LARGEST_ERROR],
        secrets=(secret,) if secret else (),
    )


def _headers(response: Response) -> dict[str, str]:
    """Nothing of a provider's goes to the client but its request id."""
    for name in _REQUEST_IDS:
        value = response.headers.get(name)
        if value and value.isascii() and value.isprintable() and len(value) <= 200:
            return {"x-codex32-upstream-request-id": value}
    return {}


def _fallback_id(attempt: Attempt) -> str:
    return f"c32-{attempt.id.hex}"
