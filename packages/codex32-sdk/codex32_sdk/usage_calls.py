"""What models cost: reports, budgets and keys for models. The other requests of API v1 are in `calls`.

Money is a text with a decimal, as the API sends it: it is never a float on its way.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from pydantic import Field

from codex32_sdk.calls import Call
from codex32_sdk.models import Model, Page


class Sums(Model):
    """What was used in some time; dollars as text, tokens as numbers."""

    attempts: int = 0
    hits: int = 0
    input: int = 0
    output: int = 0
    cached: int = 0
    cache_write: int = 0
    reasoning: int = 0
    audio_input: int = 0
    audio_output: int = 0
    cost: str
    saved: str = "0"
    latency_ms: float | None = None


class Group(Sums):
    """The same for one value of each dimension."""

    keys: dict[str, str | None]


class UsageReport(Model):
    """Totals of a period, whole and by dimensions."""

    since: datetime
    until: datetime
    total: Sums
    groups: list[Group] = Field(default_factory=list[Group])


class Forecast(Model):
    """What the month will cost."""

    month: str
    spent: str
    expected: str
    method: str
    history_hours: int = 0


class Budget(Model):
    """A limit, and what counts against it in the present period."""

    id: str
    scope: str
    subject: str
    period: str
    usd: str | None = None
    tokens: int | None = None
    spent_usd: str | None = None
    reserved_usd: str | None = None
    left_usd: str | None = None
    spent_tokens: int | None = None
    reserved_tokens: int | None = None
    left_tokens: int | None = None
    resets_at: datetime | None = None


class LlmKey(Model):
    """A key for models; `key` is there in the answer that made it alone."""

    id: str
    kind: str
    name: str
    hint: str = ""
    models: list[str] | None = None
    member_id: str | None = None
    bot_id: str | None = None
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    key: str | None = None


def usage_report(**wanted: Any) -> Call[UsageReport]:
    """Totals; `by`, `since`, `until`, `limit` and filters as in the API, None for the default."""
    return Call("GET", "/usage", UsageReport.model_validate, _given(wanted))


def usage_forecast(**filters: Any) -> Call[Forecast]:
    """What this month will cost."""
    return Call("GET", "/usage/forecast", Forecast.model_validate, _given(filters))


def list_budgets(
    *, scope: str | None = None, cursor: str | None = None, limit: int | None = None
) -> Call[Page[Budget]]:
    """Limits, newest first, with what is left of them; those of the builder's sessions only as `session`."""
    params = _given({"scope": scope, "cursor": cursor, "limit": limit})
    return Call("GET", "/budgets", Page[Budget].model_validate, params)


def put_budget(scope: str, **settings: Any) -> Call[Budget]:
    """Set or change a limit: `subject`, `period`, `usd`, `tokens`."""
    return Call("PUT", "/budgets", Budget.model_validate, body={"scope": scope} | _given(settings))


def delete_budget(budget_id: str) -> Call[None]:
    """The limit does not hold any more."""
    return Call("DELETE", f"/budgets/{quote(budget_id, safe='')}", lambda _: None)


def list_llm_keys(*, cursor: str | None = None) -> Call[Page[LlmKey]]:
    """Keys for models, newest first, without their values."""
    return Call("GET", "/llm-keys", Page[LlmKey].model_validate, _given({"cursor": cursor}))


def create_llm_key(name: str, **settings: Any) -> Call[LlmKey]:
    """A key for models; `settings` as in the API, None for the default."""
    return Call("POST", "/llm-keys", LlmKey.model_validate, body={"name": name} | _given(settings))


def revoke_llm_key(key_id: str) -> Call[None]:
    """The key stops working at once."""
    return Call("DELETE", f"/llm-keys/{quote(key_id, safe='')}", lambda _: None)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
