"""Tokens as each provider says them, and numbers that cannot be true."""

from __future__ import annotations

from typing import Any

import pytest
from codex32_server.gateway.contract import Format, Usage
from codex32_server.gateway.wire.counting import checked, estimated, from_answer, merged
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("format", "usage", "expected"),
    [
        (Format.CHAT, {"prompt_tokens": 5, "completion_tokens": 3}, Usage(5, 3)),
        (
            Format.CHAT,
            {
                "prompt_tokens": 50,
                "completion_tokens": 30,
                "prompt_tokens_details": {"cached_tokens": 20, "audio_tokens": 7, "cache_write_tokens": 4},
                "completion_tokens_details": {"reasoning_tokens": 12, "audio_tokens": 3},
            },
            Usage(50, 30, 20, 4, 12, 7, 3),
        ),
        (
            Format.CHAT,
            {"prompt_tokens": 5, "completion_tokens": 3, "prompt_cache_hit_tokens": 4},
            Usage(5, 3, 4),
        ),
        (
            Format.CHAT,  # Counted besides, as the total shows.
            {
                "prompt_tokens": 5,
                "completion_tokens": 3,
                "total_tokens": 18,
                "completion_tokens_details": {"reasoning_tokens": 10},
            },
            Usage(5, 13, reasoning=10),
        ),
        (
            Format.CHAT,
            {
                "prompt_tokens": 5,
                "completion_tokens": 13,
                "total_tokens": 18,
                "completion_tokens_details": {"reasoning_tokens": 10},
            },
            Usage(5, 13, reasoning=10),
        ),
        (Format.CHAT, {"prompt_tokens": 5.0, "completion_tokens": 3}, Usage(5, 3)),
        (
            Format.CHAT,
            {"prompt_tokens": 5, "completion_tokens": 3, "prompt_tokens_details": None},
            Usage(5, 3),
        ),
        (Format.EMBEDDINGS, {"prompt_tokens": 8, "total_tokens": 8}, Usage(8)),
        (
            Format.RESPONSES,
            {
                "input_tokens": 9,
                "input_tokens_details": {"cached_tokens": 2},
                "output_tokens": 7,
                "output_tokens_details": {"reasoning_tokens": 6},
            },
            Usage(9, 7, 2, reasoning=6),
        ),
        (Format.MESSAGES, {"input_tokens": 9, "output_tokens": 7}, Usage(9, 7)),
        (
            Format.MESSAGES,
            {
                "input_tokens": 9,
                "cache_read_input_tokens": 100,
                "cache_creation_input_tokens": 50,
                "cache_creation": {"ephemeral_1h_input_tokens": 30, "ephemeral_5m_input_tokens": 20},
                "output_tokens": 7,
                "output_tokens_details": {"thinking_tokens": 5},
            },
            Usage(159, 7, 100, 50, 5, cache_write_1h=30),
        ),
    ],
)
def test_usage_is_contained_in_its_whole(format: Format, usage: dict[str, Any], expected: Usage) -> None:
    assert from_answer(format, {"usage": usage}) == expected


def test_google() -> None:
    said = {
        "promptTokenCount": 100,
        "cachedContentTokenCount": 60,
        "toolUsePromptTokenCount": 10,
        "candidatesTokenCount": 20,
        "thoughtsTokenCount": 30,
        "promptTokensDetails": [
            {"modality": "TEXT", "tokenCount": 80},
            {"modality": "AUDIO", "tokenCount": 20},
        ],
    }
    expected = Usage(110, 50, cached=60, reasoning=30, audio_input=20)
    assert from_answer(Format.GENERATE, {"usageMetadata": said}) == expected


@pytest.mark.parametrize("format", list(Format))
@pytest.mark.parametrize("body", [{}, {"usage": None}, {"usage": {}}, {"usage": 3}, [], None, "x"])
def test_nothing_said(format: Format, body: Any) -> None:
    assert from_answer(format, body) is None


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": -5, "completion_tokens": 3},
        {"prompt_tokens": 5, "completion_tokens": -3},
        {"prompt_tokens": 10**15, "completion_tokens": 3},
        {"prompt_tokens": "5", "completion_tokens": 3},
        {"prompt_tokens": True, "completion_tokens": 3},
        {"completion_tokens": 3},
        {"prompt_tokens": 5, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 6}},
        {"prompt_tokens": 5, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": -1}},
        {"prompt_tokens": 5, "completion_tokens": 3, "completion_tokens_details": {"reasoning_tokens": 4}},
    ],
)
def test_what_cannot_be_true_is_marked(usage: dict[str, Any]) -> None:
    found = from_answer(Format.CHAT, {"usage": usage})
    assert found is not None
    assert found.estimated
    assert min(found.input, found.output, found.cached, found.reasoning) >= 0


numbers = st.one_of(st.none(), st.integers(-10, 10**12), st.floats(), st.text(max_size=3), st.booleans())


@given(numbers, numbers, numbers, numbers, numbers, numbers, numbers)
def test_parts_never_exceed_their_whole(a: Any, b: Any, c: Any, d: Any, e: Any, f: Any, g: Any) -> None:
    usage = checked(a, b, cached=c, cache_write=d, reasoning=e, audio_input=f, audio_output=g)
    if usage is not None:
        assert 0 <= usage.cached + usage.cache_write <= usage.input
        assert 0 <= usage.reasoning <= usage.output
        assert 0 <= usage.audio_input <= usage.input
        assert 0 <= usage.audio_output <= usage.output


def test_two_counts_of_one_stream() -> None:
    first, last = Usage(120, 1, cached=100), Usage(0, 30, reasoning=10)
    assert merged(first, last) == Usage(120, 30, cached=100, reasoning=10)
    assert merged(None, last) is last


def test_estimated() -> None:
    body = {"messages": [{"role": "user", "content": "hello " * 100}]}
    usage = estimated(Format.CHAT, body, 340)
    assert usage.estimated
    assert usage.output == 100
    assert 120 < usage.input < 300
    assert estimated(Format.CHAT, body, 0).output == 0
