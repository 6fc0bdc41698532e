"""`codex32 runs`: the newest runs, or one of them with its attempts."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from codex32_sdk.calls import list_runs
from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson, Environment, Limit
from codex32_sdk.cli.connection import connect
from codex32_sdk.cli.exits import BadInputError, about_run
from codex32_sdk.cli.resources import resource_table
from codex32_sdk.models import Attempt, Run

app = typer.Typer(add_completion=False)

_EMPTY = "No runs yet. Try: codex32 run BOT --input '{}'"


@app.command()
def runs(
    run: Annotated[str | None, typer.Argument(metavar="[RUN]", help="Show this one in full.")] = None,
    bot: Annotated[str | None, typer.Option("--bot", "-b", help="Only of this bot.")] = None,
    status: Annotated[str | None, typer.Option(help="queued, running, succeeded, failed, …")] = None,
    environment: Environment = None,
    trigger: Annotated[str | None, typer.Option(help="Only started by this: api, schedule, …")] = None,
    since: Annotated[str | None, typer.Option(help="Submitted then or later: 2026-11-26T09:00Z.")] = None,
    until: Annotated[str | None, typer.Option(help="Submitted before then.")] = None,
    version: Annotated[str | None, typer.Option(help="Only of this version (id).")] = None,
    person: Annotated[str | None, typer.Option(help="Only started by this member (id).")] = None,
    error: Annotated[str | None, typer.Option(help="Only ended with this error: timeout, …")] = None,
    query: Annotated[str | None, typer.Option("--query", "-q", help="A part of the bot's name.")] = None,
    limit: Limit = 20,
    cursor: Annotated[str | None, typer.Option(help="next_cursor of the page before.")] = None,
    resources: Annotated[bool, typer.Option("--resources", help="What the run used over time.")] = False,
    as_json: AsJson = False,
) -> None:
    """The newest runs, or one of them in full."""
    if resources:
        _show_resources(run, as_json)
        return
    if run is not None:
        _show(run, as_json)
        return
    call = list_runs(
        bot=bot,
        status=status,
        environment=environment,
        trigger=trigger,
        since=since,
        until=until,
        version=version,
        person=person,
        error=error,
        q=query,
        limit=limit,
        cursor=cursor,
    )
    with connect() as client:
        page = client.send(call)
    if as_json:
        terminal.document(page)
    elif not page.items:
        terminal.say("No runs match." if call.params.keys() - {"limit"} else _EMPTY)
    else:
        terminal.table(("run", "bot", "status", "env", "started by", "when", "took"), map(_row, page.items))
        if page.next_cursor:
            terminal.say(f"There are more: --cursor {page.next_cursor}")


def _show(run_id: str, as_json: bool) -> None:
    with connect() as client, about_run(run_id):
        run, attempts = client.get_run(run_id), client.list_attempts(run_id).items
    if as_json:
        terminal.document(run.model_dump(mode="json") | {"attempt_history": attempts})
        return
    terminal.details(
        [
            ("run", run.id),
            ("bot", f"{run.bot_name} ({run.environment})"),
            ("status", run.status),
            ("why", run.error.detail if run.error else None),
            ("waits for", waiting(run)),
            ("called by", run.parent_run_id),
            ("started by", run.trigger.kind if run.trigger else None),
            ("began", terminal.local_time(run.started_at)),
            ("took", terminal.duration(run.duration_ms)),
            ("spent", f"${run.spent.cost} on {run.spent.attempts} calls of models" if run.spent else None),
            ("input", json.dumps(run.input, ensure_ascii=False)),
            ("output", json.dumps(run.output, ensure_ascii=False)),
            ("files", ", ".join(f"{file.name} ({terminal.size(file.size)})" for file in run.files)),
            ("next", " ".join(run.next_steps)),
        ]
    )
    terminal.table(("attempt", "outcome", "why", "exit", "CPU", "memory", "worker"), map(_attempt, attempts))


def waiting(run: Run) -> str | None:
    """What a waiting run waits for, in words."""
    wait = run.waiting_for
    if wait is None:
        return None
    until = f" until {terminal.local_time(wait.until)}" if wait.until else ""
    if wait.kind == "approval":
        return f"an answer to {wait.name}{f' ({wait.detail})' if wait.detail else ''}{until}"
    return f"the end of run {wait.run_id} of {wait.name}" if wait.kind == "call" else f"the time{until}"


def _show_resources(run_id: str | None, as_json: bool) -> None:
    if run_id is None:
        raise BadInputError("--resources needs a run.", next_step="Write: codex32 runs RUN --resources")
    with connect() as client, about_run(run_id):
        found = client.run_resources(run_id)
    if as_json:
        terminal.document(found)
    else:
        resource_table(found)


def _row(run: Run) -> tuple[object, ...]:
    return (
        run.id,
        run.bot_name or "",
        run.status,
        run.environment or "",
        run.trigger.kind if run.trigger else "",
        terminal.ago(run.created_at),
        terminal.duration(run.duration_ms),
    )


def _attempt(attempt: Attempt) -> tuple[object, ...]:
    return (
        attempt.attempt,
        attempt.outcome or "running",
        attempt.error.detail if attempt.error else "",
        "" if attempt.exit_code is None else attempt.exit_code,
        "" if attempt.cpu_seconds is None else f"{attempt.cpu_seconds:.2f} s",
        "" if attempt.peak_memory is None else terminal.size(attempt.peak_memory),
        attempt.worker or "",
    )
