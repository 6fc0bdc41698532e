"""`codex32 builder`: sessions that were begun with `codex32 new` or elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from codex32_sdk.builder_calls import BuilderSession, BuilderSummary, Engine
from codex32_sdk.cli import terminal
from codex32_sdk.cli.arguments import AsJson
from codex32_sdk.cli.building import carry_on, document_of, parse_answers, show_review, tell
from codex32_sdk.cli.connection import connect
from codex32_sdk.cli.exits import BadInputError

app = typer.Typer(add_completion=False)

SessionId = Annotated[str, typer.Argument(metavar="SESSION", help="Id of the session.")]
_YES = typer.Option("--yes", "-y", help="Publish without asking.")
_SHOWN = "Begin with what `codex32 builder show SESSION --stage STAGE` prints."
_TEXTS = {".py", ".md", ".txt", ".toml", ".json", ".csv"}


@app.callback(invoke_without_command=True)
def builder(context: typer.Context, as_json: AsJson = False) -> None:
    """List, show, resume, edit, publish and cancel sessions of the builder."""
    if not context.invoked_subcommand:
        sessions(as_json=as_json)


@app.command()
def sessions(
    status: Annotated[str | None, typer.Option(help="Only those that are, for example, reviewing.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
    as_json: AsJson = False,
) -> None:
    """The sessions of the workspace, newest first."""
    with connect() as client:
        page = client.list_builder_sessions(status=status, limit=limit)
    if as_json:
        terminal.document(page)
    elif not page.items:
        terminal.say('No sessions yet. Begin one with: codex32 new "…"')
    else:
        terminal.table(("id", "status", "engine", "bot", "what"), map(_row, page.items))


@app.command()
def show(
    session_id: SessionId,
    stage: Annotated[
        str | None, typer.Option(help="The document of one stage: requirements, plan, code, …")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """A session: what was said, how far it is, what it found; or the document of one stage."""
    with connect() as client:
        session = client.get_builder_session(session_id)
    if stage is not None:
        document = session.document(stage)
        if document is None:
            raise BadInputError(f"The session has no {stage!r} yet.", next_step="Leave --stage out.")
        terminal.document(document)
    elif as_json:
        terminal.document(session)
    else:
        _show(session)


@app.command()
def resume(
    session_id: SessionId,
    text: Annotated[str | None, typer.Argument(help="More words, if there are any.")] = None,
    answer: Annotated[list[str] | None, typer.Option("--answer", metavar="ID=TEXT")] = None,
    defaults: Annotated[bool, typer.Option("--defaults", help="Answer open questions by default.")] = False,
    engine: Annotated[Engine | None, typer.Option(help="Go on with this engine.")] = None,
    budget: Annotated[str | None, typer.Option(metavar="USD", help="The most models may cost.")] = None,
    rounds: Annotated[int | None, typer.Option(min=0, max=10, help="Repairs that are tried.")] = None,
    yes: Annotated[bool, _YES] = False,
    as_json: AsJson = False,
) -> None:
    """Go on where it stopped, with answers, more words, another engine, or more money."""
    answers = parse_answers(answer)
    with connect() as client:
        session = client.say_to_builder(
            session_id,
            text,
            answers=answers or None,
            assume_defaults=defaults or None,
            engine=engine,
            budget_usd=budget,
            max_rounds=rounds,
        )
        carry_on(client, session, yes=yes, as_json=as_json)


@app.command()
def edit(
    session_id: SessionId,
    stage: Annotated[str, typer.Argument(help="requirements, plan or code.")],
    source: Annotated[
        Path, typer.Argument(exists=True, help="The document as JSON; for code also a folder of files.")
    ],
    yes: Annotated[bool, _YES] = False,
    as_json: AsJson = False,
) -> None:
    """Put a document of your own in a stage's place; what follows is done again."""
    document = _folder(source) if source.is_dir() else _document(source)
    with connect() as client:
        session = client.edit_builder_stage(session_id, stage, document)
        carry_on(client, session, yes=yes, as_json=as_json)


@app.command()
def publish(session_id: SessionId, as_json: AsJson = False) -> None:
    """Make the bot that was reviewed."""
    with connect() as client:
        session = client.publish_builder_session(session_id)
    if as_json:
        terminal.document(document_of(session))
    tell(session, as_json=as_json)


@app.command()
def propose(session_id: SessionId, as_json: AsJson = False) -> None:
    """Leave the change of a bot to somebody else to approve."""
    with connect() as client:
        session = client.propose_builder_session(session_id)
    if as_json:
        terminal.document(document_of(session))
    tell(session, as_json=as_json)


@app.command()
def cancel(session_id: SessionId, as_json: AsJson = False) -> None:
    """End a session; what it left can still be read."""
    with connect() as client:
        session = client.cancel_builder_session(session_id)
    if as_json:
        terminal.document(document_of(session))
    else:
        terminal.result(f"The session {session.id} is cancelled.")


def _show(session: BuilderSession) -> None:
    terminal.details(
        (
            ("session", session.id),
            ("status", session.status),
            ("engine", session.engine),
            ("cost", f"${session.cost_usd}"),
            ("begun", terminal.local_time(session.created_at)),
        )
    )
    for message in session.messages:
        terminal.say(f"{message['role']}: {message['text']}")
    rows = [
        (stage.stage, stage.status, stage.round, stage.error or ("edited by hand" if stage.edited_by else ""))
        for stage in session.stages
    ]
    terminal.table(("stage", "status", "round", ""), rows)
    if session.review and session.status == "published":
        show_review(session)
    tell(session, as_json=True)


def _row(session: BuilderSummary) -> tuple[object, ...]:
    bot = (session.bot or {}).get("name", "")
    return session.id, session.status, session.engine, bot, session.title


def _document(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadInputError(f"{path} is not JSON: {error}", next_step=_SHOWN) from error
    if not isinstance(found, dict):
        raise BadInputError(f"{path} holds no JSON object.", next_step=_SHOWN)
    return found  # pyright: ignore[reportUnknownVariableType]


def _folder(folder: Path) -> dict[str, Any]:
    """The files of a bot as the document of the stage `code`."""
    files = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in _TEXTS and "__pycache__" not in path.parts
    }
    return {"kind": "written", "files": files, "notes": []}
