"""Contracts of the overview and of the health of bots."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from codex32_server.features.runs.facade import RunCounts
from codex32_server.features.usage.facade import BudgetView, Dollars

Severity = Literal["critical", "warning", "info"]
AttentionKind = Literal[
    "no_workers",
    "service_down",
    "incident",
    "budget_exhausted",
    "approval",
    "bot_failing",
    "schedule_failing",
    "service_degraded",
    "proof_failed",
    "webhook_refusing",
    "budget_near",
    "proposal",
]
SubjectType = Literal[
    "system", "service", "incident", "budget", "run", "bot", "schedule", "version", "webhook", "proposal"
]
Level = Literal["good", "fair", "poor"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Subject(_Frozen):
    """What it is about."""

    type: SubjectType
    id: str | None = Field(default=None, description="Of a budget SCOPE/SUBJECT/PERIOD; null: the system.")
    name: str = ""
    bot_id: UUID | None = Field(default=None, description="The bot that it belongs to, if it is of one.")


class AttentionView(_Frozen):
    """One thing that needs a person."""

    kind: AttentionKind
    severity: Severity
    title: str
    detail: str = ""
    count: int = Field(default=1, description="Runs, deliveries or approvals that it stands for.")
    at: datetime | None = Field(default=None, description="Since when, or when it last happened.")
    subject: Subject


class ServiceCounts(_Frozen):
    """How many services there are, and how many of them have all that is wanted."""

    total: int
    up: int


class CountsView(_Frozen):
    """Numbers of a workspace; null: the key may not read them."""

    bots: int | None = Field(default=None, description="Neither archived nor deleted.")
    runs_today: RunCounts | None = Field(
        default=None, description="Submitted since midnight UTC, by how they are now."
    )
    running: int | None = Field(default=None, description="Now, without services. At most 10,000.")
    queued: int | None = Field(default=None, description="Now. At most 10,000.")
    waiting: int | None = Field(default=None, description="For time, an answer or a run. At most 10,000.")
    services: ServiceCounts | None = None
    knowledge_bases: int | None = None


class SpendingView(_Frozen):
    """What the workspace spends on models, in UTC."""

    today: Dollars
    month: Dollars
    expected: Dollars = Field(description="What the month will cost, as /usage/forecast says.")
    budget: BudgetView | None = Field(description="The workspace's: of the month, else of the day or in all.")
    share: float | None = Field(description="Spent of that budget, 1 for all; null without one in dollars.")


class NextRunView(_Frozen):
    """A schedule and when it fires next."""

    schedule_id: UUID
    name: str
    bot_id: UUID
    bot_name: str
    cron: str
    timezone: str
    at: datetime


class ServiceBriefView(_Frozen):
    """One service in short."""

    id: UUID
    bot_id: UUID
    bot_name: str
    environment: str
    status: str
    ready: int
    wanted: int
    updated_at: datetime


class WorkersView(_Frozen):
    """Processes that run bots."""

    ready: int
    total: int
    slots: int = Field(description="Runs at one time, of those that are ready.")


class OverviewView(_Frozen):
    """A workspace at a glance. What the key may not read is null, or empty."""

    at: datetime
    attention: list[AttentionView] = Field(description="Most pressing first.")
    more: bool = Field(description="There is more of some kind than is told: at most ten each.")
    counts: CountsView
    spending: SpendingView | None
    next_runs: list[NextRunView] = Field(description="The ten schedules that fire next, each once.")
    services: list[ServiceBriefView] = Field(description="At most ten, those in trouble first.")
    workers: WorkersView | None


class HealthReason(_Frozen):
    """What a score is less for."""

    code: str
    points: int = Field(description="Taken off, so 0 or negative.")
    detail: str
    next_step: str


class LastRunView(_Frozen):
    """The newest run of a bot."""

    id: UUID
    status: str
    at: datetime
    finished_at: datetime | None


class BotActivityView(_Frozen):
    """What a bot does lately, in short."""

    bot_id: UUID
    bot_name: str
    last_run: LastRunView | None
    runs_24h: int = Field(description="Since the full hour 24 hours ago.")
    failures_24h: int
    score: int = Field(description="0 to 100.")
    level: Level
    next_fire_at: datetime | None
    service_status: str | None = Field(description="The worst of its services; null without any.")


class BotHealthView(BotActivityView):
    """The same with the reasons of the score."""

    success_rate: float | None = Field(
        description="Of the last 50 runs that ended without being cancelled; null: none did."
    )
    reasons: list[HealthReason] = Field(description="Heaviest first; empty: all is well.")


class ActivityView(_Frozen):
    """Bots in the order that was asked for; those that are not there are left out."""

    items: list[BotActivityView]
