"""`codex32 egress`: the connections of a run, and those that were refused."""

from __future__ import annotations

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson, RunId
from codex32_sdk.cli.connection import connect
from codex32_sdk.cli.exits import about_run
from codex32_sdk.models import Connection

app = typer.Typer(add_completion=False)


@app.command()
def egress(run: RunId, as_json: AsJson = False) -> None:
    """Every host that a run reached or was refused, with bytes and reasons."""
    with connect() as client, about_run(run):
        page = client.list_egress(run)
    if as_json:
        terminal.document(page)
    elif not page.items:
        terminal.say("The run made no connection, or has not ended yet.")
    else:
        terminal.table(
            ("attempt", "when", "host", "decision", "sent", "received", "took"), map(_row, page.items)
        )


def _row(connection: Connection) -> tuple[object, ...]:
    return (
        connection.attempt,
        terminal.local_time(connection.at),
        f"{connection.host or '?'}:{connection.port}",
        "allowed" if connection.reason == "in_manifest" else connection.reason,
        terminal.size(connection.bytes_sent),
        terminal.size(connection.bytes_received),
        terminal.duration(round(connection.seconds * 1000)),
    )
