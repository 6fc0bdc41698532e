"""Contracts of virtual keys, budgets and reports. Money is a decimal, in JSON a text: never a float."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Protocol
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from codex32_server.kit.manifest.schema import Budget as ManifestBudget

Scope = Literal["workspace", "person", "bot", "run", "key"]
Period = Literal["run", "day", "month", "total"]
Kind = Literal["bot", "person", "integration"]
Dimension = Literal[
    "bot",
    "model",
    "provider",
    "person",
    "key",
    "run",
    "alias",
    "environment",
    "status",
    "builder_session",
]
_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
_MOST_DOLLARS = Decimal(1_000_000_000)


def _as_written(value: Any) -> Any:
    """A JSON number is taken as its shortest text: 0.1 is a tenth."""
    return str(value) if isinstance(value, float) else value


def _plain(amount: Decimal) -> str:
    """Without an exponent and without zeros at the end."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


_TEXT = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "examples": ["1.25"]}
Dollars = Annotated[Decimal, PlainSerializer(_plain, return_type=str), WithJsonSchema(_TEXT)]
"""US dollars, exact."""
DollarsGiven = Annotated[
    Decimal,
    BeforeValidator(_as_written),
    Field(ge=0, le=_MOST_DOLLARS, max_digits=24, decimal_places=12, allow_inf_nan=False),
    PlainSerializer(_plain, return_type=str),
]


def _ahead(moment: datetime) -> datetime:
    if moment <= datetime.now(UTC):
        raise ValueError("the time has passed")
    return moment


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Change(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Holder(Protocol):
    """One attempt of a run, or one process of a service, that gets a key of its own."""

    @property
    def workspace_id(self) -> UUID: ...
    @property
    def run_id(self) -> UUID: ...
    @property
    def attempt(self) -> int: ...
    @property
    def bot_id(self) -> UUID: ...
    @property
    def environment(self) -> str: ...
    @property
    def budget(self) -> ManifestBudget: ...
    @property
    def timeout(self) -> float | None: ...


class NewLlmKey(_Change):
    """A virtual key to make."""

    name: _Name = Field(examples=["notebook"])
    kind: Kind = Field("person", description="person: one's own; bot: for a bot; integration: for a program.")
    member_id: UUID | None = Field(None, description="Of kind person: whose it is; your own without it.")
    bot: UUID | None = Field(None, description="Of kind bot: which one.")
    models: list[Annotated[str, StringConstraints(min_length=1, max_length=200)]] | None = Field(
        None,
        max_length=100,
        description="Aliases and models that may be asked for; `*` at an end matches any rest. Null: all.",
        examples=[["fast", "openai/*"]],
    )
    requests_per_minute: int | None = Field(None, ge=1, le=1_000_000)
    tokens_per_minute: int | None = Field(None, ge=1, le=10**12)
    expires_at: Annotated[AwareDatetime, AfterValidator(_ahead)] | None = None
    budget_usd: DollarsGiven | None = Field(None, description="At most so many dollars in a period.")
    budget_tokens: int | None = Field(None, ge=0, le=10**15)
    budget_period: Literal["day", "month", "total"] = "month"


class LlmKeyView(_View):
    """A virtual key, without its value."""

    id: UUID
    kind: Kind
    name: str
    hint: str = Field(description="The first characters, to tell keys apart.", examples=["sk-c32-aB3d"])
    member_id: UUID | None
    bot_id: UUID | None
    models: list[str] | None
    requests_per_minute: int | None
    tokens_per_minute: int | None
    created_by: UUID | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="Exact to a minute.")
    revoked_at: datetime | None


class NewLlmKeyView(LlmKeyView):
    """A virtual key that was just made."""

    key: str = Field(description="Shown this once.", examples=["sk-c32-" + "x" * 43])


BudgetScope = Literal["workspace", "person", "bot", "run", "key", "session"]
"""What a list of budgets may be asked for. A session's of the builder is shown with the scope `key`."""


