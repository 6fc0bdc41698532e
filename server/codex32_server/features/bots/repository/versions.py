"""Queries of versions and their files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import array

from codex32_server.features.bots.models import Bot, Environment, Version, VersionFile
from codex32_server.kit.ids import new_id
from codex32_server.queue.tables import Job
from codex32_server.storage.lean import LeanConnections
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

_ENVIRONMENTS = (
    select(func.coalesce(func.array_agg(Environment.name), cast(array([]), ARRAY(Text))))
    .where(Environment.workspace_id == Version.workspace_id, Environment.version_id == Version.id)
    .correlate(Version)
    .scalar_subquery()
)
_OVER = ("succeeded", "failed", "cancelled", "timed_out")
_GIVEN_UP = (
    select(Job.id)
    .where(Job.workspace_id == Version.workspace_id, Job.id == Version.proof_job_id, Job.status.in_(_OVER))
    .correlate(Version)
    .exists()
)
"""The job that should have proven a pending version ended without a proof: nobody is at it any more. That is
read and not written, because whatever ends a job (a reaper too) must not need to know of versions."""
_ABANDONED = {
    "reason": "The proof could not be carried out: its job ended without one. Deploy the same files again."
}
_PROOF = case((and_(Version.proof == "pending", _GIVEN_UP), "failed"), else_=Version.proof).label("proof")
_REPORT = case(
    (and_(Version.proof == "pending", _GIVEN_UP), literal(_ABANDONED, Version.proof_report.type)),
    else_=Version.proof_report,
).label("proof_report")
_COLUMNS = (
    Version.id,
    Version.bot_id,
    Version.number,
    Version.digest,
    Version.entry,
    _PROOF,
    _REPORT,
    Version.proof_stage,
    Version.manifest,
    Version.input_schema,
    Version.dependencies,
    Version.warnings,
    Version.message,
    Version.created_at,
    Version.created_by,
)
_FIRST_VERSION: LiteralString = """
with speaking as materialized (
  select set_config('app.workspace_id', %(workspace_id)s::text, true) as done
), bot as (
  insert into bots (id, workspace_id, name, title, description, role, kind, tags, version_count, created_by)
  select %(bot_id)s, %(workspace_id)s, %(name)s, %(title)s, %(description)s, %(role)s, %(kind)s,
         %(tags)s::text[], 1, %(created_by)s
    from speaking
  on conflict (workspace_id, name) where deleted_at is null do nothing
  returning id, workspace_id, created_at
), version as (
  insert into versions (id, workspace_id, bot_id, number, digest, entry, manifest, dependencies,
                        requires_python, input_schema, warnings, message, proof, proof_report, created_by)
  select %(version_id)s, bot.workspace_id, bot.id, 1, %(digest)s, %(entry)s, %(manifest)s::json,
         %(dependencies)s::text[], %(requires_python)s, %(input_schema)s::json, %(warnings)s::text[],
         %(message)s, %(proof)s, %(proof_report)s::json, %(created_by)s
    from bot
), files as (
  insert into version_files (workspace_id, version_id, path, content)
  select bot.workspace_id, %(version_id)s, file.path, file.content
    from bot, unnest(%(paths)s::text[], %(contents)s::bytea[]) as file (path, content)
), pointer as (
  insert into environments (workspace_id, bot_id, name, version_id)
  select bot.workspace_id, bot.id, %(environment)s::text, %(version_id)s
    from bot where %(environment)s::text is not null
), move as (
  insert into environment_moves (id, workspace_id, bot_id, environment, kind, to_version_id, moved_by)
  select %(move_id)s, bot.workspace_id, bot.id, %(environment)s::text, 'publish', %(version_id)s,
         %(created_by)s
    from bot where %(environment)s::text is not null
)
select created_at from bot
"""
"""A new bot with its first version, its files and, if nothing is left to prove, its pointer: one round trip.
Answers with no row when the name is taken. It speaks for the workspace itself, so that it can stand alone."""
_FIRST_VERSION_BYTES = _FIRST_VERSION.encode()


@dataclass(frozen=True, slots=True)
class NewVersion:
    """The columns of a version and the content of its files."""

    id: UUID
    digest: str
    entry: str
    manifest: Mapping[str, Any]
    dependencies: Sequence[str]
    requires_python: str
    input_schema: Mapping[str, Any]
    warnings: Sequence[str]
    message: str
    proof: str
    proof_report: Mapping[str, Any] | None
    created_by: UUID | None
    files: Mapping[str, bytes]

    def columns(self) -> dict[str, Any]:
        """Without the files."""
        return {
            "digest": self.digest,
            "entry": self.entry,
            "manifest": self.manifest,
            "dependencies": list(self.dependencies),
            "requires_python": self.requires_python,
            "input_schema": self.input_schema,
            "warnings": list(self.warnings),
            "message": self.message,
            "proof": self.proof,
            "proof_report": self.proof_report,
            "created_by": self.created_by,
        }


@dataclass(frozen=True, slots=True)
class FirstVersion:
    """A new bot with a version; published to `environment` unless that is None."""

    workspace_id: UUID
    bot_id: UUID
    shown: Mapping[str, Any]
    """The bot's columns for lists: name, title, description, role, kind, tags."""
    version: NewVersion
    environment: str | None

    def values(self) -> dict[str, Any]:
        columns = self.version.columns()
        for name in ("manifest", "input_schema", "proof_report"):
            columns[name] = None if columns[name] is None else json.dumps(columns[name])
        return {
            **self.shown,
            **columns,
            "bot_id": self.bot_id,
            "workspace_id": self.workspace_id,
            "version_id": self.version.id,
            "paths": list(self.version.files),
            "contents": list(self.version.files.values()),
            "environment": self.environment,
            "move_id": new_id(),
        }


