"""Staying with a run until it ends: its log on stderr, its result on stdout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.exits import ExitCode
from codex32_sdk.cli.logs import written
from codex32_sdk.client import Client
from codex32_sdk.errors import ApiError
from codex32_sdk.models import Run
from codex32_sdk.transport import safe_name


def finish(client: Client, run: Run, *, wait: bool, quiet: bool, as_json: bool, folder: Path | None) -> None:
    """Show a run, at its end if `wait`; what it left goes to `folder`. Raises Exit with 1 if it failed."""
    if wait and not run.ended:
        run = _follow(client, run, quiet)
    if folder is not None and run.files:
        folder.mkdir(parents=True, exist_ok=True)
        for file in run.files:
            client.download(run.id, file.name, folder / safe_name(file.name))
    if as_json:
        terminal.document(result_document(run))
    elif run.ended:
        show_end(run, kept=folder)
    else:
        terminal.result(run.id)
        terminal.say(f"The run is {run.status}. Follow it with: codex32 logs {run.id} --follow")
    if run.ended and run.status != "succeeded":
        raise typer.Exit(ExitCode.FAILED)


def result_document(run: Run) -> dict[str, Any]:
    """What `run --json` prints."""
    whole = run.model_dump(mode="json")
    about = ("id", "status", "attempts", "bot_id", "bot_name", "version_id", "environment", "duration_ms")
    return {
        "run": {name: whole[name] for name in about},
        "output": whole["output"],
        "error": whole["error"],
        "files": whole["files"],
    }


def show_end(run: Run, *, kept: Path | None) -> None:
    """The output on stdout; how it ended, and where its files are, on stderr."""
    took = f" in {terminal.duration(run.duration_ms)}" if run.duration_ms is not None else ""
    tries = f" after {run.attempts} attempts" if run.attempts > 1 else ""
    if run.status == "succeeded":
        terminal.result(json.dumps(run.output, indent=2, ensure_ascii=False))
        terminal.say(f"Succeeded{took}{tries}.", style="green")
        if run.files:
            names = ", ".join(file.name for file in run.files)
            terminal.say(f"It left {names}{f' in {kept}' if kept else '; keep them with --output FOLDER'}.")
        return
    why = f": {run.error.detail} ({run.error.code})" if run.error else "."
    terminal.say(f"{run.status.replace('_', ' ').capitalize()}{took}{tries}{why}", style="red")
    for step in run.next_steps:
        terminal.say(f"Next: {step}")


def _follow(client: Client, run: Run, quiet: bool) -> Run:
    try:
        if not quiet:
            _print_log(client, run.id)
        return client.wait_for(run.id)
    except KeyboardInterrupt:
        terminal.say(f"The run goes on. Follow it with: codex32 logs {run.id} --follow")
        terminal.say(f"Stop it with: codex32 cancel {run.id}")
        raise


def _print_log(client: Client, run_id: str) -> None:
    """The log is a courtesy: where it cannot be streamed, waiting for the end goes on without it."""
    try:
        for line in client.follow_logs(run_id):
            terminal.aside(written(line))
    except ApiError as error:
        terminal.say(f"The log cannot be shown ({error.detail})")
