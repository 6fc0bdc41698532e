"""`codex32 cancel`: stop a run."""

from __future__ import annotations

from typing import Annotated

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson, RunId
from codex32_sdk.cli.connection import connect
from codex32_sdk.cli.exits import about_run

app = typer.Typer(add_completion=False)


@app.command()
def cancel(
    run: RunId,
    reason: Annotated[str | None, typer.Option(help="Kept with the run.")] = None,
    as_json: AsJson = False,
) -> None:
    """Stop a run, whatever it is doing. A run that has ended stays as it is."""
    with connect() as client, about_run(run):
        client.cancel_run(run, reason=reason)
        ended = client.wait_for(run, timeout=10)
    if as_json:
        terminal.document(ended)
    else:
        terminal.result(f"Run {ended.id} is {ended.status}.")
