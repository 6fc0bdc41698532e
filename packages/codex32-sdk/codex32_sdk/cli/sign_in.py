"""`codex32 open`: a fresh one-time link to the web page."""

from __future__ import annotations

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson
from codex32_sdk.cli.connection import connect

app = typer.Typer(add_completion=False)


@app.command()
def open_page(as_json: AsJson = False) -> None:
    """Print a one-time sign-in link for the owner of the key."""
    with connect() as client:
        link = client.create_sign_in_link()
    if as_json:
        terminal.document(link)
    else:
        terminal.result(link.url)
        terminal.say(f"It works once, until {terminal.local_time(link.expires_at)}.")
