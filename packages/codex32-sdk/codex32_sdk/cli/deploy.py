"""`codex32 deploy`: a file or folder becomes a version, proven before it is published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson
from codex32_sdk.cli.connection import connect
from codex32_sdk.cli.exits import ExitCode
from codex32_sdk.cli.proving import tell_proof, wait_for_proof
from codex32_sdk.cli.sources import bot_name, collect
from codex32_sdk.models import Deployment, Version

app = typer.Typer(add_completion=False)


@app.command()
def deploy(
    path: Annotated[Path, typer.Argument(metavar="FILE_OR_FOLDER", help="A bot's file or folder.")],
    message: Annotated[str | None, typer.Option("--message", "-m", help="What changed.")] = None,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for the proof.")] = 300.0,
    as_json: AsJson = False,
) -> None:
    """Publish a file or folder as a version of the bot its manifest names.

    With FILE.py go test_FILE.py and FILE.md beside it. Ends with 1 if the tests fail.
    """
    files = collect(path)
    name = bot_name(files)
    with connect() as client:
        # Without a readable name the server is asked anyway: it says what is wrong, with line and column.
        made = (
            client.deploy(name, files, message=message) if name else client.create_bot(files, message=message)
        )
        version = wait_for_proof(client, made.bot.id, made.version, timeout=timeout)
        bot = client.get_bot(made.bot.id)
    _tell(made, version)
    if as_json:
        terminal.document(
            {
                "bot": bot,
                "version": version,
                "created": made.created,
                "unchanged": made.unchanged,
                "missing_secrets": made.missing_secrets,
            }
        )
    else:
        terminal.result(f"{bot.name} version {version.number} ({version.proof})")
    if version.proof == "failed":
        raise typer.Exit(ExitCode.FAILED)
    service = bot.kind == "service"
    terminal.say(
        f"See it with: codex32 services show {bot.name}"
        if service
        else f"Run it with: codex32 run {bot.name}"
    )


def _tell(made: Deployment, version: Version) -> None:
    if made.unchanged:
        terminal.say(f"Nothing changed since version {version.number}.")
    tell_proof(version)
    if made.unchanged and version.proof == "failed":
        terminal.say("That was its one proof. To have it proven again, change a file, if only by a comment.")
    for name in made.missing_secrets:
        terminal.say(
            f"Warning: {name} is not set, so runs in dev fail. Set it with: codex32 secrets set {name}",
            style="yellow",
        )
