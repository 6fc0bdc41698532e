"""`codex32 llm aliases`: names for models that are tried in order."""

from __future__ import annotations

from typing import Annotated

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson
from codex32_sdk.cli.connection import connect
from codex32_sdk.cli.exits import BadInputError
from codex32_sdk.llm_types import ModelAlias

app = typer.Typer(add_completion=False)

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="Name of the alias: smart, fast, code or your own.")
]
_EMPTY = "No aliases yet: they come with the first provider. Try: codex32 llm providers add openai"


@app.callback(invoke_without_command=True)
def aliases(context: typer.Context, as_json: AsJson = False) -> None:
    """List, set and reset aliases."""
    if not context.invoked_subcommand:
        list_all(as_json)


@app.command("list")
def list_all(as_json: AsJson = False) -> None:
    """All aliases and what they stand for, first to last."""
    with connect() as client:
        page = client.list_model_aliases()
    if as_json:
        terminal.document(page)
    elif not page.items:
        terminal.say(_EMPTY)
    else:
        terminal.table(("alias", "targets", "from"), map(_row, page.items))


@app.command("set")
def change(
    name: Name,
    targets: Annotated[list[str], typer.Argument(metavar="PROVIDER/MODEL…", help="Tried in this order.")],
    as_json: AsJson = False,
) -> None:
    """Say what an alias stands for. The next target is tried when one fails."""
    pairs = [target.partition("/") for target in targets]
    if any(not slash or not model for _, slash, model in pairs):
        raise BadInputError("A target is PROVIDER/MODEL.", next_step="See codex32 llm models.")
    with connect() as client:
        made = client.set_model_alias(name, [(provider, model) for provider, _, model in pairs])
    if as_json:
        terminal.document(made)
    else:
        terminal.result(f"{made.name} stands for {_shown(made)}.")


@app.command()
def delete(name: Name, as_json: AsJson = False) -> None:
    """Delete an alias; a built-in one is as it was."""
    with connect() as client:
        client.delete_model_alias(name)
    if as_json:
        terminal.document({"name": name, "deleted": True})
    else:
        terminal.result(f"{name} is deleted.")


def _shown(alias: ModelAlias) -> str:
    return ", ".join(f"{target.provider}/{target.model}" for target in alias.targets)


def _row(alias: ModelAlias) -> tuple[object, ...]:
    return (alias.name, _shown(alias), "built in" if alias.built_in else terminal.ago(alias.updated_at))
