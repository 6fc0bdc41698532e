"""`codex32 promote`: move an environment's pointer to a version."""

from __future__ import annotations

from typing import Annotated

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson, BotName
from codex32_sdk.cli.connection import connect

app = typer.Typer(add_completion=False)


@app.command()
def promote(
    bot: BotName,
    to: Annotated[str, typer.Option("--to", help="Environment to move: staging, prod, …")],
    version: Annotated[str | None, typer.Option("--version", help="Number, digest or id.")] = None,
    source: Annotated[
        str | None, typer.Option("--from", help="Take what this environment points at; dev if not said.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Point an environment at a version that is proven."""
    origin = source or (None if version else "dev")
    with connect() as client:
        moved = client.promote(bot, to, version=version, from_environment=origin)
        found = client.get_bot(bot)
    if as_json:
        terminal.document(moved)
        return
    pointer = found.environments.get(to)
    terminal.result(f"{to} of {found.name} now runs version {pointer.number if pointer else '?'}.")
    terminal.say(f"Undo with: codex32 rollback {found.name} --env {to}")
