"""Exact prices: worked examples of what providers publish, and properties of any price."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from codex32_server.gateway.contract import Prices, Target, Usage
from codex32_server.gateway.price_corrections import CORRECTIONS
from codex32_server.gateway.pricing import (
    PriceNotValidError,
    Rate,
    Rules,
    cost,
    document_of,
    own_prices,
    parse_rules,
    prices_for,
    prices_of,
    saved_by_cache,
    worst_case,
)
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)

EXAMPLES: list[tuple[str, tuple[str, str], dict[str, Any], Usage, str]] = [
    # OpenAI: $2.50 in, $1.25 cached, $10 out: 400 × 2.5 + 600 × 1.25 + 200 × 10 = 3,750 millionths.
    ("cached input", ("openai", "gpt-4o"), {}, Usage(input=1000, cached=600, output=200), "0.00375"),
    # Reasoning is in the output and costs the same: 2 in, 8 out.
    ("reasoning is output", ("openai", "o3"), {}, Usage(input=1000, output=500, reasoning=400), "0.006"),
    # Batch is half price; the batch table has no cached rate of its own: 1.25 in, 5 out.
    (
        "batch",
        ("openai", "gpt-4o"),
        {"processing": "batch"},
        Usage(input=1000, output=200),
        "0.00225",
    ),
    # Audio: text 2.50 / 10, audio 40 / 80 a million.
    (
        "audio",
        ("openai", "gpt-4o-audio-preview"),
        {},
        Usage(input=1000, audio_input=800, output=300, audio_output=200),
        "0.0495",
    ),
    # Cached audio costs neither 32 nor 4 but 0.40: 100 audio, 300 cached audio, 100 cached text.
    (
        "cached audio",
        ("openai", "gpt-realtime"),
        {},
        Usage(input=500, audio_input=400, cached=400, output=0),
        "0.00336",
    ),
    # Anthropic Sonnet 4.5: 3 in, 0.30 read, 3.75 written for 5 min, 6 for 1 h, 15 out.
    (
        "cache write and read",
        ("anthropic", "claude-sonnet-4-5"),
        {},
        Usage(input=100_000, cached=50_000, cache_write=40_000, cache_write_1h=10_000, output=1000),
        "0.2325",
    ),
    # Above 200,000 tokens of input everything is dearer, output included: 6 / 22.50.
    (
        "long context",
        ("anthropic", "claude-sonnet-4-5"),
        {},
        Usage(input=200_001, output=1000),
        "1.222506",
    ),
    ("up to the tier", ("anthropic", "claude-sonnet-4-5"), {}, Usage(input=200_000, output=1000), "0.615"),
    (
        "batch of Anthropic",
        ("anthropic", "claude-sonnet-4-5"),
        {"processing": "batch"},
        Usage(input=1000, output=1000),
        "0.009",
    ),
    # Google Gemini 2.5 Pro: 1.25 / 10 up to 200,000, 2.50 / 15 above, cached 0.125 / 0.25.
    ("Google", ("google", "gemini-2.5-pro"), {}, Usage(input=200_000, output=1000), "0.26"),
    (
        "Google above",
        ("google", "gemini-2.5-pro"),
        {},
        Usage(input=300_000, cached=100_000, output=1000),
        "0.54",
    ),
    # DeepSeek since V3.2: 0.28 missed, 0.028 hit, 0.42 out, at every hour.
    (
        "cache hits of DeepSeek",
        ("compatible", "deepseek-chat"),
        {"preset": "deepseek"},
        Usage(input=1_000_000, cached=900_000, output=100_000),
        "0.0952",
    ),
    (
        "by its address",
        ("compatible", "deepseek-reasoner"),
        {"base_url": "https://api.deepseek.com/v1"},
        Usage(input=1_000_000, output=0),
        "0.28",
    ),
    ("Mistral", ("compatible", "mistral-large-2411"), {"preset": "mistral"}, Usage(input=1000), "0.002"),
    ("embeddings", ("openai", "text-embedding-3-small"), {}, Usage(input=1_000_000), "0.02"),
]


@pytest.mark.parametrize(
    ("place", "more", "usage", "dollars"), [example[1:] for example in EXAMPLES], ids=[e[0] for e in EXAMPLES]
)
def test_published_rules(place: tuple[str, str], more: dict[str, Any], usage: Usage, dollars: str) -> None:
    prices = prices_for(*place, NOW, **more)
    assert prices is not None
    assert cost(prices, usage) == Decimal(dollars)


def test_a_price_is_that_of_its_day() -> None:
    before = prices_for("openai", "o3", datetime(2025, 6, 1, tzinfo=UTC))
    after = prices_for("openai", "o3", datetime(2025, 6, 11, tzinfo=UTC))
    assert before
    assert after
    usage = Usage(input=1_000_000)
    assert (cost(before, usage), cost(after, usage)) == (Decimal(10), Decimal(2))
    assert before.version != after.version
    assert "2025-06-11" in after.version


def test_the_local_model_is_free_and_what_nobody_knows_has_no_price() -> None:
    local = prices_for("local", "smollm2", NOW)
    assert local
    assert local.free
    assert cost(local, Usage(input=10**9, output=10**9)) == 0
    assert prices_for("openai", "no-such-model-anywhere", NOW) is None
    assert prices_for("compatible", "llama", NOW, base_url="http://127.0.0.1:8080/v1") is None
    assert prices_for("compatible", "llama", NOW) is None


def test_every_correction_says_where_it_is_from_and_is_of_a_model_that_there_is() -> None:
    for one in CORRECTIONS:
        assert one.source.startswith("https://")
        assert prices_for("compatible", one.model, NOW, preset=one.provider) is not None
        parse_rules(one.rates)


def test_own_prices_with_tiers_and_cache() -> None:
    document = {
        "input": "1",
        "cached": 0.1,
        "output": {"base": "2", "tiers": [{"above": 1000, "price": "4"}]},
    }
    prices = own_prices(document, NOW)
    assert prices.version == "own 2026-01-15"
    assert cost(prices, Usage(input=1000, cached=500, output=10)) == Decimal("0.00057")
    assert cost(prices, Usage(input=1001, output=10)) == Decimal("0.001041")
    assert saved_by_cache(prices, Usage(input=1000, cached=500)) == Decimal("0.00045")
    assert own_prices({"input": 0, "output": "0"}, NOW).free


@pytest.mark.parametrize(
    "document",
    [
        {"input": "1"},
        {"input": "-1", "output": "1"},
        {"input": "NaN", "output": "1"},
        {"input": "1e9", "output": "1"},
        {"input": True, "output": "1"},
        {"input": "x", "output": "1"},
        {"input": "1", "output": {"base": "1", "tiers": [{"above": 0, "price": "1"}]}},
        {"input": "1", "output": {"base": "1", "tiers": [{"above": True, "price": "1"}]}},
        {"input": "1", "output": {"base": "1", "tiers": [{"above": 5}]}},
        {"input": "1", "output": {"base": "1", "tiers": "many"}},
        {"input": "1", "output": {"base": "1", "more": 1}},
        {"input": "1", "output": {"base": "1", "tiers": [{"above": 5, "price": 1}] * 2}},
        {"input": "1", "output": "1", "thinking": "1"},
    ],
)
def test_prices_that_are_none_are_refused(document: dict[str, Any]) -> None:
    with pytest.raises(PriceNotValidError):
        own_prices(document, NOW)


amounts = st.decimals(0, 200, places=4, allow_nan=False)
rates = st.builds(
    lambda base, tiers: Rate(base, tuple(sorted(dict(tiers).items()))),
    amounts,
    st.lists(st.tuples(st.integers(1, 300_000), amounts), max_size=3),
)
maybe = st.none() | rates
all_rules = st.builds(Rules, *[maybe] * 9)
tokens = st.integers(0, 1_000_000)


@st.composite
def usages(draw: st.DrawFn, most_input: int = 400_000, most_output: int = 50_000) -> Usage:
    whole, out = draw(st.integers(0, most_input)), draw(st.integers(0, most_output))
    cached = draw(st.integers(0, whole))
    written = draw(st.integers(0, whole - cached))
    reasoning = draw(st.integers(0, out))
    return Usage(
        input=whole,
        output=out,
        cached=cached,
        cache_write=written,
        cache_write_1h=draw(st.integers(0, written)),
        reasoning=reasoning,
        audio_input=draw(st.integers(0, whole - written)),
        audio_output=draw(st.integers(0, out - reasoning)),
    )


@given(all_rules, usages(), st.integers(0, 100_000), st.integers(0, 100_000))
def test_the_worst_case_is_never_below_what_it_costs(
    rules: Rules, usage: Usage, more_input: int, more_output: int
) -> None:
    prices = Prices("v", rules)
    target = Target("p", "openai", "m", "", prices=prices)
    reserved = worst_case(target, usage.input + more_input, usage.output + more_output)
    assert 0 <= cost(prices, usage) <= reserved


@given(all_rules)
def test_rules_survive_being_written_down(rules: Rules) -> None:
    prices = Prices("v 1", rules)
    again = prices_of(json.loads(json.dumps(document_of(prices))))
    assert again.rules == rules
    assert again.version == "v 1"


@given(usages())
def test_a_price_that_is_one_everywhere_counts_the_tokens(usage: Usage) -> None:
    prices = Prices("v", Rules(input=Rate(Decimal(1)), output=Rate(Decimal(1))))
    assert cost(prices, usage) * 1_000_000 == usage.input + usage.output


def test_a_worst_case_without_a_price_is_nothing() -> None:
    target = Target("p", "compatible", "m", "")
    assert worst_case(target, 1000, 1000) == 0
    assert worst_case(replace(target, prices=prices_for("local", "m", NOW)), 1000, 1000) == 0
