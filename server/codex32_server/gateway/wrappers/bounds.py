"""How many tokens an attempt can use at most: the estimate of its input, and the ceiling of its output."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from codex32_server.gateway.contract import Attempt, Format
from codex32_server.gateway.wrappers.money import Bounds, Most

_CEILINGS = ("max_completion_tokens", "max_output_tokens", "max_tokens")


def bounds(most_input: Callable[[Attempt], int], unknown_output: int) -> Bounds:
    """`most_input` estimates from above. `unknown_output` is taken where neither the request nor the
    catalogue sets a ceiling.
    """

    def of(attempt: Attempt) -> Most:
        call, target = attempt.call, attempt.target
        given = most_input(attempt)
        if call.format is Format.EMBEDDINGS:
            return Most(given, 0)
        asked = _asked(call.body)
        most = target.most_output_tokens
        each = most or unknown_output if asked is None else min(asked, most or asked)
        return Most(given, each * _choices(call.body))

    return of


def _asked(body: Mapping[str, Any]) -> int | None:
    for name in _CEILINGS:
        value = body.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
    return None


def _choices(body: Mapping[str, Any]) -> int:
    value = body.get("n")
    return value if isinstance(value, int) and value > 1 else 1
