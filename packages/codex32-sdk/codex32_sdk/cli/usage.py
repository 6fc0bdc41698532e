"""`codex32 usage`: what models cost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson
from codex32_sdk.cli.connection import connect
from codex32_sdk.usage_calls import Group

app = typer.Typer(add_completion=False)

_TITLES = ("calls", "cached", "tokens in", "tokens out", "saved", "cost")


@app.command()
def usage(
    by: Annotated[
        list[str] | None,
        typer.Option(
            help="bot, model (default), provider, person, key, run, alias, environment, status,"
            " builder_session; repeatable."
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="ISO 8601 with a time zone; this month without it.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="ISO 8601 with a time zone; now without it.")] = None,
    bot: Annotated[str | None, typer.Option("--bot", "-b", help="Only of this bot.")] = None,
    model: Annotated[str | None, typer.Option(help="Only of this model.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="Groups, dearest first.")] = 20,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", dir_okay=False, help="Write every call to this file instead, as CSV."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What models cost in a period, and what the month will cost."""
    dimensions = by or ["model"]
    with connect() as client:
        bot_id = client.get_bot(bot).id if bot is not None else None
        if csv is not None:
            size = client.export_usage(csv, since=since, until=until, bot=bot_id, model=model)
            _exported(csv, size, as_json)
            return
        report = client.usage_report(
            by=dimensions, since=since, until=until, bot=bot_id, model=model, limit=limit
        )
        forecast = client.usage_forecast(bot=bot_id, model=model)
    if as_json:
        terminal.document({**report.model_dump(mode="json"), "forecast": forecast.model_dump(mode="json")})
        return
    if report.groups:
        terminal.table((*dimensions, *_TITLES), (_row(group, dimensions) for group in report.groups))
    total = report.total
    terminal.result(
        f"${total.cost} from {terminal.local_time(report.since)} to {terminal.local_time(report.until)}"
        f" ({total.attempts} calls, {total.hits} answers from the cache, ${total.saved} saved)."
    )
    terminal.say(f"{forecast.month}: ${forecast.spent} until now, about ${forecast.expected} by its end.")


def _exported(file: Path, size: int, as_json: bool) -> None:
    if as_json:
        terminal.document({"file": str(file), "size": size})
    else:
        terminal.result(f"{file}: {terminal.size(size)}.")


def _row(group: Group, dimensions: Sequence[str]) -> tuple[object, ...]:
    names = [group.keys.get(f"{name}_name") or group.keys.get(name) or "-" for name in dimensions]
    return (
        *names,
        group.attempts,
        group.hits,
        group.input,
        group.output,
        f"${group.saved}",
        f"${group.cost}",
    )
