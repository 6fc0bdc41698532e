"""Tables of money: keys, budgets and their counters, reservations, the ledger and its sums.

They are made by the SQL of the migration; what writes the last five is the function `llm_money`.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    REAL,
    BigInteger,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    SmallInteger,
    Text,
    false,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from codex32_server.storage.base import Base


class LlmKey(Base):
    """A virtual key. Those of runs live as long as the attempt: they are deleted with it, not revoked."""

    __tablename__ = "llm_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    hint: Mapped[str] = mapped_column(Text, server_default="")
    key_hash: Mapped[bytes] = mapped_column(LargeBinary)
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    """Whose it is; the key goes with its member."""
    bot_id: Mapped[UUID | None]
    run_id: Mapped[UUID | None]
    attempt: Mapped[int | None] = mapped_column(Integer)
    """The fence of the run's attempt."""
    environment: Mapped[str | None] = mapped_column(Text)
    models: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    requests_per_minute: Mapped[int | None] = mapped_column(Integer)
    tokens_per_minute: Mapped[int | None] = mapped_column(BigInteger)
    caps: Mapped[Any | None] = mapped_column(JSONB)
    """[{"period", "usd"}]: the budget of the manifest of a run's version; counts on the bot."""
    builder_session: Mapped[UUID | None]
    """What it is spent for. A key of kind builder has its session's id as its own."""
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    """Exact to a minute; not kept for runs."""
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("kind in ('run', 'bot', 'person', 'integration', 'builder')", name="kind"),
        Index("uq_llm_keys_key_hash", "key_hash", unique=True),
        Index("ix_llm_keys_run", "workspace_id", "run_id"),
        Index(
            "ix_llm_keys_named",
            "workspace_id",
            text("id desc"),
            postgresql_where=text("kind not in ('run', 'builder')"),
        ),
        Index(None, "member_id", postgresql_where=text("member_id is not null")),
    )


class Budget(Base):
    """A limit that people set. `subject` is the workspace, a member, a bot, a run or a key."""

    __tablename__ = "budgets"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    scope: Mapped[str] = mapped_column(Text)
    subject: Mapped[UUID]
    period: Mapped[str] = mapped_column(Text)
    """run: each run by itself; day and month: in UTC; total: ever."""
    usd: Mapped[Decimal | None] = mapped_column(Numeric)
    tokens: Mapped[int | None] = mapped_column(BigInteger)
    updated_by: Mapped[UUID | None]
    builder_session: Mapped[bool] = mapped_column(server_default=false())
    """It is a session's of the builder, whose id is the `subject`, and goes with it."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint("scope in ('workspace', 'person', 'bot', 'run', 'key')", name="scope"),
        CheckConstraint("period in ('run', 'day', 'month', 'total')", name="period"),
        CheckConstraint("usd >= 0", name="usd"),
        CheckConstraint("tokens >= 0", name="tokens"),
        CheckConstraint("usd is not null or tokens is not null", name="some"),
        Index("uq_budgets_place", "workspace_id", "scope", "subject", "period", unique=True),
        Index("ix_budgets_page", "workspace_id", "builder_session", text("id desc")),
    )


class BudgetCounter(Base):
    """What counts against limits in one period. Made by the first reservation that needs it, with what the
    ledger holds of the period.
    """

    __tablename__ = "budget_counters"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    counter: Mapped[str] = mapped_column(Text, primary_key=True)
    """SCOPE/SUBJECT/PERIOD[/RUN or date]."""
    scope: Mapped[str] = mapped_column(Text)
    subject: Mapped[UUID]
    period: Mapped[str] = mapped_column(Text)
    ends_at: Mapped[datetime | None]
    spent_usd: Mapped[Decimal] = mapped_column(Numeric, server_default="0")
    reserved_usd: Mapped[Decimal] = mapped_column(Numeric, server_default="0")
    spent_tokens: Mapped[int] = mapped_column(BigInteger, server_default="0")
    reserved_tokens: Mapped[int] = mapped_column(BigInteger, server_default="0")
    cap_usd: Mapped[Decimal | None] = mapped_column(Numeric)
    """The smallest limit that the last reservation met; thresholds are shares of it."""
    cap_tokens: Mapped[int | None] = mapped_column(BigInteger)
    notified: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """The highest threshold, in percent, that was told of."""
    refused: Mapped[bool] = mapped_column(server_default=text("false"))
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        Index("ix_budget_counters_near", "workspace_id", "counter", postgresql_where=text("notified >= 80")),
    )


class LlmReservation(Base):
    """A claim that is not settled yet; gone when it is."""

    __tablename__ = "llm_reservations"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    lease_expires_at: Mapped[datetime]
    most: Mapped[Decimal] = mapped_column(Numeric)
    most_tokens: Mapped[int] = mapped_column(BigInteger)
    charged: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """The counters whose `reserved` holds the claim."""
    key_id: Mapped[UUID]
    member_id: Mapped[UUID | None]
    bot_id: Mapped[UUID | None]
    run_id: Mapped[UUID | None]
    entry: Mapped[dict[str, Any]]
    """What the ledger's row will hold besides."""

    __table_args__ = (Index("ix_llm_reservations_lease", "lease_expires_at"),)


