"""`codex32 rollback`: move an environment's pointer back."""

from __future__ import annotations

from typing import Annotated

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson, BotName
from codex32_sdk.cli.connection import connect

app = typer.Typer(add_completion=False)


@app.command()
def rollback(
    bot: BotName,
    environment: Annotated[str, typer.Option("--env", "-e", help="Environment to move back.")] = "prod",
    as_json: AsJson = False,
) -> None:
    """Point an environment back at the version it ran before."""
    with connect() as client:
        moved = client.rollback(bot, environment)
        found = client.get_bot(bot)
    if as_json:
        terminal.document(moved)
        return
    pointer = found.environments.get(environment)
    terminal.result(f"{environment} of {found.name} runs version {pointer.number if pointer else '?'} again.")