async def insert_first(tx: Tx, first: FirstVersion) -> datetime | None:
    """When it was made; None if the name is taken."""
    connection = await tx.connection()
    result = await connection.exec_driver_sql(_FIRST_VERSION, first.values())
    return result.scalar_one_or_none()


async def insert_first_alone(lean: LeanConnections, first: FirstVersion) -> datetime | None:
    """The same as a transaction of its own, in one round trip."""
    rows = await lean.fetch(_FIRST_VERSION_BYTES, first.values(), repeatable=False)
    return rows[0][0] if rows else None


async def insert_next(tx: Tx, workspace_id: UUID, bot_id: UUID, number: int, version: NewVersion) -> None:
    """A further version; the bot's row is locked, so the number is free."""
    await tx.execute(
        insert(Version).values(
            id=version.id,
            workspace_id=workspace_id,
            bot_id=bot_id,
            number=number,
            **version.columns(),
        )
    )
    files = [
        {"workspace_id": workspace_id, "version_id": version.id, "path": path, "content": content}
        for path, content in version.files.items()
    ]
    await tx.execute(insert(VersionFile), files)


async def page(
    tx: Tx, workspace_id: UUID, bot_id: UUID, limit: int, after: UUID | None
) -> list[dict[str, Any]]:
    """VersionViews as plain values, newest first; one more than `limit` if there are more."""
    query = _views(workspace_id, bot_id).order_by(Version.id.desc()).limit(limit + 1)
    if after is not None:
        query = query.where(Version.id < after)
    return [dict(row) for row in (await tx.execute(query)).mappings()]


async def view(
    tx: Tx,
    workspace_id: UUID,
    bot_id: UUID,
    *,
    version_id: UUID | None = None,
    number: int | None = None,
    digest: str | None = None,
) -> dict[str, Any] | None:
    """One version of a bot as the plain values of a VersionView, by whichever name is given."""
    query = _views(workspace_id, bot_id)
    if version_id is not None:
        query = query.where(Version.id == version_id)
    elif number is not None:
        query = query.where(Version.number == number)
    else:
        query = query.where(Version.digest == digest)
    row = (await tx.execute(query)).mappings().one_or_none()
    return dict(row) if row else None


async def files(tx: Tx, workspace_id: UUID, version_id: UUID) -> dict[str, bytes]:
    """Path → content, by path."""
    query = (
        select(VersionFile.path, VersionFile.content)
        .where(owned(VersionFile, workspace_id), VersionFile.version_id == version_id)
        .order_by(VersionFile.path)
    )
    return {row.path: row.content for row in (await tx.execute(query)).all()}


async def file(tx: Tx, workspace_id: UUID, version_id: UUID, path: str) -> bytes | None:
    query = select(VersionFile.content).where(
        owned(VersionFile, workspace_id), VersionFile.version_id == version_id, VersionFile.path == path
    )
    return (await tx.execute(query)).scalar_one_or_none()


async def bot_of(tx: Tx, workspace_id: UUID, version_id: UUID) -> UUID | None:
    query = select(Version.bot_id).where(owned(Version, workspace_id), Version.id == version_id)
    return (await tx.execute(query)).scalar_one_or_none()


async def full(tx: Tx, workspace_id: UUID, version_id: UUID) -> Any | None:
    """Everything about a version but its files, with the name of its bot."""
    query = (
        select(
            Bot.id.label("bot_id"),
            Bot.name.label("bot_name"),
            Version.id,
            Version.number,
            Version.digest,
            Version.proof,
            Version.entry,
            Version.lock,
            Version.manifest,
            Version.input_schema,
            Version.dependencies,
            Version.requires_python,
        )
        .join(Bot, Bot.id == Version.bot_id)
        .where(owned(Version, workspace_id), Version.id == version_id)
    )
    return (await tx.execute(query)).one_or_none()


async def change(tx: Tx, workspace_id: UUID, version_id: UUID, values: dict[str, Any]) -> None:
    """Set proof columns; nothing else of a version ever changes."""
    await tx.execute(
        update(Version).where(owned(Version, workspace_id), Version.id == version_id).values(**values)
    )


async def change_pending(tx: Tx, workspace_id: UUID, version_id: UUID, values: dict[str, Any]) -> None:
    """Set columns of a version whose proof is not written yet."""
    condition = (owned(Version, workspace_id), Version.id == version_id, Version.proof == "pending")
    await tx.execute(update(Version).where(*condition).values(**values))


async def proof_is_over(tx: Tx, workspace_id: UUID, version_id: UUID) -> bool:
    """Whether the job that should prove a version ended, so that nobody proves it any more."""
    query = (
        select(Job.status)
        .join(Version, Version.proof_job_id == Job.id)
        .where(owned(Version, workspace_id), Version.id == version_id)
    )
    status = (await tx.execute(query)).scalar_one_or_none()
    return status is not None and status not in ("queued", "running", "waiting")


def _views(workspace_id: UUID, bot_id: UUID) -> Select[*tuple[Any, ...]]:
    return select(*_COLUMNS, _ENVIRONMENTS.label("environments")).where(
        owned(Version, workspace_id), Version.bot_id == bot_id
    )
