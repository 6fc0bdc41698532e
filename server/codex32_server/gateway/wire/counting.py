"""The tokens that a provider counted, as `contract.Usage`: from a whole answer or from the objects of a
stream.

The providers disagree on what is contained in what; here parts are always within their whole. Numbers that
cannot be true (negative, absurd, parts larger than their whole) are cut to what can, and the usage is marked
as estimated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from codex32_server.gateway.contract import Format, Usage

from . import estimate
from .fields import Json, mapping, objects, string, tokens

_NUMBERS = tuple(field.name for field in fields(Usage) if field.name != "estimated")


def from_answer(format: Format, answer: Any) -> Usage | None:
    """The usage in a whole answer or in one object of a stream; None if it says nothing usable."""
    body = mapping(answer)
    match format:
        case Format.CHAT | Format.EMBEDDINGS:
            return _chat(mapping(body.get("usage")) or mapping(mapping(body.get("x_groq")).get("usage")))
        case Format.RESPONSES:
            return _responses(
                mapping(body.get("usage")) or mapping(mapping(body.get("response")).get("usage"))
            )
        case Format.MESSAGES:
            return _messages(mapping(body.get("usage")) or mapping(mapping(body.get("message")).get("usage")))
        case Format.GENERATE:
            return _generate(mapping(body.get("usageMetadata")))


def estimated(format: Format, request: Mapping[str, Any], received: int) -> Usage:
    """For an answer of which the provider counted nothing. `received` are the bytes of its text."""
    output = estimate.likely(b" " * received) if received else 0
    return Usage(input=estimate.likely_input(format, request), output=output, estimated=True)


def merged(earlier: Usage | None, later: Usage) -> Usage:
    """Of two counts in one stream (Anthropic says the input first, the output last): the larger of each."""
    if earlier is None:
        return later
    names = (
        "input",
        "output",
        "cached",
        "cache_write",
        "reasoning",
        "audio_input",
        "audio_output",
        "cache_write_1h",
    )
    numbers = {name: max(getattr(earlier, name), getattr(later, name)) for name in names}
    return replace(later, **numbers, estimated=earlier.estimated or later.estimated)


def checked(
    input: Any,
    output: Any,
    *,
    cached: Any = 0,
    cache_write: Any = 0,
    reasoning: Any = 0,
    audio_input: Any = 0,
    audio_output: Any = 0,
    cache_write_1h: Any = 0,
) -> Usage | None:
    """A usage from numbers that a stranger said. None if neither whole can be true."""
    wholes = tokens(input), tokens(output)
    if wholes == (None, None):
        return None
    most_input, most_output = wholes[0] or 0, wholes[1] or 0
    doubtful = None in wholes
    parts: list[int] = []
    for said, most in (
        (cached, most_input), (cache_write, most_input), (reasoning, most_output),
        (audio_input, most_input), (audio_output, most_output),
    ):  # fmt: skip
        number = tokens(said if said is not None else 0)
        doubtful = doubtful or number is None or number > most
        parts.append(min(number or 0, most))
    if parts[0] + parts[1] > most_input:
        parts[1], doubtful = most_input - parts[0], True
    hour = min(tokens(cache_write_1h) or 0, parts[1])
    return Usage(most_input, most_output, *parts, cache_write_1h=hour, estimated=doubtful)


def _chat(usage: Json) -> Usage | None:
    if not usage:
        return None
    inputs, outputs = (
        mapping(usage.get("prompt_tokens_details")),
        mapping(usage.get("completion_tokens_details")),
    )
    prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens", 0)
    reasoning = outputs.get("reasoning_tokens")
    if _apart(tokens(usage.get("total_tokens")), tokens(prompt), tokens(completion), tokens(reasoning)):
        completion = (tokens(completion) or 0) + (tokens(reasoning) or 0)
    return checked(
        prompt,
        completion,
        cached=inputs.get("cached_tokens", usage.get("prompt_cache_hit_tokens")),
        cache_write=inputs.get("cache_write_tokens"),
        reasoning=reasoning,
        audio_input=inputs.get("audio_tokens"),
        audio_output=outputs.get("audio_tokens"),
    )


def _apart(total: int | None, prompt: int | None, completion: int | None, reasoning: int | None) -> bool:
    """Some compatible providers count reasoning besides the completion, as their total shows."""
    if not total or not reasoning or prompt is None or completion is None:
        return False
    return total == prompt + completion + reasoning


def _responses(usage: Json) -> Usage | None:
    if not usage:
        return None
    inputs, outputs = mapping(usage.get("input_tokens_details")), mapping(usage.get("output_tokens_details"))
    return checked(
        usage.get("input_tokens"),
        usage.get("output_tokens"),
        cached=inputs.get("cached_tokens"),
        cache_write=inputs.get("cache_write_tokens"),
        reasoning=outputs.get("reasoning_tokens"),
        audio_input=inputs.get("audio_tokens"),
        audio_output=outputs.get("audio_tokens"),
    )


def _messages(usage: Json) -> Usage | None:
    """Anthropic's `input_tokens` leaves out what was read from and written to the cache."""
    if not usage:
        return None
    plain = usage.get("input_tokens")
    cached, written = usage.get("cache_read_input_tokens"), usage.get("cache_creation_input_tokens")
    known = [tokens(each) for each in (plain, cached, written) if each is not None]
    whole = sum(each or 0 for each in known) if known and None not in known else None
    return checked(
        whole if known else 0,
        usage.get("output_tokens"),
        cached=tokens(cached) or 0,
        cache_write=tokens(written) or 0,
        cache_write_1h=mapping(usage.get("cache_creation")).get("ephemeral_1h_input_tokens"),
        reasoning=mapping(usage.get("output_tokens_details")).get("thinking_tokens"),
    )


def _generate(usage: Json) -> Usage | None:
    """Google's `promptTokenCount` contains the cached ones; thoughts are besides the candidates'."""
    if not usage:
        return None
    prompt, tool = tokens(usage.get("promptTokenCount")), tokens(usage.get("toolUsePromptTokenCount", 0))
    written, thought = (
        tokens(usage.get("candidatesTokenCount", 0)),
        tokens(usage.get("thoughtsTokenCount", 0)),
    )
    return checked(
        None if prompt is None else prompt + (tool or 0),
        None if written is None or thought is None else written + thought,
        cached=usage.get("cachedContentTokenCount"),
        reasoning=thought or 0,
        audio_input=_heard(usage.get("promptTokensDetails")),
        audio_output=_heard(usage.get("candidatesTokensDetails")),
    )


def _heard(details: Any) -> int:
    spoken = (each for each in objects(details) if string(each.get("modality")) == "AUDIO")
    return sum(tokens(each.get("tokenCount")) or 0 for each in spoken)
