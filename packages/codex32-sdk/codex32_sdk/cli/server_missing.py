"""What `up`, `down`, `doctor` and `config` say where only the client is installed."""

from __future__ import annotations

import typer

from codex32_sdk.cli.exits import CommandError

app = typer.Typer(add_completion=False)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def missing(context: typer.Context) -> None:
    """Part of the package codex32-server, which is not installed here."""
    raise server_missing(f"`{context.command_path}`")


def server_missing(what: str) -> CommandError:
    """The error for something that only the server's package can do."""
    return CommandError(
        "server_not_installed",
        f"{what} needs the package codex32-server, which is not installed here.",
        next_step="Install codex32-server, or set CODEX32_URL and CODEX32_API_KEY to use a server elsewhere.",
    )
