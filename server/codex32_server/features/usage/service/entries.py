"""What the ledger is told, as JSON for `llm_money`: of an attempt, of its end, of a hit of our cache."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from codex32_server.gateway.contract import Attempt, AttemptEnd, CachedAnswer, Call, Prices, Usage
from codex32_server.gateway.pricing import saved_by_cache
from codex32_server.kit.ids import new_id

_MOST_TEXT = 200


def entry_of(attempt: Attempt) -> dict[str, Any]:
    """What is known when it is reserved; also what the reaper writes down."""
    call, target = attempt.call, attempt.target
    return {
        **_call(call),
        "number": attempt.number,
        "provider": _text(target.provider),
        "provider_kind": _text(target.kind),
        "model": _text(target.model),
        "price_version": target.prices.version if target.prices else None,
    }


def settlement_of(identifier: UUID, end: AttemptEnd, prices: Prices | None) -> dict[str, Any]:
    usage = end.spent.usage
    saved = saved_by_cache(prices, usage) if prices is not None and usage.cached else 0
    return {
        "id": identifier,
        "status": end.status,
        "error": end.error,
        "cost": format(end.spent.cost, "f"),
        "saved": format(saved, "f") if saved else "0",
        "price_version": end.spent.price_version,
        "latency_ms": end.latency_ms,
        "first_token_ms": end.first_token_ms,
        **_tokens(usage),
    }


def hit_of(call: Call, answer: CachedAnswer) -> dict[str, Any]:
    """Nothing was spent; `saved` is what the kept answer had cost."""
    caller = call.caller
    return {
        "id": new_id(),
        **_call(call),
        "number": 1,
        "key_id": caller.key_id,
        "member_id": caller.member_id,
        "bot_id": caller.bot_id,
        "run_id": caller.run_id,
        "provider": "cache",
        "provider_kind": "cache",
        "model": _text(answer.model.partition("/")[2] if answer.model else call.model),
        "status": "succeeded",
        "cached_attempt_id": answer.attempt_id,
        "saved": format(answer.cost, "f"),
        "latency_ms": 0,
        **_tokens(answer.usage),
    }


def _text(given: str) -> str:
    """Clients choose what they ask for: half a surrogate pair, for one, cannot be written down."""
    return given[:_MOST_TEXT].encode("utf-8", "replace").decode()


def _call(call: Call) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "call_id": call.id,
        "key_kind": call.caller.kind,
        "environment": call.caller.environment,
        "format": call.format.value,
        "alias": _text(call.model),
    }
    if call.caller.builder_session is not None:
        entry["builder_session"] = call.caller.builder_session
    return entry


def _tokens(usage: Usage) -> dict[str, Any]:
    return {
        "input": usage.input,
        "output": usage.output,
        "cached": usage.cached,
        "cache_write": usage.cache_write,
        "cache_write_1h": usage.cache_write_1h,
        "reasoning": usage.reasoning,
        "audio_input": usage.audio_input,
        "audio_output": usage.audio_output,
        "estimated": usage.estimated,
    }
