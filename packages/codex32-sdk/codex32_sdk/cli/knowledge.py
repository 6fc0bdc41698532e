"""`codex32 knowledge`: documents that bots and people search."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson, parse_input
from codex32_sdk.cli.connection import connect
from codex32_sdk.cli.exits import BadInputError, CommandError
from codex32_sdk.client import Client
from codex32_sdk.knowledge import Document, Hit, KnowledgeBase, list_documents, list_knowledge

app = typer.Typer(add_completion=False)

Base = Annotated[str, typer.Argument(metavar="BASE", help="Name or id of a knowledge base.")]
Model = Annotated[str, typer.Option(help="The embedding model.")]
_EMPTY = "No knowledge bases yet. Try: codex32 knowledge create handbook"
_LONGEST_PAUSE = 1.0


@app.callback(invoke_without_command=True)
def knowledge(context: typer.Context, as_json: AsJson = False) -> None:
    """Make knowledge bases, add documents to them, and search them."""
    if not context.invoked_subcommand:
        list_all(as_json)


@app.command("list")
def list_all(as_json: AsJson = False) -> None:
    """All knowledge bases."""
    with connect() as client:
        found = list(client.every(list_knowledge()))
    if as_json:
        terminal.document({"items": found, "next_cursor": None})
    elif not found:
        terminal.say(_EMPTY)
    else:
        terminal.table(("name", "documents", "chunks", "size", "state", "model"), map(_row, found))


@app.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Small letters, digits and dashes.")],
    description: Annotated[str, typer.Option(help="What it is about.")] = "",
    language: Annotated[
        str, typer.Option(help="Whose word endings are known: english, spanish, …; simple: none.")
    ] = "simple",
    model: Model = "local",
    as_json: AsJson = False,
) -> None:
    """Make a knowledge base."""
    with connect() as client:
        made = client.create_knowledge(name, description=description, language=language, model=model)
    if as_json:
        terminal.document(made)
    else:
        terminal.result(f"{made.name} is made. Add documents: codex32 knowledge add {made.name} FILE…")


@app.command()
def add(
    base: Base,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Text, Markdown, HTML, CSV or PDF.")],
    metadata: Annotated[
        str | None, typer.Option(metavar="JSON", help="Values to narrow searches by, or @FILE with them.")
    ] = None,
    wait: Annotated[bool, typer.Option(help="Wait until they can be searched.")] = True,
    timeout: Annotated[float, typer.Option(help="Seconds to wait.")] = 3600.0,
    as_json: AsJson = False,
) -> None:
    """Add documents, or replace those of the same names. What did not change costs nothing."""
    about = parse_input(metadata)
    contents = [(path.name, _content(path)) for path in files]
    with connect() as client:
        with _bar(hidden=as_json) as bar:
            task = bar.add_task("Uploading", total=len(contents))
            put: list[Document] = []
            for name, content in contents:
                put.append(client.put_document(base, name, content, metadata=about))
                bar.advance(task)
        found = _wait(client, base, put, timeout, hidden=as_json) if wait else put
    if as_json:
        terminal.document({"items": found})
    else:
        terminal.table(("document", "state", "chunks", "why"), map(_document_row, found))
    if failed := [one.name for one in found if one.status == "failed"]:
        raise CommandError(
            "document_failed",
            f"Not indexed: {', '.join(failed)}.",
            next_step=f"See why: codex32 knowledge documents {base} --status failed",
        )


@app.command()
def search(
    base: Base,
    query: Annotated[str, typer.Argument(metavar="QUESTION", help="What is looked for.")],
    top: Annotated[int, typer.Option("--top", "-n", min=1, max=50, help="At most so many.")] = 5,
    where: Annotated[
        str | None, typer.Option(metavar="JSON", help="Values that a document's metadata must have.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Search a knowledge base by meaning and by words."""
    with connect() as client:
        found = client.search_knowledge(base, query, top=top, where=parse_input(where))
    if as_json:
        terminal.document(found)
    elif not found.hits:
        terminal.say("Nothing was found.")
    for hit in () if as_json else found.hits:
        terminal.result(f"{_citation(hit)}\n  {' '.join(hit.snippet.split())}\n")


@app.command()
def documents(
    base: Base,
    status: Annotated[str | None, typer.Option(help="Only queued, indexing, ready or failed ones.")] = None,
    as_json: AsJson = False,
) -> None:
    """The documents of a knowledge base, and whether they are searched yet."""
    with connect() as client:
        found = list(client.every(list_documents(base, status=status)))
    if as_json:
        terminal.document({"items": found, "next_cursor": None})
    elif not found:
        terminal.say(f"No documents. Try: codex32 knowledge add {base} FILE…")
    else:
        terminal.table(("document", "state", "chunks", "why"), map(_document_row, found))