class LlmLedger(Base):
    """One row for each attempt at a provider, and for each hit of our cache. Nothing changes or leaves it."""

    __tablename__ = "llm_ledger"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    at: Mapped[datetime]
    """When it was reserved: the moment whose price and whose day counts."""
    call_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(Integer)
    key_id: Mapped[UUID]
    key_kind: Mapped[str] = mapped_column(Text)
    member_id: Mapped[UUID | None]
    bot_id: Mapped[UUID | None]
    run_id: Mapped[UUID | None]
    environment: Mapped[str | None] = mapped_column(Text)
    format: Mapped[str] = mapped_column(Text)
    alias: Mapped[str] = mapped_column(Text)
    """What was asked for."""
    provider: Mapped[str] = mapped_column(Text)
    provider_kind: Mapped[str] = mapped_column(Text)
    model: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    """lost: our process died before it could settle; counted at the worst case."""
    error: Mapped[str | None] = mapped_column(Text)
    cache_hit: Mapped[bool] = mapped_column(server_default=text("false"))
    cached_attempt_id: Mapped[UUID | None]
    input: Mapped[int] = mapped_column(BigInteger)
    output: Mapped[int] = mapped_column(BigInteger)
    cached: Mapped[int] = mapped_column(BigInteger)
    cache_write: Mapped[int] = mapped_column(BigInteger)
    cache_write_1h: Mapped[int] = mapped_column(BigInteger)
    reasoning: Mapped[int] = mapped_column(BigInteger)
    audio_input: Mapped[int] = mapped_column(BigInteger)
    audio_output: Mapped[int] = mapped_column(BigInteger)
    estimated: Mapped[bool]
    price_version: Mapped[str | None] = mapped_column(Text)
    cost: Mapped[Decimal] = mapped_column(Numeric)
    """US dollars, unrounded."""
    saved: Mapped[Decimal] = mapped_column(Numeric)
    """US dollars that a cache saved: ours (a hit), or the provider's."""
    reserved: Mapped[Decimal] = mapped_column(Numeric)
    latency_ms: Mapped[float] = mapped_column(REAL)
    first_token_ms: Mapped[float | None] = mapped_column(REAL)
    builder_session: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint("status in ('succeeded', 'failed', 'aborted', 'lost')", name="status"),
        Index("ix_llm_ledger_workspace", "workspace_id", text("id desc")),
        Index(
            "ix_llm_ledger_run",
            "workspace_id",
            "run_id",
            text("id desc"),
            postgresql_where=text("run_id is not null"),
        ),
        Index("ix_llm_ledger_call", "workspace_id", "call_id"),
        Index(
            "ix_llm_ledger_builder_session",
            "workspace_id",
            "builder_session",
            text("id desc"),
            postgresql_where=text("builder_session is not null"),
        ),
        {"postgresql_partition_by": "RANGE (id)"},
    )


class LlmRollup(Base):
    """Sums of the ledger by hour and day (UTC), written by the statement that writes the ledger.

    '' and the zero id stand for "none"; keys of runs are not told apart. Tokens: those that were paid.
    """

    __tablename__ = "llm_rollups"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    span: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    bot_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    key_id: Mapped[UUID] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(Text, primary_key=True)
    model: Mapped[str] = mapped_column(Text, primary_key=True)
    alias: Mapped[str] = mapped_column(Text, primary_key=True)
    environment: Mapped[str] = mapped_column(Text, primary_key=True)
    status: Mapped[str] = mapped_column(Text, primary_key=True)
    attempts: Mapped[int] = mapped_column(BigInteger)
    hits: Mapped[int] = mapped_column(BigInteger)
    input: Mapped[int] = mapped_column(BigInteger)
    output: Mapped[int] = mapped_column(BigInteger)
    cached: Mapped[int] = mapped_column(BigInteger)
    cache_write: Mapped[int] = mapped_column(BigInteger)
    reasoning: Mapped[int] = mapped_column(BigInteger)
    audio_input: Mapped[int] = mapped_column(BigInteger)
    audio_output: Mapped[int] = mapped_column(BigInteger)
    cost: Mapped[Decimal] = mapped_column(Numeric)
    saved: Mapped[Decimal] = mapped_column(Numeric)
    latency_ms: Mapped[float] = mapped_column(Float(53))
    """Summed; divide by attempts + hits."""
    builder_session: Mapped[UUID] = mapped_column(
        primary_key=True, server_default=text("'00000000-0000-0000-0000-000000000000'")
    )

    __table_args__ = (
        CheckConstraint("span in ('hour', 'day')", name="span"),
        Index("ix_llm_rollups_bot", "workspace_id", "bot_id", "at", postgresql_where=text("span = 'day'")),
        Index(
            "ix_llm_rollups_builder_session",
            "workspace_id",
            "builder_session",
            postgresql_where=text("builder_session <> '00000000-0000-0000-0000-000000000000'"),
        ),
    )


class LlmRunTotal(Base):
    """What each run spent."""

    __tablename__ = "llm_run_totals"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    bot_id: Mapped[UUID | None]
    attempts: Mapped[int] = mapped_column(BigInteger)
    hits: Mapped[int] = mapped_column(BigInteger)
    input: Mapped[int] = mapped_column(BigInteger)
    output: Mapped[int] = mapped_column(BigInteger)
    cost: Mapped[Decimal] = mapped_column(Numeric)
    saved: Mapped[Decimal] = mapped_column(Numeric)

    __table_args__ = (
        Index("ix_llm_run_totals_cost", "workspace_id", text("cost desc"), text("run_id desc")),
        Index(
            "ix_llm_run_totals_bot_cost",
            "workspace_id",
            "bot_id",
            text("cost desc"),
            text("run_id desc"),
            postgresql_where=text("bot_id is not null"),
        ),
    )
