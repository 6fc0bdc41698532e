"""`codex32 schedules`: what starts runs by the clock."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator
from pathlib import Path
from typing import Annotated

import typer

from codex32_sdk.calls import list_schedules
from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson, BotName, Environment, FilesOption, parse_files, parse_input
from codex32_sdk.cli.connection import connect, upload_all
from codex32_sdk.cli.exits import BadInputError, about_path
from codex32_sdk.client import Client
from codex32_sdk.models import Schedule

app = typer.Typer(add_completion=False)

_UTC = frozenset({"UTC", "UCT", "Universal", "Zulu"})

ScheduleId = Annotated[str, typer.Argument(metavar="SCHEDULE", help="Id of a schedule.")]
Zone = Annotated[str | None, typer.Option("--timezone", "-z", help="IANA name; the one of this machine.")]

_EMPTY = 'No schedules yet. Try: codex32 schedules add BOT "0 9 * * mon-fri" --timezone Europe/Madrid'


@app.callback(invoke_without_command=True)
def schedules(
    context: typer.Context,
    bot: Annotated[str | None, typer.Option("--bot", "-b", help="Only of this bot.")] = None,
    as_json: AsJson = False,
) -> None:
    """List, add, pause, resume, remove and preview schedules."""
    if not context.invoked_subcommand:
        list_all(bot, as_json)


@app.command("list")
def list_all(
    bot: Annotated[str | None, typer.Option("--bot", "-b", help="Only of this bot.")] = None,
    as_json: AsJson = False,
) -> None:
    """All schedules with the next time they fire."""
    with connect() as client:
        found = list(client.every(list_schedules(bot=bot)))
    if as_json:
        terminal.document({"items": found, "next_cursor": None})
    elif not found:
        terminal.say(_EMPTY)
    else:
        terminal.table(
            ("id", "bot", "cron", "time zone", "env", "state", "next (your time)"), map(_row, found)
        )


@app.command()
def add(
    bot: BotName,
    cron: Annotated[str, typer.Argument(help='Five fields, as in "0 9 * * mon-fri".')],
    timezone: Zone = None,
    name: Annotated[str | None, typer.Option(help="A name for it.")] = None,
    misfire: Annotated[str | None, typer.Option(help="Missed times: skip, once or all.")] = None,
    environment: Environment = None,
    input_text: Annotated[str | None, typer.Option("--input", "-i", help="Input of its runs.")] = None,
    file: FilesOption = None,
    as_json: AsJson = False,
) -> None:
    """Start a bot by the clock."""
    given = parse_input(input_text) if input_text is not None else None
    files = parse_files(file)
    with connect() as client:
        made = client.create_schedule(
            bot,
            cron,
            timezone or local_zone(),
            name=name,
            misfire=misfire,
            environment=environment,
            input=given,
            files=upload_all(client, files),
        )
    _show(made, as_json)


@app.command()
def attach(schedule: ScheduleId, file: FilesOption = None, as_json: AsJson = False) -> None:
    """Give files to every run that the schedule starts."""
    files = parse_files(file)
    if not files:
        raise BadInputError("No file was named.", next_step="Add --file NAME=PATH.")
    with _to(schedule) as client:
        _show(client.update_schedule(schedule, files=upload_all(client, files)), as_json)


@app.command()
def pause(schedule: ScheduleId, as_json: AsJson = False) -> None:
    """It fires no more until it is resumed."""
    with _to(schedule) as client:
        _show(client.pause_schedule(schedule), as_json)


@app.command()
def resume(schedule: ScheduleId, as_json: AsJson = False) -> None:
    """It fires again."""
    with _to(schedule) as client:
        _show(client.resume_schedule(schedule), as_json)


@app.command()
def remove(schedule: ScheduleId, as_json: AsJson = False) -> None:
    """Remove it."""
    with _to(schedule) as client:
        client.delete_schedule(schedule)
    if as_json:
        terminal.document({"id": schedule, "removed": True})
    else:
        terminal.result(f"Schedule {schedule} is removed.")


@app.command()
def preview(
    cron: Annotated[str, typer.Argument(help='Five fields, as in "0 9 * * mon-fri".')],
    timezone: Zone = None,
    as_json: AsJson = False,
) -> None:
    """When such a schedule would fire. Nothing is created."""
    with connect() as client:
        found = client.preview_schedule(cron, timezone or local_zone())
    if as_json:
        terminal.document(found)
        return
    for moment in found.next_fires:
        terminal.result(terminal.local_time(moment))


@contextlib.contextmanager
def _to(schedule: str) -> Generator[Client]:
    """A connection for what is done with one schedule. Raises BadInputError for what is no id."""
    known = "codex32 schedules lists them."
    with connect() as client, about_path(schedule, "schedule_id", "a schedule", known):
        yield client


def local_zone() -> str:
    """The IANA name of this machine's time zone; UTC where it has none."""
    if named := os.environ.get("TZ", "").removeprefix(":"):
        return _plain(named) if Path("/usr/share/zoneinfo", named).is_file() else "UTC"
    written = Path("/etc/timezone")
    if written.is_file() and (name := written.read_text().strip()):
        return _plain(name)
    _, marker, name = str(Path("/etc/localtime").resolve()).partition("zoneinfo/")
    return _plain(name.removeprefix("posix/")) if marker else "UTC"


def _plain(zone: str) -> str:
    """One name for UTC, whichever of its many a machine was given."""
    return "UTC" if zone.removeprefix("Etc/") in _UTC else zone


def _show(schedule: Schedule, as_json: bool) -> None:
    if as_json:
        terminal.document(schedule)
        return
    state = _state(schedule)
    if schedule.next_fire_at:
        state = f"next {terminal.local_time(schedule.next_fire_at)}, your time"
    bot = schedule.bot_name or schedule.bot_id
    terminal.result(f"{bot}: {schedule.cron} in {schedule.timezone} ({state}), {schedule.id}")


def _state(schedule: Schedule) -> str:
    """`stopped`: its bot is archived, or its expression has no further time."""
    if schedule.paused:
        return "paused"
    return "active" if schedule.next_fire_at else "stopped"


def _row(schedule: Schedule) -> tuple[object, ...]:
    return (
        schedule.id,
        schedule.bot_name or "",
        schedule.cron,
        schedule.timezone,
        schedule.environment or "",
        _state(schedule),
        terminal.local_time(schedule.next_fire_at) if schedule.next_fire_at else "",
    )
