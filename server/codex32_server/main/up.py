"""`codex32 up`: starts the supervisor of a home, in this terminal or detached. The work is `serve`'s.

Settings are the supervisor's to read and to refuse: reading them twice would make every start slower.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson

from codex32_server.main.detach import start_detached
from codex32_server.main.serving import UP_LOG, Served, lines, python_module
from codex32_server.main.telling import told
from codex32_server.storage.homes import default_home, open_home

app = typer.Typer(add_completion=False)

HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder of the installation. [CODEX32_HOME]")]
_SERVE = "codex32_server.main.serve"
_START_PATIENCE = 420.0
"""Seconds; the supervisor gives up by itself earlier, recovery of a large database included."""


@app.command()
def up(
    home: HomeOption = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="TCP port; 8032 if not said. [CODEX32_PORT]")
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on. [CODEX32_HOST]")] = None,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Return when everything is healthy.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Start everything: database, API, worker, scheduler. Ctrl-C stops it in order.

    The first time it prints a one-time sign-in link, and it writes the profile that other commands use. Where
    it runs already it says so.
    """
    options = (("--home", home and home.expanduser().absolute()), ("--host", host), ("--port", port))
    command = [*python_module(_SERVE)]
    command += [part for name, value in options if value is not None for part in (name, str(value))]
    terminal.say("Starting …")
    if not detach:
        shown = ["--json"] if as_json else []
        # The supervisor stays for days: it takes our place without the memory of a command line.
        os.execv(sys.executable, [*command, *shown])  # noqa: S606 - no shell
    with told():
        place = open_home(home or Path(os.environ.get("CODEX32_HOME") or default_home()))
        answer = start_detached(command, log=place.logs / UP_LOG, timeout=_START_PATIENCE)
    report = Served(**json.loads(answer[0]))
    if as_json:
        terminal.document(report.document())
    else:
        terminal.result("\n".join(lines(report)))
