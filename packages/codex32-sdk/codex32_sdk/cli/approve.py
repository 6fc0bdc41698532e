"""`codex32 approve`: answer what a run waits for."""

from __future__ import annotations

from typing import Annotated

import typer

from codex32_sdk.calls import list_approvals
from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson, RunId
from codex32_sdk.cli.connection import connect
from codex32_sdk.cli.exits import CommandError, about_run
from codex32_sdk.cli.terminal import ago
from codex32_sdk.client import Client

app = typer.Typer(add_completion=False)


@app.command()
def approve(
    run: RunId,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Which question; without it the one it waits for.")
    ] = None,
    reject: Annotated[bool, typer.Option("--reject", help="Say no.")] = False,
    comment: Annotated[str | None, typer.Option(help="Kept with the answer, and given to the bot.")] = None,
    as_json: AsJson = False,
) -> None:
    """Let a run that waits for an answer go on: yes, or no with --reject. The same answer twice is
    harmless.
    """
    with connect() as client, about_run(run):
        asked = name or _asked(client, run)
        decided = client.decide_approval(run, asked, "reject" if reject else "approve", comment=comment)
    if as_json:
        terminal.document(decided)
    else:
        verb = "rejected" if decided.decision == "reject" else "approved"
        terminal.result(f"{decided.name} of run {decided.run_id} is {verb}.")


def _asked(client: Client, run_id: str) -> str:
    wait = client.get_run(run_id).waiting_for
    if wait is None or wait.kind != "approval":
        raise CommandError(
            "nothing_asked",
            f"Run {run_id} does not wait for an answer{_answered(client, run_id)}.",
            next_step="List what waits: codex32 approvals",
        )
    return wait.name


def _answered(client: Client, run_id: str) -> str:
    """What the run asked last and was told, for who answers twice."""
    told = [asked for asked in client.send(list_approvals(run=run_id)).items if asked.decision is not None]
    if not told:
        return ""
    last = told[-1]
    verb = {"approve": "approved", "reject": "rejected"}.get(last.decision or "")
    if verb is None:
        return f": {last.name} has expired"
    by = f" by {last.decided_by_name}" if last.decided_by_name else ""
    return f" any more: {last.name} was {verb}{by}, {ago(last.decided_at)}"
