"""`codex32 events`: what bots said has happened."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from codex32_sdk.calls import list_events
from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson, Limit
from codex32_sdk.cli.connection import connect
from codex32_sdk.models import EmittedEvent

app = typer.Typer(add_completion=False)


@app.command()
def events(
    type: Annotated[str | None, typer.Option("--type", help="Only of this type.")] = None,
    subject: Annotated[str | None, typer.Option(help="Only about this.")] = None,
    run: Annotated[str | None, typer.Option(help="Only those that this run emitted.")] = None,
    limit: Limit = 20,
    cursor: Annotated[str | None, typer.Option(help="next_cursor of the page before.")] = None,
    as_json: AsJson = False,
) -> None:
    """What bots said has happened, newest first."""
    with connect() as client:
        page = client.send(list_events(type=type, subject=subject, run=run, limit=limit, cursor=cursor))
    if as_json:
        terminal.document(page)
    elif not page.items:
        terminal.say("No events match.")
    else:
        terminal.table(("when", "type", "source", "subject", "data"), map(_row, page.items))
        if page.next_cursor:
            terminal.say(f"There are more: --cursor {page.next_cursor}")


def _row(event: EmittedEvent) -> tuple[object, ...]:
    return (
        terminal.ago(event.time),
        event.type,
        event.source,
        event.subject or "",
        json.dumps(event.data, ensure_ascii=False),
    )
