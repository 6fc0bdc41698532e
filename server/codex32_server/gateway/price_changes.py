"""What a newer catalogue changes: models that came and went, rates that rose and fell; and if that can be.

A file may be well formed and wrong. One that lacks what was there, or has what cost money for nothing, would
make budgets worthless, so it is not believed. One in which many rates moved by a power of ten (dollars per
thousand tokens for dollars per million) is doubted: a person has to say that it is meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from codex32_server.gateway.pricing import Rate, Rules, is_free, rules_of
from codex32_server.gateway.published import Published
from codex32_server.gateway.published_files import FileNotValidError, models_in

_NEEDED = ("openai", "anthropic", "google")
_LEAST_KEPT = 0.5
"""Of the models that were there."""
_MOST_FREED = 0.05
"""Of the models that cost money before."""
_MOST_MOVED = 0.05
"""Of the models that cost money before: rates that fell or rose more than that are doubted."""
_FELL, _ROSE = Decimal("0.1"), Decimal(10)
_RATES = tuple(field.name for field in fields(Rules))


@dataclass(frozen=True, slots=True)
class RateChange:
    """US dollars per million tokens, as texts; None: there is no such rate."""

    model: str
    """`provider/model` of the catalogue."""
    rate: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Changes:
    """From one catalogue to another, at one moment."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    rates: tuple[RateChange, ...]
    doubt: str | None = None
    """Why a person has to say that this is meant."""


def between(old: Published, new: Published, at: datetime) -> Changes:
    """Raises FileNotValidError if the new one cannot be believed."""
    before, after = _rules(old, at), _rules(new, at)
    _check_whole(old, new, before, after)
    rates = [
        RateChange(model, rate, _shown(one), _shown(other))
        for model in sorted(before.keys() & after.keys())
        for rate in _RATES
        if (one := getattr(before[model], rate)) != (other := getattr(after[model], rate))
    ]
    added, removed = sorted(after.keys() - before.keys()), sorted(before.keys() - after.keys())
    return Changes(tuple(added), tuple(removed), tuple(rates), _doubt(before, after))


def _rules(published: Published, at: datetime) -> dict[str, Rules]:
    return {f"{name}/{model.id}": rules_of(name, model, at) for name, model in models_in(published)}


def _check_whole(
    old: Published, new: Published, before: Mapping[str, Rules], after: Mapping[str, Rules]
) -> None:
    names = {provider.id for provider in new.providers if provider.models}
    missing = [name for name in _NEEDED if name not in names and old.models_of(name)]
    if missing:
        raise FileNotValidError(f"it has no models of {missing[0]}")
    common = before.keys() & after.keys()
    if len(common) < _LEAST_KEPT * len(before):
        raise FileNotValidError(f"it has {len(common):,} of the {len(before):,} models that are known")
    paid = [model for model in common if not is_free(before[model])]
    freed = [model for model in paid if is_free(after[model])]
    if len(freed) > _MOST_FREED * len(paid):
        raise FileNotValidError(f"{len(freed):,} models that cost money would be free, {freed[0]} for one")


def _doubt(before: Mapping[str, Rules], after: Mapping[str, Rules]) -> str | None:
    paid = sorted(model for model in before.keys() & after.keys() if not is_free(before[model]))
    fell = [model for model in paid if any(new < _FELL * old for old, new in _pairs(before, after, model))]
    rose = [model for model in paid if any(new > _ROSE * old for old, new in _pairs(before, after, model))]
    moved = sorted({*fell, *rose})
    if len(moved) <= _MOST_MOVED * len(paid):
        return None
    return (
        f"of {len(paid):,} models that cost money, {len(fell):,} would fall by more than 90 % and "
        f"{len(rose):,} rise to more than ten times, {moved[0]} for one"
    )


def _pairs(
    before: Mapping[str, Rules], after: Mapping[str, Rules], model: str
) -> Iterator[tuple[Decimal, Decimal]]:
    """The rates that there are before and after; what becomes free is looked at elsewhere."""
    for name in _RATES:
        old, new = getattr(before[model], name), getattr(after[model], name)
        if old is not None and new is not None and old.base > 0 and new.base > 0:
            yield old.base, new.base


def _shown(rate: Rate | None) -> str | None:
    if rate is None:
        return None
    tiers = "".join(f", {_plain(price)} above {above}" for above, price in rate.tiers)
    return f"{_plain(rate.base)}{tiers}"


def _plain(amount: Decimal) -> str:
    return format(amount.normalize(), "f")
