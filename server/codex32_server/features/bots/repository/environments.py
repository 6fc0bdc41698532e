"""Queries of environments: pointers, their history, and what a run of an environment would execute."""

from __future__ import annotations

from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy import and_, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from codex32_server.features.bots.models import Bot, Environment, EnvironmentMove, Version
from codex32_server.features.workspaces.facade import hosts_of
from codex32_server.kit.ids import new_id
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

_HISTORY = 500
RUNNABLE: LiteralString = """
select b.id as bot_id, b.name as bot_name, b.archived_at, e.name as running_environment, v.id as version_id,
       v.digest, v.proof, v.manifest::text as manifest, v.input_schema::text as input_schema,
       (select w.egress_hosts from workspaces w where w.id = b.workspace_id) as egress_hosts
  from bots b
  left join environments e on e.workspace_id = b.workspace_id and e.bot_id = b.id
       and case when asked.environment is null then e.name in ('prod', 'dev')
                else e.name = asked.environment end
  left join versions v on v.id = e.version_id
 where b.workspace_id = asked.workspace_id and b.id = asked.bot_id and b.deleted_at is null
 order by (e.name = 'prod') desc nulls last
 limit 1
"""
"""`runnable` as a part of a larger statement, to be joined laterally to `asked` (workspace_id, bot_id,
environment), for callers to whom each round trip counts."""


async def pointers(tx: Tx, workspace_id: UUID, bot_id: UUID) -> list[dict[str, Any]]:
    """EnvironmentViews as plain values, by name."""
    query = (
        select(
            Environment.name,
            Environment.version_id,
            Version.number,
            Version.digest,
            Version.proof,
            Environment.updated_at,
        )
        .join(Version, Version.id == Environment.version_id)
        .where(owned(Environment, workspace_id), Environment.bot_id == bot_id)
        .order_by(Environment.name)
    )
    return [dict(row) for row in (await tx.execute(query)).mappings()]


async def pointer(tx: Tx, workspace_id: UUID, bot_id: UUID, name: str) -> Any | None:
    """(version_id, number) of one environment."""
    query = (
        select(Environment.version_id, Version.number)
        .join(Version, Version.id == Environment.version_id)
        .where(owned(Environment, workspace_id), Environment.bot_id == bot_id, Environment.name == name)
    )
    return (await tx.execute(query)).one_or_none()


async def point(
    tx: Tx,
    workspace_id: UUID,
    bot_id: UUID,
    name: str,
    version_id: UUID,
    *,
    kind: str,
    before: UUID | None,
    moved_by: UUID | None,
) -> None:
    """Move a pointer and write the move down; the bot's row is locked."""
    statement = upsert(Environment).values(
        workspace_id=workspace_id, bot_id=bot_id, name=name, version_id=version_id
    )
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace_id", "bot_id", "name"],
            set_={"version_id": version_id, "updated_at": func.now()},
        )
    )
    await tx.execute(
        insert(EnvironmentMove).values(
            id=new_id(),
            workspace_id=workspace_id,
            bot_id=bot_id,
            environment=name,
            kind=kind,
            from_version_id=before,
            to_version_id=version_id,
            moved_by=moved_by,
        )
    )


async def moves(tx: Tx, workspace_id: UUID, bot_id: UUID, name: str | None = None) -> list[dict[str, Any]]:
    """MoveViews as plain values, newest first; at most the last 500."""
    query = (
        select(
            EnvironmentMove.environment,
            EnvironmentMove.kind,
            EnvironmentMove.from_version_id,
            EnvironmentMove.to_version_id,
            EnvironmentMove.moved_by,
            EnvironmentMove.moved_at,
        )
        .where(owned(EnvironmentMove, workspace_id), EnvironmentMove.bot_id == bot_id)
        .order_by(EnvironmentMove.id.desc())
        .limit(_HISTORY)
    )
    if name is not None:
        query = query.where(EnvironmentMove.environment == name)
    return [dict(row) for row in (await tx.execute(query)).mappings()]


async def runnable(
    tx: Tx, workspace_id: UUID, *, bot_id: UUID | None, name: str | None, environment: str | None
) -> Any | None:
    """A living bot and the version that `environment` points at (without one: prod if it is set, else dev).

    One row with `version_id` None when nothing is published there; no row when there is no such bot.
    """
    wanted = Environment.name == environment if environment else Environment.name.in_(["prod", "dev"])
    query = (
        select(
            Bot.id.label("bot_id"),
            Bot.name.label("bot_name"),
            Bot.archived_at,
            Environment.name.label("environment"),
            Version.id.label("version_id"),
            Version.digest,
            Version.manifest,
            Version.input_schema,
            hosts_of(workspace_id).label("egress_hosts"),
        )
        .outerjoin(
            Environment,
            and_(Environment.workspace_id == Bot.workspace_id, Environment.bot_id == Bot.id, wanted),
        )
        .outerjoin(Version, Version.id == Environment.version_id)
        .where(owned(Bot, workspace_id), Bot.deleted_at.is_(None))
        .order_by((Environment.name == "prod").desc().nulls_last())
        .limit(1)
    )
    query = query.where(Bot.id == bot_id) if bot_id is not None else query.where(Bot.name == name)
    return (await tx.execute(query)).one_or_none()
