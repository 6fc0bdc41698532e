"""`codex32 config`: every setting, its value, where it came from, and what it means. Secrets are masked."""

from __future__ import annotations

from typing import Annotated

import typer
from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson

from codex32_server.main.options import Options
from codex32_server.main.telling import told
from codex32_server.main.up import HomeOption
from codex32_server.settings.describing import describe

app = typer.Typer(add_completion=False)


@app.command()
def config(
    home: HomeOption = None,
    changed: Annotated[bool, typer.Option("--changed", help="Only those that are not the default.")] = False,
    as_json: AsJson = False,
) -> None:
    """Every setting, its value, source and meaning. Ends with 2 if one of them would stop the start."""
    with told():
        settings = describe(Options(home).settings())
    shown = [entry for entry in settings if not changed or entry["source"] != "default"]
    if as_json:
        terminal.document({"settings": shown})
        return
    rows = ((entry["name"], entry["value"] or "", entry["source"], entry["meaning"]) for entry in shown)
    terminal.table(("variable", "value", "source", "meaning"), rows)
