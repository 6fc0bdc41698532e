"""`codex32 retry`: the same version again, as a run of its own."""

from __future__ import annotations

from typing import Annotated

import typer

from codex32_sdk.cli.arguments import AsJson, RunId, parse_input
from codex32_sdk.cli.connection import connect
from codex32_sdk.cli.exits import about_run
from codex32_sdk.cli.watching import finish

app = typer.Typer(add_completion=False)


@app.command()
def retry(
    run: RunId,
    input_text: Annotated[
        str | None, typer.Option("--input", "-i", help="Another input: JSON or @FILE; the same if not said.")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Wait for its end.")] = True,
    as_json: AsJson = False,
) -> None:
    """Start a new run of the same version with the same or another input."""
    given = parse_input(input_text) if input_text is not None else None
    with connect() as client, about_run(run):
        finish(
            client, client.retry_run(run, input=given), wait=wait, quiet=False, as_json=as_json, folder=None
        )
