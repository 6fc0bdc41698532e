"""`codex32 secrets`: values that bots need. They come from stdin, a file or a prompt, not from arguments."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson
from codex32_sdk.cli.connection import connect
from codex32_sdk.cli.exits import BadInputError
from codex32_sdk.models import Secret

app = typer.Typer(add_completion=False)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name, as manifests write it.")]
Of = Annotated[
    str | None,
    typer.Option("--env", "-e", help="Its value for this environment; for all others without it."),
]
_EMPTY = "No secrets yet. Try: codex32 secrets set API_TOKEN"


@app.callback(invoke_without_command=True)
def secrets(context: typer.Context, as_json: AsJson = False) -> None:
    """List, set and delete secrets. Values are written and never shown."""
    if not context.invoked_subcommand:
        list_all(None, as_json)


@app.command("list")
def list_all(
    environment: Annotated[
        str | None, typer.Option("--env", "-e", help="Only what runs in this environment get.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """All secrets: when they were set and last used."""
    with connect() as client:
        page = client.list_secrets(environment=environment)
    if as_json:
        terminal.document(page)
    elif not page.items:
        terminal.say(_EMPTY)
    else:
        terminal.table(("name", "environment", "version", "set", "last used"), map(_row, page.items))


@app.command("set", context_settings={"allow_extra_args": True})
def set_value(
    context: typer.Context,
    name: Name,
    environment: Of = None,
    from_file: Annotated[
        Path | None, typer.Option("--from-file", metavar="PATH", help="Take the value from a file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Set a secret; the value comes from stdin, a prompt, or --from-file.

    One line break at its end is dropped. Runs that begin from now on get it; the former value is gone.
    """
    if context.args:
        raise BadInputError(
            "A value is not given as an argument: other people of this machine can read those.",
            next_step=f"Run codex32 secrets set {name} and type it, or pipe it in, or name a --from-file.",
        )
    value = _value(name, from_file)
    with connect() as client:
        made = client.set_secret(name, value, environment=environment)
    if as_json:
        terminal.document(made)
    else:
        terminal.result(f"{_shown(made.name, made.environment)} is set (version {made.version}).")


@app.command()
def delete(name: Name, environment: Of = None, as_json: AsJson = False) -> None:
    """Delete a secret. Runs that need it fail from now on."""
    with connect() as client:
        client.delete_secret(name, environment=environment)
    if as_json:
        terminal.document({"name": name, "environment": environment, "deleted": True})
    else:
        terminal.result(f"{_shown(name, environment)} is deleted.")


def _value(name: str, file: Path | None) -> str:
    """Raises BadInputError for what is empty, unreadable or not text."""
    if file is None and sys.stdin.isatty():
        value: str = typer.prompt(f"Value of {name}", hide_input=True, confirmation_prompt=True, err=True)
    else:
        value = _text(file)
    if not value:
        raise BadInputError(
            "The value is empty.", next_step='Pipe it in: printf %s "$VALUE" | codex32 secrets set NAME'
        )
    return value


def _text(file: Path | None) -> str:
    try:
        content = file.read_bytes() if file else sys.stdin.buffer.read()
        text = content.decode()
    except UnicodeDecodeError:
        raise BadInputError(
            "The value is not UTF-8 text.",
            next_step="Store it in base64 and decode it in the bot.",
        ) from None
    except OSError as error:
        raise BadInputError(
            f"{file} cannot be read: {error.strerror}.", next_step="Name a file that you may read."
        ) from error
    return text.removesuffix("\n").removesuffix("\r")


def _shown(name: str, environment: str | None) -> str:
    return f"{name} for {environment}" if environment else name


def _row(secret: Secret) -> tuple[object, ...]:
    changed, used = terminal.ago(secret.updated_at), terminal.ago(secret.last_used_at) or "never"
    return (secret.name, secret.environment or "all others", secret.version, changed, used)
