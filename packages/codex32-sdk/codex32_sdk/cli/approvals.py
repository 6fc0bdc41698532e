"""`codex32 approvals`: what runs wait for people to decide."""

from __future__ import annotations

from typing import Annotated

import typer

from codex32_sdk.calls import list_approvals
from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson, Limit
from codex32_sdk.cli.connection import connect
from codex32_sdk.models import Approval

app = typer.Typer(add_completion=False)


@app.command()
def approvals(
    run: Annotated[str | None, typer.Option(help="All that this run asked, answered or not.")] = None,
    limit: Limit = 20,
    cursor: Annotated[str | None, typer.Option(help="next_cursor of the page before.")] = None,
    as_json: AsJson = False,
) -> None:
    """What runs wait for people to decide, newest first."""
    with connect() as client:
        page = client.send(list_approvals(run=run, limit=limit, cursor=cursor))
    if as_json:
        terminal.document(page)
    elif not page.items:
        terminal.say("Nothing waits for an answer.")
    else:
        terminal.table(
            ("run", "bot", "env", "name", "question", "asked", "until", "answer"), map(_row, page.items)
        )
        if page.next_cursor:
            terminal.say(f"There are more: --cursor {page.next_cursor}")


def _row(asked: Approval) -> tuple[object, ...]:
    by = f" ({asked.decided_by_name})" if asked.decided_by_name else ""
    return (
        asked.run_id,
        asked.bot_name or "",
        asked.environment or "",
        asked.name,
        asked.message,
        terminal.ago(asked.requested_at),
        terminal.local_time(asked.expires_at) or "",
        f"{asked.decision or ''}{by}",
    )
