"""`codex32 down`: stops everything of a home, also what a killed `up` left behind."""

from __future__ import annotations

import typer
from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson

from codex32_server.main import running
from codex32_server.main.options import Options, home_of
from codex32_server.main.telling import told
from codex32_server.main.up import HomeOption
from codex32_server.storage.homes import default_home

app = typer.Typer(add_completion=False)


@app.command()
def down(home: HomeOption = None, as_json: AsJson = False) -> None:
    """Stop everything that `up` started. Data stay. Does nothing if nothing runs."""
    with told():
        settings = Options(home).settings()
        place = (settings.server.home or default_home()).expanduser().absolute()
        # Looking for a home must not make one.
        stopped = running.down(home_of(settings)) if place.is_dir() else []
    if as_json:
        terminal.document({"home": str(place), "stopped": stopped})
    elif stopped:
        terminal.result(f"Stopped {', '.join(stopped)}.")
    else:
        terminal.result(f"Nothing was running in {place}.")
