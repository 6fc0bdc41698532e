"""`codex32 search`: one search over everything."""

from __future__ import annotations

from typing import Annotated

import typer

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson
from codex32_sdk.cli.connection import connect

app = typer.Typer(add_completion=False)


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="What is looked for.")],
    kind: Annotated[
        list[str] | None, typer.Option(help="Only bot, document, guide, recipe or run; may be repeated.")
    ] = None,
    top: Annotated[int, typer.Option("--top", "-n", min=1, max=50, help="At most so many.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Search bots, documents, guides, recipes and runs, by meaning and by words."""
    with connect() as client:
        found = client.search(" ".join(words), kinds=kind or (), top=top)
    if as_json:
        terminal.document(found)
    elif not found.hits:
        terminal.say("Nothing was found.")
    for hit in () if as_json else found.hits:
        terminal.result(f"{hit.kind}  {hit.title}\n  {' '.join(hit.snippet.split())}\n  {hit.link}\n")
