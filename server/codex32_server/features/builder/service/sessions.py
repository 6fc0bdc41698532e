"""What people do with a session: open it, say more, edit a stage, go on, cancel. Each in one transaction.

Whatever is changed takes the work away from whoever is at it and queues it anew, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from codex32_server.features.builder.contract import Requirements, Stage, Written
from codex32_server.features.builder.documents import EDITABLE, storable
from codex32_server.features.builder.errors import (
    BadDocumentError,
    EngineUnavailableError,
    SessionNotFoundError,
    SessionStateError,
    StageNotEditableError,
)
from codex32_server.features.builder.models import BuilderSession
from codex32_server.features.builder.repository import sessions, stages
from codex32_server.features.builder.schemas import EngineChoice, NewSession, Said
from codex32_server.features.builder.service.course import WALKED, present
from codex32_server.features.builder.transitions import Event, Status, after
from codex32_server.http.principal import Principal
from codex32_server.kit.errors import FieldProblem
from codex32_server.kit.ids import new_id
from codex32_server.queue.entries import NewJob, Retries
from codex32_server.queue.submit import cancel_job, submit_job
from codex32_server.storage.session import Tx

WALK_SESSION = "walk_builder_session"
"""Kind of the job; its payload is {"session_id", "walk"}."""
_WALK_MS = 30 * 60 * 1000
_RETRIES = Retries(attempts=4, delay_ms=2_000)
_LONGEST_TITLE = 120
_AUTO = "recipes"
_MOST_FIELDS = 20


async def open_session(
    tx: Tx, principal: Principal, new: NewSession, timezone: str, base: Mapping[str, Any] | None = None
) -> UUID:
    """Queues the first walk."""
    session = BuilderSession(
        id=new_id(),
        workspace_id=principal.workspace_id,
        title=" ".join(new.text.split())[:_LONGEST_TITLE],
        wanted_engine=new.engine,
        engine=_engine_of(new.engine),
        settings={
            "timezone": timezone,
            "name": new.name,
            "dry_run": new.dry_run,
            "assume_defaults": new.assume_defaults,
            "max_rounds": new.max_rounds,
            "files": {name: str(upload) for name, upload in new.files.items()},
        },
        answers=dict(new.answers),
        base=None if base is None else dict(base),
        budget_usd=new.budget_usd,
        last_number=2,
        walk=1,
        created_by=principal.member_id,
    )
    session.job_id = new_id()
    await sessions.add(tx, session)
    await stages.say(tx, session.workspace_id, session.id, 1, "person", "said", new.text)
    told = {"status": str(Status.WORKING), "engine": session.engine}
    await stages.note(tx, session.workspace_id, session.id, 2, [("status", told)])
    await _submit(tx, session)
    return session.id


async def say(tx: Tx, principal: Principal, session_id: UUID, said: Said) -> BuilderSession:
    """More words or answers; requirements are understood anew. Raises SessionStateError."""
    session = await held(tx, principal.workspace_id, session_id)
    if said.text is not None:
        await _say(tx, session, "said", said.text)
    if said.answers:
        answered = "\n".join(f"{question}: {answer}" for question, answer in said.answers.items())
        await _say(tx, session, "answered", answered)
        session.answers = {**session.answers, **said.answers}
    wanted = {"assume_defaults": said.assume_defaults, "max_rounds": said.max_rounds}
    changed = {key: value for key, value in wanted.items() if value is not None}
    session.settings = {**session.settings, **changed}
    if said.budget_usd is not None:
        session.budget_usd = said.budget_usd
    if said.engine is not None:
        session.wanted_engine, session.engine = said.engine, _engine_of(said.engine)
    if said.text is not None or said.answers or said.engine is not None or "assume_defaults" in changed:
        session.turn += 1
    await go_on(tx, session)
    return session


async def edit(
    tx: Tx, principal: Principal, session_id: UUID, stage: Stage, document: Mapping[str, Any]
) -> None:
    """Put a person's document in a stage's place; what follows is walked again.

    Raises SessionNotFoundError, SessionStateError, StageNotEditableError, BadDocumentError.
    """
    kind = EDITABLE.get(stage)
    if kind is None:
        raise StageNotEditableError(f"The stage {stage!r} is not written by hand.")
    parsed = _parse(kind, document)
    session = await held(tx, principal.workspace_id, session_id)
    rows = await stages.of(tx, session.workspace_id, session_id)
    place = WALKED.index(stage)
    before = present(session.turn, rows).get(WALKED[place - 1]) if place else None
    if place and (before is None or before.status != "done"):
        raise SessionStateError(f"The session has no {WALKED[place - 1]} yet that its {stage} could follow.")
    values = {
        "stage": stage,
        "based_on": session.turn if before is None else before.number,
        "status": "done",
        "document": storable(parsed),
        "edited_by": principal.member_id,
    }
    number = _number(session)
    await stages.add(tx, session.workspace_id, session_id, number, values)
    await stages.end(tx, session.workspace_id, session_id, number, {})
    told = {"stage": stage, "number": number, "status": "done", "edited": True}
    await stages.note(tx, session.workspace_id, session_id, _number(session), [("stage", told)])
    if isinstance(parsed, Requirements) and session.engine == "recipes":
        # Recipes understand words: what a part means follows from them, not from what is written beside them.
        await _say(tx, session, "restated", ", ".join(part.words for part in parsed.parts))
        session.turn += 1
    await go_on(tx, session)


async def cancel(tx: Tx, principal: Principal, session_id: UUID) -> None:
    """Harmless to repeat. Raises SessionNotFoundError, SessionStateError for a published one."""
    session = await held(tx, principal.workspace_id, session_id)
    if session.status == Status.CANCELLED:
        return
    status = after(Status(session.status), Event.CANCEL)
    await _take_away(tx, session)
    await move(tx, session, status)


async def held(tx: Tx, workspace_id: UUID, session_id: UUID) -> BuilderSession:
    """The session, locked. Raises SessionNotFoundError."""
    session = await sessions.lock(tx, workspace_id, session_id)
    if session is None:
        raise SessionNotFoundError(f"There is no session {session_id}.")
    return session


async def go_on(tx: Tx, session: BuilderSession) -> None:
    """Queue the work anew. Raises SessionStateError."""
    status = after(Status(session.status), Event.CHANGE)
    await _take_away(tx, session)
    session.job_id = new_id()
    await move(tx, session, status)
    await _submit(tx, session)


async def move(tx: Tx, session: BuilderSession, status: Status) -> None:
    """Change the status of a locked session, and tell those who watch."""
    session.status = str(status)
    session.error_code = session.error_detail = None
    told = {"status": str(status), "engine": session.engine}
    await stages.note(tx, session.workspace_id, session.id, _number(session), [("status", told)])
    session.updated_at = await sessions.now(tx)
    await tx.flush()
    await sessions.tell(tx, session.id)


async def _take_away(tx: Tx, session: BuilderSession) -> None:
    """Whoever is at it is refused from now on, and told to stop."""
    session.walk += 1
    await stages.lose(tx, session.workspace_id, session.id)
    if session.status == Status.WORKING and session.job_id is not None:
        await cancel_job(tx, session.workspace_id, session.job_id, "The session was changed.")


async def _submit(tx: Tx, session: BuilderSession) -> None:
    assert session.job_id is not None
    payload = {"session_id": str(session.id), "walk": session.walk}
    job = NewJob(
        workspace_id=session.workspace_id,
        kind=WALK_SESSION,
        payload=payload,
        timeout_ms=_WALK_MS,
        retries=_RETRIES,
        id=session.job_id,
    )
    await tx.flush()
    await submit_job(tx, job)


async def _say(tx: Tx, session: BuilderSession, kind: str, words: str) -> None:
    await stages.say(tx, session.workspace_id, session.id, _number(session), "person", kind, words)


def _number(session: BuilderSession) -> int:
    """The next number of a locked session."""
    session.last_number += 1
    return session.last_number


def _engine_of(choice: EngineChoice) -> str:
    """The engine that works first: `auto` never spends money unasked."""
    return _AUTO if choice == "auto" else choice


def _parse(kind: type[Any], document: Mapping[str, Any]) -> Any:
    try:
        parsed = kind.model_validate(dict(document))
    except ValidationError as error:
        problems = [
            FieldProblem(".".join(["body", "document", *map(str, item["loc"])]), item["msg"])
            for item in error.errors()[:_MOST_FIELDS]
        ]
        shown = "; ".join(f"{item.field}: {item.detail}" for item in problems[:3])
        raise BadDocumentError(f"That is no document of the stage: {shown}", fields=problems) from error
    if isinstance(parsed, Written) and "bot.py" not in parsed.files:
        raise BadDocumentError(
            "The files need a bot.py.", fields=[FieldProblem("body.document.files", "no bot.py")]
        )
    return parsed


def check_engine(choice: EngineChoice | None, known: frozenset[str]) -> None:
    """Raises EngineUnavailableError."""
    if choice is not None and _engine_of(choice) not in known:
        raise EngineUnavailableError(
            f"There is no engine {choice!r} here.", fields=[FieldProblem("body.engine", "not available")]
        )
