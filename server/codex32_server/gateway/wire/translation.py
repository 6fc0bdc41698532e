"""Between what a client speaks and what a provider speaks: requests on the way there, answers on the way
back.

Equal formats pass untouched. Otherwise all goes through the neutral form, and what the provider cannot be
asked is named by its dotted path in the client's request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codex32_server.gateway.contract import Format, Usage
from codex32_server.gateway.errors import RequestNotValidError, UpstreamFailedError
from codex32_server.gateway.wire import counting, embeddings
from codex32_server.gateway.wire.chat import answer as chat_answer
from codex32_server.gateway.wire.chat import question as chat_question
from codex32_server.gateway.wire.fields import Json, dumped, mapping, parsed
from codex32_server.gateway.wire.generate import answer as generate_answer
from codex32_server.gateway.wire.generate import question as generate_question
from codex32_server.gateway.wire.messages import answer as messages_answer
from codex32_server.gateway.wire.messages import question as messages_question
from codex32_server.gateway.wire.neutral import Answer, Question
from codex32_server.gateway.wire.responses import answer as responses_answer
from codex32_server.gateway.wire.responses import question as responses_question


@dataclass(frozen=True, slots=True)
class Upstream:
    """How a provider is spoken to."""

    format: Format
    model: str
    """As the provider names it."""
    most_output: int | None = None
    """The model's ceiling, for Anthropic, which must be told one."""
    most_field: str = "max_completion_tokens"
    """Where a chat's ceiling goes: OpenAI's own models want this name, many compatible servers know only
    `max_tokens`. Equal formats keep what the client said."""
    asks_usage: bool = True
    """Whether a chat's server understands `stream_options`."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A request for a provider."""

    body: Json
    lost: tuple[str, ...] = ()
    """What could not be carried, by dotted path in the client's request."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A whole answer in the client's format."""

    body: bytes
    usage: Usage | None
    """None: the provider counted nothing."""


def translate_request(
    client: Format, body: Mapping[str, Any], upstream: Upstream, *, stream: bool
) -> Carried:
    """The provider's request for a client's, which is never changed in place.

    Raises RequestNotValidError for what would mean something else to this provider.
    """
    if client is upstream.format:
        return Carried(_through(client, body, upstream, stream))
    if Format.EMBEDDINGS in (client, upstream.format):
        return _embedded(client, body, upstream)
    question = _read(client, body)
    written, lost = _write(question, upstream)
    if upstream.format is not Format.GENERATE:
        written = {"model": upstream.model, **written}
        if stream:
            written["stream"] = True
    if stream and upstream.format is Format.CHAT and upstream.asks_usage:
        written["stream_options"] = {"include_usage": True}
    return Carried(written, tuple(dict.fromkeys([*question.lost, *lost])))


def translate_answer(
    client: Format, spoken: Format, request: Mapping[str, Any], data: bytes, *, fallback_id: str
) -> Answered:
    """The client's answer for a provider's. Raises UpstreamFailedError for what is none."""
    body = mapping(parsed(data))
    if not body:
        raise UpstreamFailedError("The provider's answer is no JSON object.")
    if client is spoken:
        if not isinstance(body.get(_CONTENT[spoken]), list):
            raise UpstreamFailedError(f"The provider's answer has no {_CONTENT[spoken]}.")
        return Answered(data, counting.from_answer(spoken, body))
    if client is Format.EMBEDDINGS:
        said, usage = embeddings.read_generate(body, request)
        return Answered(dumped(said), usage)
    answer = _read_answer(spoken, body)
    answer.id = answer.id or fallback_id
    answer.model = answer.model or str(request.get("model", ""))
    counted = counting.from_answer(spoken, body)
    return Answered(dumped(_write_answer(client, answer, request)), counted)


_CONTENT: Mapping[Format, str] = {
    Format.CHAT: "choices", Format.RESPONSES: "output", Format.MESSAGES: "content", Format.EMBEDDINGS: "data",
}  # fmt: skip
"""What every answer of the format has."""


def _through(client: Format, body: Mapping[str, Any], upstream: Upstream, stream: bool) -> Json:
    same = {**body, "model": upstream.model}
    if client is Format.CHAT and stream and upstream.asks_usage:
        same["stream_options"] = {**mapping(body.get("stream_options")), "include_usage": True}
    return same


def _embedded(client: Format, body: Mapping[str, Any], upstream: Upstream) -> Carried:
    if client is Format.EMBEDDINGS and upstream.format is Format.GENERATE:
        written, lost = embeddings.write_generate(body, upstream.model)
        return Carried(written, tuple(lost))
    raise RequestNotValidError(f"The model {upstream.model} cannot be asked for this.")


def _read(client: Format, body: Mapping[str, Any]) -> Question:
    match client:
        case Format.CHAT:
            return chat_question.read(body)
        case Format.RESPONSES:
            return responses_question.read(body)
        case Format.MESSAGES:
            return messages_question.read(body)
        case _:
            raise RequestNotValidError(f"Clients cannot speak the format {client}.")


def _write(question: Question, upstream: Upstream) -> tuple[Json, list[str]]:
    match upstream.format:
        case Format.RESPONSES:
            return responses_question.write(question)
        case Format.MESSAGES:
            return messages_question.write(question, most_output=upstream.most_output)
        case Format.GENERATE:
            return generate_question.write(question, model=upstream.model)
        case _:
            return chat_question.write(question, most_field=upstream.most_field)


def _read_answer(spoken: Format, body: Json) -> Answer:
    match spoken:
        case Format.RESPONSES:
            return responses_answer.read(body)
        case Format.MESSAGES:
            return messages_answer.read(body)
        case Format.GENERATE:
            return generate_answer.read(body)
        case _:
            return chat_answer.read(body)


def _write_answer(client: Format, answer: Answer, request: Mapping[str, Any]) -> Json:
    match client:
        case Format.RESPONSES:
            return responses_answer.write(answer, request)
        case Format.MESSAGES:
            return messages_answer.write(answer)
        case _:
            return chat_answer.write(answer)
