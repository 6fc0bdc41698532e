"""How a refused reservation is told: whose budget, how much of it is left, when it starts anew."""

from __future__ import annotations

from decimal import ROUND_UP, Decimal

from codex32_server.features.usage.repository.money import Verdict
from codex32_server.gateway.contract import Attempt
from codex32_server.gateway.errors import BudgetExceededError, GatewayError, PriceUnknownError

_WHOSE = {
    "workspace": "The workspace's",
    "person": "Your",
    "bot": "The bot's",
    "run": "The run's",
    "key": "The key's",
}
_WHEN = {"run": "for a run", "day": "for the day", "month": "for the month", "total": "in all"}
_FOUR = Decimal("0.0001")


def refusal_of(verdict: Verdict, attempt: Attempt, most: Decimal, most_tokens: int) -> GatewayError:
    """The error that the caller gets."""
    if verdict.verdict == "price_unknown":
        target = attempt.target
        return PriceUnknownError(
            f"Nobody knows what {target.model} of {target.provider} costs, and there is a budget to keep."
        )
    whose, when = _WHOSE[str(verdict.scope)], _WHEN[str(verdict.period)]
    cap, used = verdict.cap or Decimal(0), verdict.used or Decimal(0)
    if verdict.unit == "usd":
        told = f"{_dollars(cap)} {when}: {_dollars(used)} are spent or reserved"
        asked = f"this call may cost up to {_dollars(most)}"
    else:
        told = f"{cap:,} tokens {when}: {used:,} are spent or reserved"
        asked = f"this call may take up to {most_tokens:,}"
    resets, wait = verdict.resets_at, None
    if resets is not None:
        wait = max(1.0, (resets - verdict.made_at).total_seconds())
    anew = f" It starts anew at {resets:%Y-%m-%dT%H:%M:%SZ}." if resets is not None else ""
    return BudgetExceededError(
        f"{whose} budget is {told}, and {asked}.{anew}",
        retry_after=wait,
        next_step=None if resets is not None else BudgetExceededError.ask_an_owner,
    )


def _dollars(amount: Decimal) -> str:
    """Rounded up to four digits: never less than it is."""
    return f"${amount.quantize(_FOUR, rounding=ROUND_UP):,f}"
