"""`codex32 logs`: what a run wrote, as it is written if wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

import typer

from codex32_sdk.calls import read_logs
from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson
from codex32_sdk.cli.connection import connect
from codex32_sdk.cli.exits import BadInputError, about_run
from codex32_sdk.client import Client
from codex32_sdk.models import LogLine

app = typer.Typer(add_completion=False)

_PAGE = 1000
"""The most the server gives at once."""


@app.command()
def logs(
    run: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="Id of a run; the newest one if none.")
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the run ends.")] = False,
    attempt: Annotated[int | None, typer.Option(help="Only this attempt.")] = None,
    query: Annotated[str | None, typer.Option("--query", "-q", help="Only lines with this text.")] = None,
    stream: Annotated[str | None, typer.Option(help="stdout, stderr, log or system.")] = None,
    times: Annotated[bool, typer.Option("--times", "-t", help="Put the time before each line.")] = False,
    as_json: AsJson = False,
) -> None:
    """What a run wrote. --follow --json prints its one document when the run has ended."""
    with connect() as client, about_run(run or ""):
        run_id = run or _newest(client)
        call = read_logs(run_id, attempt=attempt, q=query, stream=stream, limit=_PAGE)
        lines = client.follow_logs(run_id) if follow else client.every(call)
        if follow:
            lines = _matching(lines, attempt, query, stream)
        if as_json:
            terminal.document({"run": run_id, "items": list(lines)})
            return
        if not run:
            terminal.say(f"Run {run_id}")
        for line in lines:
            terminal.result(written(line, times=times))


def written(line: LogLine, *, times: bool = False) -> str:
    """A line as people read it."""
    moment = f"{line.at.astimezone().strftime('%H:%M:%S.%f')[:-3]} " if times else ""
    mark = f"[{line.level}] " if line.level in {"warning", "error"} else ""
    return f"{moment}{mark}{line.text}"


def _newest(client: Client) -> str:
    page = client.list_runs(limit=1)
    if not page.items:
        raise BadInputError("There are no runs yet.", next_step="Start one with: codex32 run BOT")
    return page.items[0].id


def _matching(
    lines: Iterable[LogLine], attempt: int | None, query: str | None, stream: str | None
) -> Iterator[LogLine]:
    for line in lines:
        if (
            (attempt is None or line.attempt == attempt)
            and (query is None or query.lower() in line.text.lower())
            and (stream is None or line.stream == stream)
        ):
            yield line
