"""What tokens cost, exactly: decimals from the catalogue's rate to the last sum, rounded nowhere.

Prices are the published ones (`published`), mended by `price_corrections`, or a workspace's own. Pure: it
knows neither databases nor the network; the catalogue is read when the first price is asked for, which takes
half a second (`published.ready`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation, localcontext
from typing import Any, Literal, cast

from codex32_server.gateway import published
from codex32_server.gateway.contract import Prices, Target, Usage
from codex32_server.gateway.price_corrections import BATCH_HALVES, CORRECTIONS, ONE_HOUR_WRITE

MILLION = Decimal(1_000_000)
Processing = Literal["standard", "batch"]

_LOCAL = "local"
_KINDS = {"openai": "openai", "anthropic": "anthropic", "google": "google", "azure": "azure"}
_KEYS = {
    "input": "input_mtok",
    "output": "output_mtok",
    "cached": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
    "cache_write_1h": "cache_write_1h_mtok",
    "reasoning": "output_reasoning_mtok",
    "audio_input": "input_audio_mtok",
    "audio_output": "output_audio_mtok",
    "cached_audio": "cache_audio_read_mtok",
}
_MOST_RATE = Decimal(1_000_000)
_MOST_TIERS = 8
_DIGITS = 60
_HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Rate:
    """US dollars per million tokens. A tier replaces it for *all* tokens of a request whose input has more
    than `above` tokens, as every provider with long-context prices does it.
    """

    base: Decimal
    tiers: tuple[tuple[int, Decimal], ...] = ()
    """(above, price), rising."""

    def at(self, context: int) -> Decimal:
        """The price in a request with so many tokens of input."""
        price = self.base
        for above, dearer in self.tiers:
            if context > above:
                price = dearer
        return price

    def highest(self, context: int) -> Decimal:
        """The highest price in any request with up to so many tokens of input."""
        return max([self.base, *(price for above, price in self.tiers if context > above)])


@dataclass(frozen=True, slots=True)
class Rules:
    """A model's rates. None: the tokens cost what those around them cost (see `cost`)."""

    input: Rate | None = None
    output: Rate | None = None
    cached: Rate | None = None
    cache_write: Rate | None = None
    cache_write_1h: Rate | None = None
    reasoning: Rate | None = None
    audio_input: Rate | None = None
    audio_output: Rate | None = None
    cached_audio: Rate | None = None


_FREE = Rate(Decimal(0))
_RATES = tuple(field.name for field in fields(Rules))


class PriceNotValidError(ValueError):
    """A document of prices that cannot be read; the message names what is wrong with which rate."""


def prices_for(
    kind: str,
    model: str,
    at: datetime,
    *,
    base_url: str | None = None,
    preset: str | None = None,
    processing: Processing = "standard",
) -> Prices | None:
    """The published price of a model at a moment; None where nobody published one.

    `kind` is the adapter's (`Target.kind`). For kind `compatible`, `preset` (the catalogue's provider, such
    as `mistral` or `groq`) or else `base_url` says whose price it is. Models of kind `local` are free.
    """
    if kind == _LOCAL:
        return Prices("local", Rules(input=_FREE, output=_FREE), free=True)
    found = published.find(_KINDS.get(kind) or preset, model, base_url)
    if found is None:
        return None
    provider, info = found
    rules = rules_of(provider.id, info, at.astimezone(UTC), processing)
    if rules.input is None and rules.output is None:
        return None
    suffix = "" if processing == "standard" else f" {processing}"
    catalogue = f"{published.PACKAGE} {published.in_use().version}"
    name = f"{catalogue} {provider.id}/{info.id} {at.astimezone(UTC):%Y-%m-%d}{suffix}"
    return Prices(name, rules, free=is_free(rules))


def own_prices(document: Mapping[str, Any], at: datetime) -> Prices:
    """A workspace's own price. Raises PriceNotValidError.

    `{"input": "2.50", "output": {"base": "10", "tiers": [{"above": 200000, "price": "15"}]}}`, in US dollars
    per million tokens. `input` and `output` are required; the other rates are those of `Rules`.
    """
    rules = parse_rules(document)
    if rules.input is None or rules.output is None:
        raise PriceNotValidError("input and output are required")
    return Prices(f"own {at.astimezone(UTC):%Y-%m-%d}", rules, free=is_free(rules))


