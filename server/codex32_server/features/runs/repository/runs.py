"""Queries of runs and their attempts. `queue` owns the tables and every change of a status."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Text, Uuid, and_, case, cast, column, func, select, table
from sqlalchemy.dialects.postgresql import array

from codex32_server.features.runs.models import RunFile
from codex32_server.features.runs.schemas import RunFilter
from codex32_server.kit.ids import id_at, time_of
from codex32_server.queue.tables import Run, RunAttempt, Worker
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

LARGE = 4096
"""Bytes as stored (compressed) beyond which a list leaves a JSON field out."""

BOTS = table(
    "bots",
    column("id", Uuid()),
    column("workspace_id", Uuid()),
    column("name", Text()),
    column("search", Text()),
)
"""The one thing runs show of a bot is its name; the table itself belongs to `bots`."""

_VERSIONS = table("versions", column("id", Uuid()), column("workspace_id", Uuid()), column("bot_id", Uuid()))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BOTS_LIKE = 200
"""Bots whose name has a part in common; the newest of them."""

_HEAVY = {"input", "output"}
_LIGHT = [getattr(Run, name.key) for name in Run.__mapper__.column_attrs if name.key not in _HEAVY]


async def find(tx: Tx, workspace_id: UUID, run_id: UUID) -> Row[Any] | None:
    """One run with its bot's name, input and output in full."""
    query = _named([*_LIGHT, Run.input, Run.output]).where(owned(Run, workspace_id), Run.id == run_id)
    return (await tx.execute(query)).one_or_none()


async def find_many(tx: Tx, workspace_id: UUID, ids: Collection[UUID]) -> Sequence[Row[Any]]:
    """Those of the named runs that belong to the workspace, without large fields."""
    query = _named([*_LIGHT, *_bounded()]).where(owned(Run, workspace_id), Run.id.in_(ids))
    return (await tx.execute(query.order_by(Run.id))).all()


async def status_of(tx: Tx, workspace_id: UUID, run_id: UUID) -> tuple[str, int] | None:
    """Only the status and the attempt: what waiting and streaming poll."""
    query = select(Run.status, Run.attempt).where(owned(Run, workspace_id), Run.id == run_id)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else (row[0], row[1])


