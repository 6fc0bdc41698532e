"""`codex32 explain`: a bot in plain words, and why a run of it failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson, BotName, Environment
from codex32_sdk.cli.connection import connect
from codex32_sdk.explanations import Explanation, FailureExplanation

app = typer.Typer(add_completion=False)


@app.command()
def explain(
    bot: BotName,
    failure: Annotated[
        bool, typer.Option("--failure", "-f", help="Why its newest run that failed did so.")
    ] = False,
    run: Annotated[str | None, typer.Option("--run", help="Why that run failed.")] = None,
    env: Environment = None,
    as_json: AsJson = False,
) -> None:
    """What a bot does, when, with what, and what it may touch; or why a run failed and what to do.

    Said from its files, manifest and errors alone: no model is asked, nothing is spent.
    """
    with connect() as client:
        if failure or run is not None:
            told = client.explain_failure(bot, run=run)
            lines = _failure(told)
        else:
            told = client.explain_bot(bot, environment=env)
            lines = _bot(told)
    if as_json:
        terminal.document(told.model_dump(mode="json"))
        return
    for line in lines:
        terminal.result(line)


def _bot(told: Explanation) -> list[str]:
    lines = [told.title, "", told.summary]
    for heading, items in (
        ("What it does", told.steps),
        ("When", told.starts),
        ("What goes in", told.takes),
        ("What comes out", told.gives),
        ("What it may touch", told.touches),
    ):
        lines += _section(heading, items)
    return lines


def _failure(told: FailureExplanation) -> list[str]:
    where = ["", f"Where: {told.where}"] if told.where else []
    return [told.summary, "", told.cause, *where, *_section("What to do", told.steps)]


def _section(heading: str, items: Sequence[str]) -> list[str]:
    return ["", f"{heading}:", *(f"  - {item}" for item in items)] if items else []