def is_free(rules: Rules) -> bool:
    """Whether no tokens of any kind cost anything."""
    rates = [rate for rate in (getattr(rules, name) for name in _RATES) if rate is not None]
    return all(rate.base == 0 and not any(price for _, price in rate.tiers) for rate in rates)


def cost(prices: Prices, usage: Usage) -> Decimal:
    """US dollars, unrounded.

    Tokens without a rate of their own cost what ordinary ones of their direction cost: reasoning is output,
    what is read from or written to a cache is input. Tokens that are both cached and audio are known by the
    parts being more than the whole.
    """
    rules = _of(prices)
    context = usage.input
    hour = min(usage.cache_write_1h, usage.cache_write)
    both = max(0, usage.cached + usage.cache_write + usage.audio_input - usage.input)
    both = min(both, usage.cached, usage.audio_input)
    plain = max(0, usage.input - usage.cached - usage.cache_write - usage.audio_input + both)
    spoken = max(0, usage.output - usage.reasoning - usage.audio_output)
    counts = {
        "input": plain,
        "cached": usage.cached - both,
        "cached_audio": both,
        "cache_write": usage.cache_write - hour,
        "cache_write_1h": hour,
        "audio_input": usage.audio_input - both,
        "output": spoken,
        "reasoning": usage.reasoning,
        "audio_output": usage.audio_output,
    }
    with localcontext() as exactly:
        exactly.prec = _DIGITS
        total = sum(
            (_rate(rules, name).at(context) * count for name, count in counts.items() if count), Decimal(0)
        )
        return total / MILLION


def saved_by_cache(prices: Prices, usage: Usage) -> Decimal:
    """What the provider's own cache saved: the price of `cached` as ordinary input, less what it cost."""
    rules = _of(prices)
    with localcontext() as exactly:
        exactly.prec = _DIGITS
        per_token = _rate(rules, "input").at(usage.input) - _rate(rules, "cached").at(usage.input)
        return max(Decimal(0), per_token * usage.cached / MILLION)


def worst_case(target: Target, input_tokens: int, output_tokens: int) -> Decimal:
    """The most that an answer can cost that reads and writes no more than so many tokens, of whatever kind.

    0 where the price is unknown: `Money.reserve` refuses those that have a budget of money.
    """
    if target.prices is None:
        return Decimal(0)
    rules = _of(target.prices)
    dearest_input = _highest(rules, _INPUTS, input_tokens)
    dearest_output = _highest(rules, _OUTPUTS, input_tokens)
    with localcontext() as exactly:
        exactly.prec = _DIGITS
        return (dearest_input * input_tokens + dearest_output * output_tokens) / MILLION


def document_of(prices: Prices) -> dict[str, Any]:
    """The rules as JSON can hold them; `prices_of` reads them again."""
    rules = _of(prices)
    found = {name: rate for name in _RATES if (rate := getattr(rules, name)) is not None}
    return {"version": prices.version, "rates": {name: _plain(rate) for name, rate in found.items()}}


def prices_of(document: Mapping[str, Any]) -> Prices:
    """The inverse of `document_of`. Raises PriceNotValidError."""
    rules = parse_rules(document["rates"])
    return Prices(str(document["version"]), rules, free=is_free(rules))


def parse_rules(document: Mapping[str, Any]) -> Rules:
    """Rates by their names. Raises PriceNotValidError."""
    unknown = sorted(set(document) - set(_RATES))
    if unknown:
        raise PriceNotValidError(f"{unknown[0]} is not a rate; there are {', '.join(_RATES)}")
    return Rules(**{name: _parse_rate(name, value) for name, value in document.items() if value is not None})


_INPUTS = ("input", "cached", "cached_audio", "cache_write", "cache_write_1h", "audio_input")
_OUTPUTS = ("output", "reasoning", "audio_output")
_INSTEAD = {
    "cached": "input",
    "cached_audio": "cached",
    "cache_write": "input",
    "cache_write_1h": "cache_write",
    "audio_input": "input",
    "reasoning": "output",
    "audio_output": "output",
}


