"""Queries of proposals. Names of bots and members are read with them, so that no list asks once a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select, text, update

from codex32_server.features.proposals.models import Proposal
from codex32_server.features.proposals.schemas import ProposalFilter
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

_SHOWN = """
select p.id, p.bot_id, b.name as bot_name, p.base_version_id, v.number as base_number, p.title, p.goal,
       p.rationale, p.risks, p.origin, p.origin_ref, p.widening, p.status,
       case when p.proof = 'pending' and not exists (
           select from jobs j
            where j.workspace_id = p.workspace_id and j.id = p.proof_job_id
              and j.status in ('queued', 'running')
       ) then 'failed' else p.proof end as proof,
       p.base_version_id is distinct from coalesce(
           (select e.version_id from environments e
             where e.workspace_id = p.workspace_id and e.bot_id = p.bot_id and e.name = 'dev'),
           (select n.id from versions n
             where n.workspace_id = p.workspace_id and n.bot_id = p.bot_id and n.number = b.version_count)
       ) as stale, p.digest, p.created_at, maker.name as created_by,
       judge.name as reviewer, p.reviewed_at, p.review_note, p.applied_at, p.applied_version_id
"""
_FROM = """
  from proposals p
  join bots b on b.id = p.bot_id and b.workspace_id = p.workspace_id
  join versions v on v.id = p.base_version_id and v.workspace_id = p.workspace_id
  left join members maker on maker.id = p.created_by and maker.workspace_id = p.workspace_id
  left join members judge on judge.id = p.reviewer and judge.workspace_id = p.workspace_id
 where p.workspace_id = :workspace_id
"""
_PAGE = text(
    _SHOWN
    + _FROM
    + """
   and (cast(:bot as text) is null or b.name = :bot or b.id::text = :bot)
   and (cast(:status as text) is null or p.status = :status)
   and (cast(:after as uuid) is null or p.id < :after)
 order by p.id desc limit :most
"""
).bindparams(bindparam("after", None))
_ONE = text(f"{_SHOWN}, p.changes, p.manifest_changes, p.evidence, p.files {_FROM} and p.id = :id")


async def add(tx: Tx, values: Mapping[str, Any]) -> UUID:
    """A proposal; its id."""
    made = await tx.execute(insert(Proposal).values(**values).returning(Proposal.id))
    return made.scalar_one()


async def page(
    tx: Tx, workspace_id: UUID, wanted: ProposalFilter, limit: int, after: UUID | None
) -> Sequence[Mapping[str, Any]]:
    """Newest first, one more than `limit`."""
    values = {
        "workspace_id": workspace_id,
        "bot": wanted.bot,
        "status": wanted.status,
        "after": after,
        "most": limit + 1,
    }
    return [dict(row) for row in (await tx.execute(_PAGE, values)).mappings()]


async def one(tx: Tx, workspace_id: UUID, proposal_id: UUID) -> Mapping[str, Any] | None:
    """With everything that it would change."""
    found = await tx.execute(_ONE, {"workspace_id": workspace_id, "id": proposal_id})
    row = found.mappings().one_or_none()
    return dict(row) if row is not None else None


async def lock(tx: Tx, workspace_id: UUID, proposal_id: UUID) -> Proposal | None:
    """For a change of its state: two reviewers wait for each other."""
    query = select(Proposal).where(owned(Proposal, workspace_id), Proposal.id == proposal_id)
    return await tx.scalar(query.with_for_update())


async def unproven(tx: Tx, workspace_id: UUID, proposal_id: UUID) -> Proposal | None:
    """One whose tests have not ended yet."""
    query = select(Proposal).where(
        owned(Proposal, workspace_id), Proposal.id == proposal_id, Proposal.proof == "pending"
    )
    return await tx.scalar(query)


async def record_proof(tx: Tx, workspace_id: UUID, proposal_id: UUID, values: Mapping[str, Any]) -> bool:
    """Write the proof down once; whether it was this time."""
    statement = (
        update(Proposal)
        .where(owned(Proposal, workspace_id), Proposal.id == proposal_id, Proposal.proof == "pending")
        .values(**values)
        .returning(Proposal.id)
    )
    return (await tx.execute(statement)).one_or_none() is not None


async def decide(tx: Tx, proposal: Proposal, values: Mapping[str, Any]) -> None:
    """Write down what became of a locked proposal."""
    statement = (
        update(Proposal)
        .where(owned(Proposal, proposal.workspace_id), Proposal.id == proposal.id)
        .values(**values)
    )
    await tx.execute(statement)


async def edit_of_version(tx: Tx, workspace_id: UUID, version_id: UUID) -> str | None:
    """What the proposal came from that this version was made of, if it was the edit of a session."""
    query = select(Proposal.origin_ref).where(
        owned(Proposal, workspace_id), Proposal.applied_version_id == version_id, Proposal.origin == "edit"
    )
    return await tx.scalar(query.order_by(Proposal.id.desc()).limit(1))


async def suggested_from(tx: Tx, workspace_id: UUID, version_id: UUID) -> UUID | None:
    """The base of the suggestion's proposal that this version was made of, if it was one."""
    query = select(Proposal.base_version_id).where(
        owned(Proposal, workspace_id),
        Proposal.applied_version_id == version_id,
        Proposal.origin == "suggestion",
    )
    return await tx.scalar(query.order_by(Proposal.id.desc()).limit(1))


_WAITING = text("""
select p.id, p.title, p.status, p.proof, p.widening, p.bot_id, b.name as bot_name, p.created_at
  from proposals p join bots b on b.id = p.bot_id and b.workspace_id = p.workspace_id
 where p.workspace_id = :workspace_id and p.status in ('proposed', 'approved') and b.deleted_at is null
 order by p.id desc limit :most
""")


async def waiting(tx: Tx, workspace_id: UUID, most: int) -> Sequence[Mapping[str, Any]]:
    """Those that a person has yet to approve, reject or apply, in short, newest first."""
    rows = await tx.execute(_WAITING, {"workspace_id": workspace_id, "most": most})
    return [dict(row) for row in rows.mappings()]