@app.command()
def remove(
    base: Base,
    document: Annotated[
        str | None, typer.Argument(metavar="DOCUMENT", help="Name or id; without it the base itself.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete a document, or a knowledge base with all its documents."""
    if document is None and not yes and not as_json:
        typer.confirm(f"Delete {base} with all its documents?", abort=True, err=True)
    with connect() as client:
        if document is None:
            client.delete_knowledge(base)
        else:
            client.delete_document(base, document)
    if as_json:
        terminal.document({"base": base, "document": document, "deleted": True})
    else:
        terminal.result(f"{document or base} is deleted.")


@app.command()
def reindex(
    base: Base,
    model: Model = "local",
    wait: Annotated[bool, typer.Option(help="Wait until the new vectors answer.")] = False,
    timeout: Annotated[float, typer.Option(help="Seconds to wait.")] = 86_400.0,
    as_json: AsJson = False,
) -> None:
    """Compute all vectors anew, by another model or the same. The present ones answer until then."""
    with connect() as client:
        found = client.reindex_knowledge(base, model=model)
        if wait:
            found = _wait_for_building(client, base, timeout, hidden=as_json)
    if as_json:
        terminal.document(found)
    else:
        terminal.result(f"{found.name}: {_state(found)}.")


def _wait(
    client: Client, base: str, put: Sequence[Document], timeout: float, *, hidden: bool
) -> list[Document]:
    """The documents once they are indexed or failed. Raises CommandError after `timeout` seconds."""
    deadline, pause, found = time.monotonic() + timeout, 0.1, list(put)
    with _bar(hidden=hidden) as bar:
        task = bar.add_task("Indexing", total=None)
        while not all(one.settled for one in found):
            if time.monotonic() > deadline:
                raise CommandError(
                    "indexing_timeout",
                    f"Not all documents are indexed after {timeout:.0f} seconds; it goes on.",
                    next_step=f"Look again with: codex32 knowledge documents {base}",
                )
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
            found = [one if one.settled else client.get_document(base, one.id) for one in found]
            bar.update(
                task, total=sum(one.chunks for one in found), completed=sum(one.embedded for one in found)
            )
    return found


def _wait_for_building(client: Client, base: str, timeout: float, *, hidden: bool) -> KnowledgeBase:
    deadline, pause = time.monotonic() + timeout, 0.1
    with _bar(hidden=hidden) as bar:
        task = bar.add_task("Rebuilding", total=None)
        while (found := client.get_knowledge(base)).building is not None:
            if time.monotonic() > deadline:
                raise CommandError(
                    "indexing_timeout",
                    f"{base} is not rebuilt after {timeout:.0f} seconds; it goes on.",
                    next_step="Look again with: codex32 knowledge list",
                )
            bar.update(task, total=found.chunks, completed=found.building.chunks_done)
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
    return found


def _bar(*, hidden: bool) -> Progress:
    """On stderr, and only where a person looks."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    silent = hidden or not sys.stderr.isatty()
    return Progress(*columns, console=Console(stderr=True), disable=silent, transient=True)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInputError(
            f"{path} cannot be read: {error.strerror}.", next_step="Name files that you may read."
        ) from error


def _citation(hit: Hit) -> str:
    return " › ".join([hit.document, *hit.heading]) + f" #{hit.position}"


def _state(base: KnowledgeBase) -> str:
    if base.building is not None:
        return f"rebuilding, {base.building.chunks_done} of {base.chunks}"
    waiting = f"{base.pending} to index" if base.pending else ""
    failed = f"{base.failed} failed" if base.failed else ""
    return ", ".join(filter(None, (waiting, failed))) or "ready"


def _row(base: KnowledgeBase) -> tuple[object, ...]:
    return (base.name, base.documents, base.chunks, terminal.size(base.bytes), _state(base), base.model)


def _document_row(document: Document) -> tuple[Any, ...]:
    busy = document.status == "indexing" and document.chunks
    chunks = f"{document.embedded}/{document.chunks}" if busy else document.chunks
    return (document.name, _document_state(document), chunks, document.error)


def _document_state(document: Document) -> str:
    """With the number of the try, once there is more than one."""
    if document.unchanged:
        return "unchanged"
    if document.status == "queued" and document.attempt:
        return f"waiting for try {document.attempt + 1} of {document.attempts}"
    if document.status == "indexing" and document.attempt > 1:
        return f"indexing (try {document.attempt} of {document.attempts})"
    return document.status
