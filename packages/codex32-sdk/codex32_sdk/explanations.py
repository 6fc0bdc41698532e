"""Bots and failures in plain words: their calls and models."""

from __future__ import annotations

from urllib.parse import quote

from pydantic import Field

from codex32_sdk.calls import Call
from codex32_sdk.models import Model


class Explanation(Model):
    """What a bot does, when, with what, and what it may touch."""

    by: str = "facts"
    title: str = ""
    summary: str = ""
    steps: list[str] = Field(default_factory=list[str])
    starts: list[str] = Field(default_factory=list[str])
    takes: list[str] = Field(default_factory=list[str])
    gives: list[str] = Field(default_factory=list[str])
    touches: list[str] = Field(default_factory=list[str])


class FailureExplanation(Model):
    """Why a run failed, and what to do."""

    by: str = "facts"
    summary: str = ""
    cause: str = ""
    where: str = ""
    steps: list[str] = Field(default_factory=list[str])


def explain_bot(bot: str, *, environment: str | None = None) -> Call[Explanation]:
    """A bot in plain words; without an environment of the first of prod, staging, dev that there is."""
    params = {} if environment is None else {"environment": environment}
    return Call("GET", _path(bot), Explanation.model_validate, params=params)


def explain_failure(bot: str, *, run: str | None = None) -> Call[FailureExplanation]:
    """Why a run of the bot failed; without one the newest that did."""
    params = {} if run is None else {"run": run}
    return Call("GET", f"{_path(bot)}/failure", FailureExplanation.model_validate, params=params)


def _path(bot: str) -> str:
    return f"/builder/explanations/{quote(bot, safe='')}"