class PutBudget(_Change):
    """A limit; it replaces the one of the same scope, subject and period."""

    scope: Scope
    subject: UUID | None = Field(
        None, description="The member, bot, run or key; not for the workspace.", examples=[None]
    )
    period: Period = Field("month", description="run: each run by itself; day, month: in UTC; total: ever.")
    usd: DollarsGiven | None = Field(None, description="US dollars.", examples=["25"])
    tokens: int | None = Field(None, ge=0, le=10**15, description="Tokens read and written.")


class BudgetView(_View):
    """A limit, and what counts against it in the present period."""

    id: UUID
    scope: Scope
    subject: UUID
    subject_name: str | None = Field(description="Of the bot, person or key; null of all else.")
    period: Period
    usd: Dollars | None
    tokens: int | None
    spent_usd: Dollars | None = Field(description="Null for budgets of each run: see the run.")
    reserved_usd: Dollars | None = Field(description="Claimed by calls that are under way.")
    left_usd: Dollars | None
    spent_tokens: int | None
    reserved_tokens: int | None
    left_tokens: int | None
    resets_at: datetime | None
    updated_at: datetime


class Sums(_View):
    """What was used in some time."""

    attempts: int = Field(description="Tries at providers; a call that fell back has several.")
    hits: int = Field(description="Answers from our cache.")
    input: int
    output: int
    cached: int = Field(description="Of the input, what the provider had cached.")
    cache_write: int
    reasoning: int
    audio_input: int
    audio_output: int
    cost: Dollars
    saved: Dollars = Field(description="By our cache and the providers' own.")
    latency_ms: float | None = Field(description="Mean over attempts and hits.")


class Group(Sums):
    """The same for one value of each dimension that was asked for; null: none."""

    keys: dict[str, str | None]


class UsageView(_View):
    """Totals of a period, whole and by dimensions."""

    since: datetime
    until: datetime
    total: Sums
    groups: list[Group] = Field(description="Dearest first, at most as many as asked for.")


class Point(_View):
    """One hour or day."""

    at: datetime
    attempts: int
    hits: int
    input: int
    output: int
    cost: Dollars
    saved: Dollars


class SeriesView(_View):
    """What was used hour by hour or day by day; empty ones are left out."""

    span: Literal["hour", "day"]
    points: list[Point]


class ForecastView(_View):
    """What the month will cost."""

    month: str = Field(examples=["2026-11"])
    spent: Dollars
    expected: Dollars
    method: Literal["hour_of_week", "run_rate"] = Field(
        description="hour_of_week: the coming hours cost what the same hours of the last four weeks did,"
        " in the mean; run_rate: with less than a week of history, what the hours until now did."
    )
    history_hours: int


class CallView(_View):
    """One row of the ledger."""

    id: UUID
    at: datetime
    call_id: UUID
    number: int = Field(description="1 for the first try of the call.")
    key_id: UUID
    key_kind: Literal["run", "bot", "person", "integration", "builder"]
    member_id: UUID | None
    bot_id: UUID | None
    run_id: UUID | None
    builder_session: UUID | None
    environment: str | None
    format: str
    alias: str
    provider: str
    provider_kind: str
    model: str
    status: Literal["succeeded", "failed", "aborted", "lost"]
    error: str | None
    cache_hit: bool
    cached_attempt_id: UUID | None
    input: int
    output: int
    cached: int
    cache_write: int
    cache_write_1h: int
    reasoning: int
    audio_input: int
    audio_output: int
    estimated: bool
    price_version: str | None
    cost: Dollars
    saved: Dollars
    reserved: Dollars
    latency_ms: float
    first_token_ms: float | None


class BotSpentView(_View):
    """What a bot has spent on models, in UTC."""

    today: Dollars
    month: Dollars


class SpentView(_View):
    """What a run, or a session of the builder, has spent on models."""

    cost: Dollars
    saved: Dollars
    attempts: int
    hits: int
    input_tokens: int
    output_tokens: int
