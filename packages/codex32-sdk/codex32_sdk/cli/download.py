"""`codex32 download`: fetch the files a run left."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson, RunId
from codex32_sdk.cli.connection import connect
from codex32_sdk.cli.exits import CommandError, ExitCode, about_run
from codex32_sdk.transport import safe_name

app = typer.Typer(add_completion=False)


@app.command()
def download(
    run: RunId,
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="All files if none.")] = None,
    folder: Annotated[Path, typer.Option("--output", "-o", "--to", help="Folder to write to.")] = Path(),
    as_json: AsJson = False,
) -> None:
    """Write the files of a run to a folder; files of the same name there are replaced."""
    with connect() as client, about_run(run):
        available = [file.name for file in client.get_run(run).files]
        wanted = names or available
        if not wanted:
            raise CommandError(
                "no_files",
                "This run left no files.",
                next_step="A bot leaves files with codex32_bot.files.",
                exit_code=ExitCode.NOT_FOUND,
            )
        folder.mkdir(parents=True, exist_ok=True)
        written: list[dict[str, object]] = []
        for name in wanted:
            target = folder / safe_name(name)
            written.append({"name": name, "path": str(target), "size": client.download(run, name, target)})
            terminal.say(f"{name} → {target}")
    if as_json:
        terminal.document({"files": written})
