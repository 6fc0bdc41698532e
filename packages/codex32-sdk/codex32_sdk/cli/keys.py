"""`codex32 keys`: API keys of the workspace."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson
from codex32_sdk.cli.connection import connect
from codex32_sdk.cli.exits import BadInputError, about_path
from codex32_sdk.models import ApiKey

app = typer.Typer(add_completion=False)


@app.callback(invoke_without_command=True)
def keys(context: typer.Context, as_json: AsJson = False) -> None:
    """List, create and revoke API keys."""
    if not context.invoked_subcommand:
        list_all(as_json)


@app.command("list")
def list_all(as_json: AsJson = False) -> None:
    """All keys, without their secrets."""
    with connect() as client:
        page = client.list_keys()
    if as_json:
        terminal.document(page)
        return
    terminal.table(("id", "name", "role", "begins with", "last used", "state"), map(_row, page.items))


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    role: Annotated[str, typer.Option(help="owner, editor or viewer.")] = "editor",
    scope: Annotated[list[str] | None, typer.Option("--scope", help="Only these; may be repeated.")] = None,
    expires: Annotated[str | None, typer.Option(help="Until then: 2027-01-31 or ISO 8601.")] = None,
    as_json: AsJson = False,
) -> None:
    """A new key. Its secret is printed now and never again."""
    with connect() as client:
        made = client.create_key(name, role=role, scopes=scope, expires_at=_moment(expires))
    if as_json:
        terminal.document(made)
    else:
        terminal.result(made.key or "")
        terminal.say("This is the only time the key is shown. Use it as CODEX32_API_KEY.")


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Id of the key.")], as_json: AsJson = False
) -> None:
    """The key stops working at once."""
    with connect() as client, about_path(key, "key_id", "a key", "codex32 keys lists them."):
        client.revoke_key(key)
    if as_json:
        terminal.document({"id": key, "revoked": True})
    else:
        terminal.result(f"Key {key} is revoked.")


def _moment(text: str | None) -> str | None:
    """With a time zone: a date or time without one is meant where it is typed."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone().isoformat()
    except (ValueError, OverflowError) as error:
        raise BadInputError(
            f"{text!r} is not a date.", next_step="Write it as 2027-01-31 or 2027-01-31T09:00+01:00."
        ) from error


def _row(key: ApiKey) -> tuple[object, ...]:
    state = "revoked" if key.revoked_at else "active"
    used = terminal.ago(key.last_used_at) or "never"
    return (key.id, key.name, key.role or "", key.hint or "", used, state)