def _rate(rules: Rules, name: str) -> Rate:
    """The rate of that name, or of the ordinary tokens around it."""
    rate: Rate | None = getattr(rules, name)
    if rate is not None:
        return rate
    return _rate(rules, _INSTEAD[name]) if name in _INSTEAD else _FREE


def _highest(rules: Rules, names: Iterable[str], context: int) -> Decimal:
    return max(_rate(rules, name).highest(context) for name in names)


def _of(prices: Prices) -> Rules:
    assert isinstance(prices.rules, Rules), "prices that were not made here"
    return prices.rules


def _plain(rate: Rate) -> Any:
    if not rate.tiers:
        return str(rate.base)
    tiers = [{"above": above, "price": str(price)} for above, price in rate.tiers]
    return {"base": str(rate.base), "tiers": tiers}


def _parse_rate(name: str, value: Any) -> Rate:
    if not isinstance(value, Mapping):
        return Rate(_parse_price(name, value))
    given = cast("Mapping[str, Any]", value)
    tiers = cast("list[Any]", given.get("tiers") or [])
    if set(given) - {"base", "tiers"} or type(tiers) is not list or len(tiers) > _MOST_TIERS:
        raise PriceNotValidError(f"{name}: a rate is a price, or base and up to {_MOST_TIERS} tiers")
    read = tuple(_parse_tier(name, tier) for tier in tiers)
    if any(later[0] <= earlier[0] for earlier, later in itertools.pairwise(read)):
        raise PriceNotValidError(f"{name}: tiers rise by their tokens")
    return Rate(_parse_price(name, given.get("base")), read)


def _parse_tier(name: str, tier: Any) -> tuple[int, Decimal]:
    given = cast("dict[str, Any]", tier if isinstance(tier, Mapping) else {})
    if set(given) != {"above", "price"}:
        raise PriceNotValidError(f"{name}: a tier has above and price")
    above = given["above"]
    if isinstance(above, bool) or not isinstance(above, int) or not 0 < above < 10**9:
        raise PriceNotValidError(f"{name}: above is a number of tokens")
    return above, _parse_price(name, given["price"])


def _parse_price(name: str, value: Any) -> Decimal:
    """A decimal, best as text: a float is taken as it is written."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise PriceNotValidError(f"{name}: a price is a number of dollars per million tokens")
    try:
        price = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise PriceNotValidError(f"{name}: {str(value)[:40]!r} is not a number") from error
    if not price.is_finite() or not 0 <= price <= _MOST_RATE or len(price.as_tuple().digits) > 20:
        raise PriceNotValidError(f"{name}: a price is between 0 and {_MOST_RATE:,} dollars")
    return price


def rules_of(provider: str, info: Any, at: datetime, processing: Processing = "standard") -> Rules:
    """The rates of a model of the catalogue, mended by what we know better."""
    context = None if processing == "standard" else {"processing": processing}
    priced, standard = info.get_prices(at, context), info.get_prices(at)
    found = {name: _read(getattr(priced, key, None)) for name, key in _KEYS.items()}
    for correction in CORRECTIONS:
        if (correction.provider, correction.model) == (provider, info.id) and at >= correction.since:
            found = dict.fromkeys(found) if correction.whole else found
            found |= {name: Rate(Decimal(price)) for name, price in correction.rates.items()}
    times = ONE_HOUR_WRITE.get(provider)
    base = found["input"]
    if times and base and found["cache_write"] and found["cache_write_1h"] is None:
        found["cache_write_1h"] = _times(base, Decimal(times))
    if processing == "batch" and priced == standard:
        halves = BATCH_HALVES.get(provider, ())
        found |= {name: _times(rate, _HALF) for name in halves if (rate := found[name]) is not None}
    return Rules(**found)


def _times(rate: Rate, factor: Decimal) -> Rate:
    return Rate(rate.base * factor, tuple((above, price * factor) for above, price in rate.tiers))


def _read(price: Any) -> Rate | None:
    if price is None or isinstance(price, Decimal):
        return None if price is None else Rate(price)
    return Rate(price.base, tuple((tier.start, tier.price) for tier in price.tiers))
