"""`codex32 versions BOT`: the snapshots of a bot, their proofs and what changed between two."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson, BotName, Limit
from codex32_sdk.cli.connection import connect

app = typer.Typer(add_completion=False)


@app.command()
def versions(
    bot: BotName,
    diff: Annotated[
        tuple[str, str] | None,
        typer.Option("--diff", metavar="A B", help="What changed from version A to B (numbers or digests)."),
    ] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """Versions of a bot, newest first; or what changed between two."""
    with connect() as client:
        if diff:
            _show_diff(client.diff_versions(bot, *diff).model_dump(mode="json"), as_json)
            return
        page = client.list_versions(bot, limit=limit)
    if as_json:
        terminal.document(page)
        return
    rows = (
        (
            item.number,
            item.digest[:19],
            item.proof,
            ", ".join(item.environments),
            item.message or "",
            terminal.local_time(item.created_at),
        )
        for item in page.items
    )
    terminal.table(("version", "digest", "proof", "environments", "message", "made"), rows)


def _show_diff(difference: dict[str, Any], as_json: bool) -> None:
    if as_json:
        terminal.document(difference)
        return
    for change in difference["manifest"]:
        more = " (asks for more)" if change.get("widening") else ""
        terminal.result(f"manifest {change['path']}: {change['before']} → {change['after']}{more}")
    for file in difference["files"]:
        terminal.result(f"{file['kind']} {file['path']}")
        if file.get("unified"):
            terminal.result(str(file["unified"]).rstrip("\n"))
    if not difference["manifest"] and not difference["files"]:
        terminal.say("Nothing differs.")