async def newest_first(
    tx: Tx,
    workspace_id: UUID,
    wanted: RunFilter,
    bot_ids: Collection[UUID] | None,
    before: UUID | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Runs below the id `before`, newest first: along the partitions, whose order is the ids' order."""
    query = _named([*_LIGHT, *_bounded()]).where(owned(Run, workspace_id), *_conditions(wanted))
    if bot_ids is not None:
        query = query.where(Run.bot_id.in_(bot_ids))
    if before is not None:
        query = query.where(Run.id < before)
    return (await tx.execute(query.order_by(Run.id.desc()).limit(limit))).all()


async def bots_meant(tx: Tx, workspace_id: UUID, wanted: RunFilter) -> Sequence[UUID] | None:
    """Ids of the bots that a filter names, deleted ones included; None: it names none."""
    named = None if wanted.bot is None else await bots_called(tx, workspace_id, wanted.bot)
    if wanted.version is not None:
        # There is an index of a bot's runs, and a version is of one bot.
        of = select(_VERSIONS.c.bot_id).where(
            _VERSIONS.c.workspace_id == workspace_id, _VERSIONS.c.id == wanted.version
        )
        found = (await tx.scalars(of)).all()
        named = found if named is None else [bot_id for bot_id in named if bot_id in found]
    if wanted.q is None or as_id(wanted.q) is not None:
        return named
    escaped = wanted.q.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    # The index is on `search`, which begins with the name.
    like = (BOTS.c.search.like(f"%{escaped}%"), BOTS.c.name.like(f"%{escaped}%"))
    query = select(BOTS.c.id).where(BOTS.c.workspace_id == workspace_id, *like)
    if named is not None:
        query = query.where(BOTS.c.id.in_(named))
    return (await tx.scalars(query.order_by(BOTS.c.id.desc()).limit(_BOTS_LIKE))).all()


async def bots_called(tx: Tx, workspace_id: UUID, ref: str) -> Sequence[UUID]:
    """Ids of the bots that a reference may mean, deleted ones included: their runs are still there."""
    identifier = as_id(ref)
    condition: ColumnElement[bool] = BOTS.c.name == ref
    if identifier is not None:
        condition = condition | (BOTS.c.id == identifier)
    query = select(BOTS.c.id).where(BOTS.c.workspace_id == workspace_id, condition)
    return (await tx.scalars(query)).all()


async def attempts_of(tx: Tx, workspace_id: UUID, run_id: UUID) -> Sequence[tuple[RunAttempt, str | None]]:
    """Finished attempts in order, each with its worker's name if that is still known.

    An attempt's id is younger than its run's, which spares older partitions.
    """
    query = (
        select(RunAttempt, Worker.name)
        .outerjoin(Worker, Worker.id == RunAttempt.worker_id)
        .where(
            owned(RunAttempt, workspace_id),
            RunAttempt.run_id == run_id,
            RunAttempt.id >= id_at(time_of(run_id)),
        )
        .order_by(RunAttempt.attempt, RunAttempt.id)
    )
    return [(row[0], row[1]) for row in await tx.execute(query)]


async def files_of(tx: Tx, workspace_id: UUID, run_ids: Collection[UUID]) -> Mapping[UUID, list[RunFile]]:
    """Output files of several runs, by run, in the order of their names."""
    found: dict[UUID, list[RunFile]] = {run_id: [] for run_id in run_ids}
    if found:
        query = select(RunFile).where(owned(RunFile, workspace_id), RunFile.run_id.in_(run_ids))
        for file in await tx.scalars(query.order_by(RunFile.name)):
            found[file.run_id].append(file)
    return found


def as_id(text: str) -> UUID | None:
    """The UUID that a text spells, if it spells one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _conditions(wanted: RunFilter) -> list[ColumnElement[bool]]:
    """Times are bounds of ids, which spares the partitions outside of them."""
    equal = {
        Run.status: wanted.status,
        Run.environment: wanted.environment,
        Run.version_id: wanted.version,
        Run.created_by: wanted.person,
        Run.error_code: wanted.error,
        Run.id: as_id(wanted.q) if wanted.q else None,
    }
    conditions = [column_ == value for column_, value in equal.items() if value is not None]
    if wanted.trigger is not None:
        conditions.append(_trigger(wanted.trigger))
    if wanted.since is not None:
        conditions.append(Run.id >= _bound(wanted.since))
    if wanted.until is not None:
        conditions.append(Run.id < _bound(wanted.until))
    return conditions


def _bound(moment: datetime) -> UUID:
    """The lowest id of that millisecond; of any time before there were ids, the lowest of all."""
    return id_at(max(moment, _EPOCH))


def _trigger(ref: str) -> ColumnElement[bool]:
    identifier = as_id(ref)
    return Run.trigger_kind == ref if identifier is None else Run.trigger_id == identifier


def _named(columns: Sequence[Any]) -> Select[*tuple[Any, ...]]:
    bot_of_run = and_(BOTS.c.id == Run.bot_id, BOTS.c.workspace_id == Run.workspace_id)
    return select(*columns, BOTS.c.name.label("bot_name")).select_from(Run).outerjoin(BOTS, bot_of_run)


def _bounded() -> list[ColumnElement[Any]]:
    """Input and output where they are small, and the names of those that are not."""
    sizes = {name: func.coalesce(func.pg_column_size(getattr(Run, name)), 0) for name in sorted(_HEAVY)}
    small = [case((size <= LARGE, getattr(Run, name))).label(name) for name, size in sizes.items()]
    left_out = [case((size > LARGE, cast(name, Text))) for name, size in sizes.items()]
    return [*small, func.array_remove(array(left_out), None).label("omitted")]
