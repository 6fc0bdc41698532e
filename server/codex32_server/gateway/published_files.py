"""Reading a file of published prices that came from outside, as if it had been written to do harm.

The format is that of `genai-prices` (`prices/new_data/v2/data.json`): an array of providers. Only what is
used here is kept. Numbers are read as decimals; patterns must be such that no text makes them slow.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final, NoReturn, cast

from pydantic import ConfigDict, TypeAdapter, ValidationError

from codex32_server.gateway.published import Published

MOST_BYTES: Final = 8 * 1024 * 1024
_PROVIDER = ("id", "name", "api_pattern", "model_match", "provider_match", "fallback_model_providers")
_MODEL = ("id", "match", "context_window", "deprecated")
_MOST_PROVIDERS, _MOST_MODELS, _MOST_TEXT, _MOST_PATTERN = 500, 20_000, 1_000, 300
_MOST_PRICES, _MOST_TIERS, _MOST_CLAUSES, _DEEPEST = 50, 20, 200, 6
_PLAIN_CLAUSES = ("starts_with", "ends_with", "contains", "equals")
_MOST_DOLLARS: Final = Decimal(1_000_000)
_RATE = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_ID = re.compile(r"[!-~]{1,256}", re.ASCII)
_ESCAPED = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_ENDLESS = re.compile(r"[*+]|\{\d*,\d*\}")
_REPEATED_GROUP = re.compile(r"\)(?:[*+]|\{)")
_MOST_ENDLESS = 2


class FileNotValidError(ValueError):
    """What the file holds cannot be taken over; the message says where and why."""


def read(content: bytes, version: str) -> Published:
    """Takes a second for a long file: call it in a thread. Raises FileNotValidError."""
    given = _list(_parsed(content), _MOST_PROVIDERS, "it is no list of providers")
    providers = [_provider(one) for one in given]
    names = [one["id"] for one in providers]
    _check(len(set(names)) == len(names), "two providers have the same id")
    _check(sum(len(one["models"]) for one in providers) <= _MOST_MODELS, "it has too many models")
    kind: Any = list[importlib.import_module("genai_prices.types").Provider]
    adapter: TypeAdapter[Any] = TypeAdapter(kind, config=ConfigDict(arbitrary_types_allowed=True))
    try:
        return Published(version, adapter.validate_python(providers))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"][:6])
        raise FileNotValidError(f"{where}: {first['msg'][:200]}") from None


def _parsed(content: bytes) -> Any:
    _check(len(content) <= MOST_BYTES, f"it has more than {MOST_BYTES:,} bytes")
    try:
        return json.loads(content, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise FileNotValidError(f"it is no JSON: {str(error)[:200]}") from None


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _provider(given: Any) -> dict[str, Any]:
    kept = _kept(given, _PROVIDER, "a provider")
    where = kept["id"]
    _pattern(kept.get("api_pattern"), where)
    for match in ("model_match", "provider_match"):
        if kept.get(match) is not None:
            _clause(kept[match], where)
    models = _list(given.get("models"), _MOST_MODELS, f"{where}: models is no list", least=0)
    kept["models"] = [_model(one, where) for one in models]
    ids = [one["id"] for one in kept["models"]]
    _check(len(set(ids)) == len(ids), f"{where}: two models have the same id")
    return kept


def _model(given: Any, provider: str) -> dict[str, Any]:
    kept = _kept(given, _MODEL, f"{provider}: a model")
    where = f"{provider}/{kept['id']}"
    _clause(kept.get("match"), where)
    context = kept.get("context_window")
    _check(context is None or (type(context) is int and 0 < context < 10**9), f"{where}: context_window")
    kept["prices"] = _prices(given.get("prices"), where)
    variants = given.get("price_variants")
    if variants is not None:
        variants = _list(variants, _MOST_PRICES, f"{where}: price_variants", least=0)
        kept["price_variants"] = [_conditional(one, where) for one in variants]
    return kept


def _kept(given: Any, names: Sequence[str], what: str) -> dict[str, Any]:
    """Of the members of an object, those that are used."""
    present = _object(given, f"{what} is no object")
    kept = {name: present[name] for name in names if name in present}
    usable = isinstance(kept.get("id"), str) and _ID.fullmatch(kept["id"])
    _check(usable, f"{what} has no id that can be used")
    return kept


def _prices(given: Any, where: str) -> Any:
    """One set of rates, or several with conditions."""
    if not isinstance(given, list):
        return _rates(given, where)
    several = _list(cast("Any", given), _MOST_PRICES, f"{where}: no prices, or too many")
    return [_conditional(one, where) for one in several]


def _conditional(given: Any, where: str) -> dict[str, Any]:
    present = _object(given, f"{where}: prices")
    _check(set(present) <= {"constraint", "prices", "when"}, f"{where}: prices")
    return {**present, "prices": _rates(present.get("prices"), where)}


def _rates(given: Any, where: str) -> Any:
    """Raises FileNotValidError for a name or an amount that no price has."""
    present = _object(given, f"{where}: prices is no object")
    _check(len(present) <= _MOST_PRICES, f"{where}: too many prices")
    types = importlib.import_module("genai_prices.types")
    rates: dict[str, Any] = {}
    for name, value in present.items():
        _check(_RATE.fullmatch(name), f"{where}: {name[:40]!r} is no rate")
        rates[name] = _rate(value, f"{where}: {name}", types)
    return types.ModelPrice(**rates)


def _rate(value: Any, where: str, types: Any) -> Any:
    if value is None or not isinstance(value, dict):
        return None if value is None else _dollars(value, where)
    given = cast("dict[str, Any]", value)
    _check(set(given) == {"base", "tiers"}, f"{where}: a rate has base and tiers")
    made: list[Any] = []
    for one in _list(given["tiers"], _MOST_TIERS, f"{where}: a rate has base and tiers", least=0):
        tier = _object(one, f"{where}: a tier")
        _check(set(tier) == {"start", "price"}, f"{where}: a tier")
        _check(type(tier["start"]) is int and 0 <= tier["start"] < 10**9, f"{where}: a tier's start")
        made.append(types.Tier(start=tier["start"], price=_dollars(tier["price"], where)))
    return types.TieredPrices(base=_dollars(given["base"], where), tiers=made)


def _dollars(value: Any, where: str) -> Decimal:
    _check(isinstance(value, int | Decimal) and not isinstance(value, bool), f"{where} is no number")
    amount = Decimal(value)
    _check(
        amount.is_finite() and 0 <= amount <= _MOST_DOLLARS and len(amount.as_tuple().digits) <= 20,
        f"{where} is not between 0 and {_MOST_DOLLARS:,} dollars",
    )
    return amount


def _clause(given: Any, where: str, depth: int = 0) -> None:
    """How names are matched: one of six kinds, of which two hold others."""
    present = _object(given, f"{where}: a match is not valid")
    _check(len(present) == 1 and depth < _DEEPEST, f"{where}: a match is not valid")
    [(kind, value)] = present.items()
    if kind in ("or", "and"):
        for one in _list(value, _MOST_CLAUSES, f"{where}: {kind} of a match"):
            _clause(one, where, depth + 1)
    elif kind == "regex":
        _pattern(value, where)
    else:
        _check(kind in _PLAIN_CLAUSES, f"{where}: no match is {kind[:40]!r}")
        _check(isinstance(value, str) and 0 < len(value) <= _MOST_TEXT, f"{where}: the text of a match")


def _pattern(given: Any, where: str) -> None:
    """A regular expression whose time grows at most with the square of a text: few endless parts, none of
    them a group, no references back.
    """
    _check(isinstance(given, str) and 0 < len(given) <= _MOST_PATTERN, f"{where}: a pattern is no short text")
    bare = _ESCAPED.sub("x", given)
    endless = len(_ENDLESS.findall(bare))
    calm = endless <= _MOST_ENDLESS and not _REPEATED_GROUP.search(bare) and "(?P=" not in bare
    _check(calm and not re.search(r"\\[1-9]", given), f"{where}: a pattern might take too long")
    try:
        re.compile(given)
    except (re.error, RecursionError, OverflowError):
        raise FileNotValidError(f"{where}: a pattern cannot be read") from None


def _object(given: Any, problem: str) -> dict[str, Any]:
    _check(isinstance(given, dict), problem)
    return cast("dict[str, Any]", given)


def _list(given: Any, most: int, problem: str, least: int = 1) -> list[Any]:
    _check(isinstance(given, list), problem)
    found = cast("list[Any]", given)
    _check(least <= len(found) <= most, problem)
    return found


def _check(holds: object, problem: str) -> None:
    if not holds:
        raise FileNotValidError(problem)


def models_in(published: Published) -> Iterator[tuple[str, Any]]:
    """(provider's id, model) of all models."""
    for provider in published.providers:
        for model in provider.models:
            yield provider.id, model
