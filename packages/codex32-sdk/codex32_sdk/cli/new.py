"""`codex32 new`: a sentence becomes a bot, after questions where the sentence leaves something open."""

from __future__ import annotations

from typing import Annotated

import typer

from codex32_sdk.builder_calls import Engine
from codex32_sdk.cli.arguments import AsJson, FilesOption, parse_files
from codex32_sdk.cli.building import carry_on, parse_answers
from codex32_sdk.cli.connection import connect, upload_all
from codex32_sdk.cli.exits import BadInputError
from codex32_sdk.cli.schedules import local_zone

app = typer.Typer(add_completion=False)


@app.command()
def new(
    text: Annotated[str, typer.Argument(help="What the bot should do, in plain words.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Publish without asking.")] = False,
    name: Annotated[
        str | None, typer.Option(help="Name of the bot; made from the sentence if not said.")
    ] = None,
    timezone: Annotated[str | None, typer.Option("--timezone", "-z", help="IANA name for its times.")] = None,
    file: FilesOption = None,
    answer: Annotated[
        list[str] | None,
        typer.Option("--answer", metavar="ID=TEXT", help="Answer to a question; repeatable."),
    ] = None,
    defaults: Annotated[
        bool, typer.Option("--defaults", help="Answer questions that have a default with it.")
    ] = False,
    engine: Annotated[
        Engine, typer.Option(help="recipes cost nothing; models ask a model; auto only offers models.")
    ] = "auto",
    budget: Annotated[str | None, typer.Option(metavar="USD", help="The most that models may cost.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Stop before the tests; nothing is published.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a bot from a sentence: code, manifest, tests and a page, proven before it is published.

    Shows each stage as it passes, asks what is open, and shows what the bot does and may touch before it is
    published. Ends with 0 only if the bot was published, or if a dry run came to its end.
    """
    if not text.strip():
        raise BadInputError("The sentence is empty.", next_step="Say in it what the bot should do, and when.")
    answers, files = parse_answers(answer), parse_files(file)
    with connect() as client:
        session = client.open_builder_session(
            text,
            engine=engine,
            answers=answers or None,
            assume_defaults=defaults,
            timezone=timezone or _zone(),
            name=name,
            dry_run=dry_run,
            budget_usd=budget,
            files=upload_all(client, files),
        )
        carry_on(client, session, yes=yes, as_json=as_json)


def _zone() -> str | None:
    """UTC usually means that nobody set the machine's zone: then the workspace's is better."""
    zone = local_zone()
    return None if zone == "UTC" else zone
