"""`codex32 overview`: what needs you now, in a few lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson
from codex32_sdk.cli.connection import connect
from codex32_sdk.overview import Overview

app = typer.Typer(add_completion=False)

_NEXT = 3


@app.command()
def overview(as_json: AsJson = False) -> None:
    """What needs you now, what runs, what it costs, and what comes next."""
    with connect() as client:
        found = client.get_overview()
    if as_json:
        terminal.document(found)
        return
    if found.attention:
        terminal.table(
            ("needs you", "", "since"),
            ((one.title, one.detail, terminal.ago(one.at)) for one in found.attention),
        )
        if found.more:
            terminal.say("There is more of some of these.")
    else:
        terminal.result("Nothing needs you.")
    terminal.details(_numbers(found))


def _numbers(found: Overview) -> Iterator[tuple[str, object]]:
    counts = found.counts
    yield "bots", counts.get("bots")
    yield "runs today", _today(counts.get("runs_today"))
    yield "now", _now(counts)
    if services := counts.get("services"):
        yield "services", f"{services['up']} of {services['total']} up" if services["total"] else ""
    if workers := found.workers:
        yield "workers", f"{workers['ready']} ready, {workers['slots']} runs at one time"
    if spending := found.spending:
        yield "models", _spending(spending)
    for number, one in enumerate(found.next_runs[:_NEXT]):
        yield "" if number else "next", f"{one.bot_name} {terminal.ago(one.at)} ({one.name})"


def _today(runs: dict[str, Any] | None) -> str:
    if runs is None:
        return ""
    failed = runs["failed"] + runs["timed_out"]
    return f"{runs['total']}, {failed} failed"


def _now(counts: dict[str, Any]) -> str:
    if counts.get("running") is None:
        return ""
    return f"{counts['running']} running, {counts['queued']} queued, {counts['waiting']} waiting"


def _spending(spending: dict[str, Any]) -> str:
    budget = "" if spending.get("share") is None else f", {spending['share']:.0%} of the budget"
    expected = float(spending["expected"])
    return f"${float(spending['month']):.2f} this month, ${expected:.2f} expected{budget}"
