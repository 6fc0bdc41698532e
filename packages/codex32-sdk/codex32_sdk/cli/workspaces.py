"""`codex32 workspaces`: tenants of the installation; for administrators."""

from __future__ import annotations

from typing import Annotated, Any, cast

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson
from codex32_sdk.cli.connection import connect

app = typer.Typer(add_completion=False)


@app.callback(invoke_without_command=True)
def workspaces(context: typer.Context, as_json: AsJson = False) -> None:
    """List and create workspaces."""
    if not context.invoked_subcommand:
        list_all(as_json)


@app.command("list")
def list_all(as_json: AsJson = False) -> None:
    """All workspaces of the installation."""
    with connect() as client:
        page = client.list_workspaces()
    if as_json:
        terminal.document(page)
        return
    rows = ((item.name, item.slug or "", item.timezone or "", item.id) for item in page.items)
    terminal.table(("name", "slug", "time zone", "id"), rows)


@app.command()
def hosts(
    allowed: Annotated[
        list[str] | None,
        typer.Argument(metavar="[HOST]...", help="All there may be: api.example.com, *.x.org."),
    ] = None,
    manifests: Annotated[
        bool, typer.Option("--manifests", help="Leave it to the manifests alone, as at first.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show or set the hosts beyond which no bot of the workspace reaches; owners set them."""
    with connect() as client:
        if allowed or manifests:
            found = client.change_workspace(egress_hosts=[] if manifests else list(allowed or ()))
        else:
            found = client.get_workspace()
    if as_json:
        terminal.document(found)
        return
    for host in found.egress_hosts:
        terminal.result(host)
    if not found.egress_hosts:
        terminal.say("Bots reach what their manifests say.")


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Name of the workspace.")],
    slug: Annotated[str | None, typer.Option(help="Short name; made from the name if not said.")] = None,
    timezone: Annotated[str | None, typer.Option(help="IANA name, such as Europe/Madrid.")] = None,
    as_json: AsJson = False,
) -> None:
    """A workspace with an owner. The owner's key is printed now and never again."""
    with connect() as client:
        made = client.create_workspace(name, slug=slug, timezone=timezone).model_dump(mode="json")
    if as_json:
        terminal.document(made)
        return
    key: Any = made.get("key")
    terminal.result(str(cast("dict[str, Any]", key)["key"] if isinstance(key, dict) else key))
    terminal.say(f"Workspace {name} exists. This key of its owner is shown only now.")
