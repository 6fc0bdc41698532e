"""How much to think, between the words of one API and the numbers of another."""

from __future__ import annotations

from .neutral import Reasoning

_BUDGETS = {"minimal": 1_024, "low": 2_048, "medium": 8_192, "high": 16_384, "xhigh": 32_768, "max": 64_000}
"""Tokens; the steps that Google's compatible endpoint and common gateways use."""
LEAST_BUDGET = 1_024


def budget(reasoning: Reasoning) -> int | None:
    """Tokens for thinking; None if the request leaves it to the model."""
    if reasoning.budget is not None:
        return reasoning.budget
    return _BUDGETS.get(reasoning.effort) if reasoning.effort else None


def effort(reasoning: Reasoning) -> str | None:
    """The word whose budget is the smallest that holds the number."""
    if reasoning.effort or reasoning.budget is None:
        return reasoning.effort
    for word, most in _BUDGETS.items():
        if reasoning.budget <= most and word != "minimal":
            return word
    return "high"
