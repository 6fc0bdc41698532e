"""Advice from the ledger: budgets, dearer models than needed, prompts that nobody caches."""

from __future__ import annotations

from collections.abc import Iterator

from .model import Evidence, Suggestion

_WORTH = 0.50
"""US dollars in thirty days below which nobody should be bothered."""
_SHORT_INPUT = 1500
"""Tokens of an ordinary question; longer ones are often worth a better model."""


def advise(seen: Evidence) -> Iterator[Suggestion]:
    yield from _budget(seen)
    yield from _cheaper(seen)
    yield from _cache(seen)


def _budget(seen: Evidence) -> Iterator[Suggestion]:
    budget = seen.manifest.budget
    spent = sum(one.dollars for one in seen.spending)
    if spent and budget.per_month is None:
        most = f"{max(round(spent * 2, 2), 0.01):.2f} USD"
        yield Suggestion(
            id="budget",
            kind="safety",
            title=f"Cap what it spends at {most} a month",
            why=f"It spent {spent:.4f} USD in thirty days, and nothing holds it there.",
            impact="high",
            effort="small",
            change={"budget.per_month": most},
        )


def _cheaper(seen: Evidence) -> Iterator[Suggestion]:
    """Asking `smart` what `fast` could answer: short questions, many of them."""
    if not any(f'"{alias}"' in seen.code for alias in ("smart",)):
        return
    spent = sum(one.dollars for one in seen.spending)
    calls = sum(one.calls for one in seen.spending)
    length = sum(one.input for one in seen.spending) / calls if calls else 0
    if spent < _WORTH or calls < 20 or length > _SHORT_INPUT:
        return
    yield Suggestion(
        id="cheaper-model",
        kind="saving",
        title="Ask the model `fast` instead of `smart`",
        why=f"{calls} questions of {length:.0f} tokens on average cost {spent:.2f} USD in thirty days; "
        "short questions rarely need the dearer model. Compare the answers in dev first.",
        impact="medium",
        effort="small",
        wish="use fast instead of smart",
    )


def _cache(seen: Evidence) -> Iterator[Suggestion]:
    asked = sum(one.calls for one in seen.spending)
    hits = sum(one.hits for one in seen.spending)
    if hits and hits * 4 > asked + hits:
        share = 100 * hits / (asked + hits)
        yield Suggestion(
            id="same-questions",
            kind="saving",
            title="Do not ask what was asked before",
            why=f"{share:.0f} % of its questions of thirty days were answered from the cache: it asks the "
            "same again. Remembering what it has seen saves the time as well.",
            impact="low",
            effort="medium",
            wish="report only the rows that are new since the last run",
        )
