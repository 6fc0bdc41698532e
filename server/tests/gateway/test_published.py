"""Newer published prices: what a file must be, what it changes, and that it is in use at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from codex32_server.gateway import catalog, price_changes, pricing, published
from codex32_server.gateway.contract import Usage
from codex32_server.gateway.price_changes import RateChange
from codex32_server.gateway.published_files import FileNotValidError, read
from support.catalogues import a_model, document, written

NOW = datetime(2026, 11, 26, tzinfo=UTC)
Change = Callable[[list[Any]], object]


@pytest.fixture(autouse=True)
def as_packaged() -> Iterator[None]:
    yield
    published.use(None)


def changed(change: Change) -> bytes:
    providers = document()
    change(providers)
    return written(providers)


def openai(providers: list[Any]) -> dict[str, Any]:
    return next(one for one in providers if one["id"] == "openai")


def rates(providers: list[Any], **given: Any) -> None:
    a_model(providers, "openai", "gpt-4o")["prices"] = given


def test_the_package_written_as_a_file_changes_nothing() -> None:
    found = price_changes.between(published.packaged(), read(written(document()), "x"), NOW)
    assert (found.added, found.removed, found.rates) == ((), (), ())


def test_what_changed_is_told_to_the_last_digit() -> None:
    def change(providers: list[Any]) -> None:
        tiered = {"base": 3, "tiers": [{"start": 200000, "price": 6.5}]}
        rates(providers, input_mtok=tiered, output_mtok=0.1)
        openai(providers)["models"].append(
            {"id": "gpt-99", "match": {"equals": "gpt-99"}, "prices": {"input_mtok": 1, "output_mtok": 2}}
        )
        google = next(one for one in providers if one["id"] == "google")
        google["models"].pop()

    new = read(changed(change), "2026-11-26 abcd")
    found = price_changes.between(published.packaged(), new, NOW)
    assert found.added == ("openai/gpt-99",)
    assert len(found.removed) == 1
    assert RateChange("openai/gpt-4o", "input", "2.5", "3, 6.5 above 200000") in found.rates
    assert RateChange("openai/gpt-4o", "output", "10", "0.1") in found.rates
    assert RateChange("openai/gpt-4o", "cached", "1.25", None) in found.rates


def test_a_file_is_in_use_at_once_and_the_price_names_it() -> None:
    before = pricing.prices_for("openai", "gpt-4o", NOW)
    assert before is not None
    assert catalog.find("openai", "gpt-4o") is not None
    published.use(read(changed(lambda given: rates(given, input_mtok=7, output_mtok=8)), "2026-11-26 abcd"))
    after = pricing.prices_for("openai", "gpt-4o", NOW)
    assert after is not None
    assert after.version == "genai-prices 2026-11-26 abcd openai/gpt-4o 2026-11-26"
    assert pricing.cost(after, Usage(input=1_000_000)) == Decimal(7)
    assert published.taken() == "2026-11-26 abcd"
    published.use(None)
    assert pricing.prices_for("openai", "gpt-4o", NOW) == before


def test_models_are_found_by_provider_address_and_dated_name() -> None:
    assert published.find("openai", "gpt-4o-2024-08-06") is not None
    assert published.find(None, "mistral-large-latest", "https://api.mistral.ai/v1") is not None
    assert published.find(None, "gpt-4o", "https://llm.example") is None
    assert published.find("openai", "g" * 257) is None
    assert published.find("no-such", "gpt-4o") is None


def first(providers: list[Any], **members: Any) -> None:
    openai(providers)["models"][0].update(members)


HOSTILE: dict[str, tuple[Change, str]] = {
    "negative": (lambda p: rates(p, input_mtok=-1), "between 0"),
    "dear": (lambda p: rates(p, input_mtok=1e9), "between 0"),
    "text": (lambda p: rates(p, input_mtok="1"), "no number"),
    "truth": (lambda p: rates(p, input_mtok=True), "no number"),
    "dunder": (lambda p: rates(p, __class__=1), "no rate"),
    "tiers": (lambda p: rates(p, input_mtok={"base": 1, "tiers": [{"start": -1, "price": 1}]}), "start"),
    "no prices": (lambda p: first(p, prices=None), "prices"),
    "empty prices": (lambda p: first(p, prices=[]), "no prices"),
    "no match": (lambda p: first(p, match={}), "match"),
    "odd match": (lambda p: first(p, match={"eval": "x"}), "no match is"),
    "deep": (
        lambda p: first(p, match={"or": [{"or": [{"or": [{"or": [{"or": [{"or": [{}]}]}]}]}]}]}),
        "match",
    ),
    "slow": (lambda p: first(p, match={"regex": "(a+)+$"}), "too long"),
    "slower": (lambda p: first(p, match={"regex": "(?:a|a)*b"}), "too long"),
    "polynomial": (lambda p: first(p, match={"regex": ".*a.*a.*a.*b"}), "too long"),
    "reference": (lambda p: first(p, match={"regex": r"(a)\\1"}), "too long"),
    "broken": (lambda p: first(p, match={"regex": "(a"}), "cannot be read"),
    "address": (lambda p: openai(p).update(api_pattern="(.*)*x"), "too long"),
    "twice": (lambda p: p.append(dict(openai(p))), "same id"),
    "model twice": (lambda p: openai(p)["models"].append(openai(p)["models"][0]), "same id"),
    "control": (lambda p: openai(p).update(id="open\nai"), "no id"),
    "context": (lambda p: first(p, context_window=-5), "context_window"),
    "condition": (
        lambda p: first(p, prices=[{"constraint": {"when": 1}, "prices": {"input_mtok": 1}}]),
        "prices",
    ),
    "no models": (lambda p: openai(p).update(models=None), "no list"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_file_that_means_harm_is_refused(case: str) -> None:
    change, said = HOSTILE[case]
    content = changed(change)
    begun = time.process_time()
    with pytest.raises(FileNotValidError, match=said):
        read(content, "x")
    assert time.process_time() - begun < 10


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"[1]",
        b"<html>",
        b"[NaN]",
        b"[" * 100_000,
        b"\xff\xfe",
        b"[" + b" " * 9_000_000 + b"]",
    ],
)
def test_what_is_no_such_file_is_refused(content: bytes) -> None:
    with pytest.raises(FileNotValidError):
        read(content, "x")


def free(providers: list[Any]) -> None:
    for provider in providers:
        for model in provider["models"]:
            model["prices"] = {"input_mtok": 0, "output_mtok": 0}


def halved(providers: list[Any]) -> None:
    for provider in providers:
        del provider["models"][len(provider["models"]) // 3 :]


def without_anthropic(providers: list[Any]) -> None:
    providers[:] = [one for one in providers if one["id"] != "anthropic"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (free, "would be free"),
        (halved, "models that are known"),
        (without_anthropic, "no models of anthropic"),
    ],
)
def test_what_is_well_formed_and_cannot_be_is_not_believed(change: Change, said: str) -> None:
    with pytest.raises(FileNotValidError, match=said):
        price_changes.between(published.packaged(), read(changed(change), "x"), NOW)


def times(factor: float, share: float) -> Change:
    """Every rate of so many models, by their place, another power of ten."""

    def scaled(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: value[name] if name == "start" else scaled(value[name]) for name in value}
        if isinstance(value, list):
            return [scaled(one) for one in value]
        return value * factor if isinstance(value, int | float) and not isinstance(value, bool) else value

    def change(providers: list[Any]) -> None:
        models = [model for provider in providers for model in provider["models"]]
        for model in models[: int(len(models) * share)]:
            if isinstance(model["prices"], dict):
                model["prices"] = scaled(model["prices"])

    return change


@pytest.mark.parametrize(
    ("factor", "share", "said"),
    [
        (0.001, 1, "would fall by more than 90 %"),
        (0.001, 0.2, "would fall by more than 90 %"),
        (100, 1, "rise to more than ten times"),
        (0.001, 0.02, None),
        (0.5, 1, None),
        (5, 1, None),
    ],
)
def test_many_rates_that_moved_far_are_doubted(factor: float, share: float, said: str | None) -> None:
    found = price_changes.between(published.packaged(), read(changed(times(factor, share)), "x"), NOW)
    assert (found.doubt is None) == (said is None)
    assert said is None or said in str(found.doubt)
