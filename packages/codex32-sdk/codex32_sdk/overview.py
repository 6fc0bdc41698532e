"""A workspace at a glance and the health of bots: their calls and models."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from pydantic import Field

from codex32_sdk.calls import Call
from codex32_sdk.models import Model


class Attention(Model):
    """One thing that needs a person."""

    kind: str
    severity: str = "info"
    title: str
    detail: str = ""
    count: int = 1
    at: datetime | None = None
    subject: dict[str, Any] = Field(default_factory=dict[str, Any])


class NextRun(Model):
    """A schedule and when it fires next."""

    schedule_id: str
    name: str = ""
    bot_name: str = ""
    at: datetime


class Overview(Model):
    """A workspace at a glance. What the key may not read is None, or empty."""

    at: datetime
    attention: list[Attention] = Field(default_factory=list[Attention])
    more: bool = False
    counts: dict[str, Any] = Field(default_factory=dict[str, Any])
    spending: dict[str, Any] | None = None
    next_runs: list[NextRun] = Field(default_factory=list[NextRun])
    services: list[dict[str, Any]] = Field(default_factory=list[dict[str, Any]])
    workers: dict[str, Any] | None = None


class HealthReason(Model):
    """What a score is less for."""

    code: str
    points: int = 0
    detail: str = ""
    next_step: str = ""


class BotActivity(Model):
    """What a bot does lately, in short."""

    bot_id: str
    bot_name: str = ""
    last_run: dict[str, Any] | None = None
    runs_24h: int = 0
    failures_24h: int = 0
    score: int = 100
    level: str = "good"
    next_fire_at: datetime | None = None
    service_status: str | None = None


class BotHealth(BotActivity):
    """The same with the reasons of the score."""

    success_rate: float | None = None
    reasons: list[HealthReason] = Field(default_factory=list[HealthReason])


class BotActivities(Model):
    """Bots in the order that was asked for."""

    items: list[BotActivity] = Field(default_factory=list[BotActivity])


def get_overview() -> Call[Overview]:
    """What needs a person now, numbers, spending, what comes next."""
    return Call("GET", "/overview", Overview.model_validate)


def bot_health(bot: str) -> Call[BotHealth]:
    """How healthy a bot is, from 0 to 100, and why."""
    return Call("GET", f"/bots/{quote(bot, safe='')}/health", BotHealth.model_validate)


def bot_activity(ids: Sequence[str]) -> Call[BotActivities]:
    """Last run, runs of about a day, health and next start of at most 100 bots, by their ids."""
    return Call("GET", "/bots/activity", BotActivities.model_validate, params={"ids": ",".join(ids)})
