"""Budgets as rows, and the counters of their present periods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, delete, text
from sqlalchemy.dialects.postgresql import insert as upsert

from codex32_server.features.usage.models import Budget
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

# The present counter of each budget; what the ledger holds stands in for one that nobody needed yet.
_WITH_COUNTERS = """
select b.id, b.scope, b.subject, b.period, b.usd, b.tokens, b.updated_at,
       case b.scope
         when 'bot' then (
           select n.name from bots n where n.workspace_id = b.workspace_id and n.id = b.subject)
         when 'person' then (
           select n.name from members n where n.workspace_id = b.workspace_id and n.id = b.subject)
         when 'key' then (
           select n.name from llm_keys n where n.workspace_id = b.workspace_id and n.id = b.subject)
       end as subject_name,
       budget_ends(b.period, now()) as resets_at,
       coalesce(c.spent_usd, t.cost, 0) as spent_usd, coalesce(c.reserved_usd, 0) as reserved_usd,
       coalesce(c.spent_tokens, t.tokens, 0) as spent_tokens,
       coalesce(c.reserved_tokens, 0) as reserved_tokens
  from (select * from budgets where workspace_id = :workspace_id {which}) b
  left join budget_counters c on c.workspace_id = b.workspace_id and b.period <> 'run'
   and c.counter = budget_counter(b.scope, b.subject, b.period, null, now())
  left join lateral (
    select sum(s.cost) as cost, sum(s.tokens)::bigint as tokens from (
      select x.cost, x.input + x.output as tokens from llm_run_totals x
       where b.scope = 'run' and x.workspace_id = b.workspace_id and x.run_id = b.subject
      union all
      select d.cost, d.input + d.output from llm_rollups d
       where b.scope <> 'run' and d.workspace_id = b.workspace_id and d.span = 'day'
         and d.at >= coalesce(budget_begins(b.period, now()), '-infinity')
         and case b.scope when 'workspace' then true when 'person' then d.member_id = b.subject
               when 'bot' then d.bot_id = b.subject else d.key_id = b.subject end) s
  ) t on c.counter is null and b.period <> 'run'
 order by {order}
"""
_PAGE = "{conditions} and (cast(:after as uuid) is null or id < :after) order by id desc limit :most"
_ORDER = "b.scope, b.subject, b.period"
_ONE = text(_WITH_COUNTERS.format(which="and id = :budget_id", order=_ORDER))
_OF = text(_WITH_COUNTERS.format(which="and scope = :scope and subject = :subject", order=_ORDER))
_FORGET = text("""
update budget_counters c set cap_usd = null, cap_tokens = null from budgets b
 where b.workspace_id = :workspace_id and b.id = :budget_id and c.workspace_id = b.workspace_id
   and c.scope = b.scope and c.subject = b.subject and c.period = b.period
""")
_SUBJECT = {
    "person": text("select exists (select from members where workspace_id = :ws and id = :id)"),
    "bot": text("select exists (select from bots where workspace_id = :ws and id = :id)"),
    "run": text("select exists (select from runs where workspace_id = :ws and id = :id)"),
    "key": text(
        "select exists (select from llm_keys where workspace_id = :ws and id = :id and kind <> 'run')"
    ),
}
_SWEEP = text("""
delete from budget_counters c
 where c.workspace_id = :workspace_id and c.reserved_usd = 0 and c.reserved_tokens = 0
   and (c.ends_at < now() - interval '40 days'
        or (c.counter like '%/run/%' and c.updated_at < now() - interval '40 days'))
""")


async def put(tx: Tx, values: dict[str, Any]) -> UUID:
    """Insert or replace the limit of a place; its id."""
    statement = upsert(Budget).values(**values)
    changed = {"usd": statement.excluded.usd, "tokens": statement.excluded.tokens}
    changed |= {"updated_by": statement.excluded.updated_by, "updated_at": text("now()")}
    place = [Budget.workspace_id, Budget.scope, Budget.subject, Budget.period]
    returned = await tx.execute(
        statement.on_conflict_do_update(index_elements=place, set_=changed).returning(Budget.id)
    )
    return returned.scalar_one()


def _page(conditions: str) -> TextClause:
    return text(_WITH_COUNTERS.format(which=_PAGE.format(conditions=conditions), order="b.id desc"))


_ALL = _page("and not builder_session")
_SCOPED = _page("and not builder_session and scope = :scope")
_OF_SUBJECT = _page(
    "and not builder_session and subject = :subject and (cast(:scope as text) is null or scope = :scope)"
)
_SESSIONS = _page("and builder_session and (cast(:subject as uuid) is null or subject = :subject)")


async def listed(
    tx: Tx, workspace_id: UUID, scope: str | None, subject: UUID | None, most: int, after: UUID | None
) -> list[dict[str, Any]]:
    """Newest first. `session` are those of the builder's sessions, which no other scope has."""
    query, where = _ALL, dict[str, Any]()
    if scope == "session":
        query, where = _SESSIONS, {"subject": subject}
    elif subject is not None:
        query, where = _OF_SUBJECT, {"scope": scope, "subject": subject}
    elif scope is not None:
        query, where = _SCOPED, {"scope": scope}
    rows = await tx.execute(query, {"workspace_id": workspace_id, "most": most, "after": after, **where})
    return [dict(row) for row in rows.mappings()]


async def get(tx: Tx, workspace_id: UUID, budget_id: UUID) -> dict[str, Any] | None:
    rows = await tx.execute(_ONE, {"workspace_id": workspace_id, "budget_id": budget_id})
    row = rows.mappings().one_or_none()
    return dict(row) if row else None


async def of(tx: Tx, workspace_id: UUID, scope: str, subject: UUID) -> list[dict[str, Any]]:
    """The budgets of one bot, person, key, run or of the workspace."""
    rows = await tx.execute(_OF, {"workspace_id": workspace_id, "scope": scope, "subject": subject})
    return [dict(row) for row in rows.mappings()]


async def remove(tx: Tx, workspace_id: UUID, budget_id: UUID) -> bool:
    """Whether there was one. Its counters stay, without a limit to tell thresholds by."""
    await tx.execute(_FORGET, {"workspace_id": workspace_id, "budget_id": budget_id})
    removed = await tx.scalars(
        delete(Budget).where(owned(Budget, workspace_id), Budget.id == budget_id).returning(Budget.id)
    )
    return removed.one_or_none() is not None


async def exists(tx: Tx, workspace_id: UUID, scope: str, subject: UUID) -> bool:
    """Whether the workspace has such a member, bot, run or key."""
    if scope == "workspace":
        return subject == workspace_id
    return bool((await tx.execute(_SUBJECT[scope], {"ws": workspace_id, "id": subject})).scalar_one())


async def remove_of(tx: Tx, workspace_id: UUID, scope: str, subject: UUID) -> None:
    """All limits of one bot, person, key or run."""
    mine = (owned(Budget, workspace_id), Budget.scope == scope, Budget.subject == subject)
    await tx.execute(delete(Budget).where(*mine))


async def remove_of_sessions(tx: Tx, workspace_id: UUID, session_ids: Sequence[UUID]) -> None:
    """The limits of sessions of the builder that are gone."""
    theirs = (owned(Budget, workspace_id), Budget.builder_session, Budget.subject.in_(session_ids))
    await tx.execute(delete(Budget).where(*theirs))


async def sweep(tx: Tx, workspace_id: UUID) -> int:
    """Remove counters of periods that are long over; how many."""
    result: Any = await tx.execute(_SWEEP, {"workspace_id": workspace_id})
    return result.rowcount
