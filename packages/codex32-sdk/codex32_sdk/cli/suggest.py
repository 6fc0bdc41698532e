"""`codex32 suggest`: what could be better about a bot."""

from __future__ import annotations

from typing import Annotated

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson, BotName
from codex32_sdk.cli.connection import connect
from codex32_sdk.proposals import Suggestion, list_suggestions, take_suggestion

app = typer.Typer(add_completion=False)


@app.command()
def suggest(
    bot: BotName,
    take: Annotated[
        str | None, typer.Option("--take", metavar="ID", help="Make a proposal of this suggestion.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What could be better about a bot: looked for in its files, its runs and what it spends."""
    with connect() as client:
        if take is not None:
            taken = client.send(take_suggestion(bot, take))
            if as_json:
                terminal.document(taken)
            elif taken.proposal_id:
                terminal.result(f"Proposed: codex32 proposals show {taken.proposal_id}")
            else:
                terminal.result(f"The builder works on it: codex32 builder show {taken.session_id}")
            return
        found = client.send(list_suggestions(bot)).items
    if as_json:
        terminal.document({"items": found, "next_cursor": None})
    elif not found:
        terminal.say(f"Nothing that could be better was found for {bot}.")
    else:
        terminal.table(("suggestion", "what", "why", "impact", "effort"), map(_row, found))
        if any(one.change or one.files or one.wish for one in found):
            terminal.say(f"Make a proposal of one: codex32 suggest {bot} --take ID")


def _row(one: Suggestion) -> tuple[object, ...]:
    return one.id, one.title, one.why, one.impact, one.effort
