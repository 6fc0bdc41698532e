"""The one way into money: keys, budgets, what was spent. The gateway takes `VirtualKeys` and `MoneyDesk`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from codex32_server.features.usage.errors import LlmKeyNotFoundError, NotYourKeyError
from codex32_server.features.usage.repository import budgets as budget_rows
from codex32_server.features.usage.repository import keys as key_rows
from codex32_server.features.usage.repository import money, reports
from codex32_server.features.usage.repository.reports import Wanted
from codex32_server.features.usage.repository.reports import spent_of_bot as spent_of_bot
from codex32_server.features.usage.schemas import BotSpentView as BotSpentView
from codex32_server.features.usage.schemas import (
    BudgetScope,
    ForecastView,
    LlmKeyView,
    NewLlmKey,
    NewLlmKeyView,
    PutBudget,
    SeriesView,
    UsageView,
)
from codex32_server.features.usage.schemas import BudgetView as BudgetView
from codex32_server.features.usage.schemas import CallView as CallView
from codex32_server.features.usage.schemas import Dollars as Dollars
from codex32_server.features.usage.schemas import Holder as Holder
from codex32_server.features.usage.schemas import SpentView as SpentView
from codex32_server.features.usage.service import budgets, builder, keys
from codex32_server.features.usage.service import reports as reporting
from codex32_server.features.usage.service.builder import BuilderSession as BuilderSession
from codex32_server.features.usage.service.desk import MoneyDesk as MoneyDesk
from codex32_server.features.usage.service.keys import RunKeys as RunKeys
from codex32_server.features.usage.service.keys import VirtualKeys as VirtualKeys
from codex32_server.features.usage.service.looking import NearLimit as NearLimit
from codex32_server.features.usage.service.looking import SpendingAtAGlance
from codex32_server.http.paging import Page, PageRequest, next_cursor
from codex32_server.http.principal import Principal
from codex32_server.storage.session import Database, Tx

Where = Mapping[str, UUID | str]
Span = tuple[datetime | None, datetime | None]


class UsageFacade:
    """Keys, budgets and reports of workspaces. The caller owns the transaction.

    `pepper` keys the hashes of virtual keys; those who only read reports need none.
    """

    def __init__(self, pepper: bytes = b"") -> None:
        self._pepper = pepper
        self.at_a_glance = SpendingAtAGlance()

    async def create_key(self, tx: Tx, principal: Principal, new: NewLlmKey) -> NewLlmKeyView:
        """Its value is in the answer and nowhere else. Raises NotYourKeyError, BudgetNotValidError."""
        if new.kind == "person" and new.member_id not in (None, principal.member_id):
            _check_owner(principal)
        await budgets.check_subjects(tx, principal.workspace_id, new)
        made = await keys.make(tx, self._pepper, principal, new)
        if new.budget_usd is not None or new.budget_tokens is not None:
            wish = PutBudget(
                scope="key",
                subject=made.id,
                period=new.budget_period,
                usd=new.budget_usd,
                tokens=new.budget_tokens,
            )
            await budgets.put(tx, principal, wish)
        return made

    async def list_keys(self, tx: Tx, workspace_id: UUID, page: PageRequest) -> Page[LlmKeyView]:
        """Newest first, revoked ones included, without those of runs."""
        found = await key_rows.listed(tx, workspace_id, page.limit, page.after)
        cursor = next_cursor([key.id for key in found], page.limit)
        return Page(items=found[: page.limit], next_cursor=cursor)

    async def revoke_key(self, tx: Tx, principal: Principal, key_id: UUID) -> None:
        """At once and for good. Raises LlmKeyNotFoundError, NotYourKeyError."""
        key = await key_rows.get(tx, principal.workspace_id, key_id)
        if key is None:
            raise LlmKeyNotFoundError("There is no such key in this workspace.")
        if key.kind == "person" and key.member_id != principal.member_id:
            _check_owner(principal)
        await key_rows.revoke(tx, principal.workspace_id, key_id)

    async def put_budget(self, tx: Tx, principal: Principal, wish: PutBudget) -> BudgetView:
        """Set or replace a limit. Raises BudgetNotValidError."""
        return await budgets.put(tx, principal, wish)

    async def list_budgets(
        self,
        tx: Tx,
        workspace_id: UUID,
        page: PageRequest,
        scope: BudgetScope | None = None,
        subject: UUID | None = None,
    ) -> Page[BudgetView]:
        """Newest first; without a scope all but those of the builder's sessions."""
        rows = await budget_rows.listed(tx, workspace_id, scope, subject, page.limit + 1, page.after)
        items = [budgets.view(row) for row in rows[: page.limit]]
        return Page(items=items, next_cursor=next_cursor([row["id"] for row in rows], page.limit))

    async def budgets_of(self, tx: Tx, workspace_id: UUID, scope: str, subject: UUID) -> list[BudgetView]:
        """Those that people set for one bot, person, key, run or the workspace."""
        return [budgets.view(row) for row in await budget_rows.of(tx, workspace_id, scope, subject)]

    async def get_budget(self, tx: Tx, workspace_id: UUID, budget_id: UUID) -> BudgetView:
        """Raises BudgetNotFoundError."""
        return await budgets.get(tx, workspace_id, budget_id)

    async def remove_budget(self, tx: Tx, workspace_id: UUID, budget_id: UUID) -> None:
        """Raises BudgetNotFoundError."""
        await budgets.get(tx, workspace_id, budget_id)
        await budget_rows.remove(tx, workspace_id, budget_id)

    async def totals(
        self, tx: Tx, workspace_id: UUID, span: Span, where: Where, by: Sequence[str], limit: int
    ) -> UsageView:
        """Raises PeriodNotValidError."""
        between = reporting.whole_hours(*span, datetime.now(UTC))
        return await reporting.totals(tx, workspace_id, Wanted(*between, where), by, limit)

    async def series(
        self, tx: Tx, workspace_id: UUID, span: Span, where: Where, step: Literal["hour", "day"]
    ) -> SeriesView:
        """Raises PeriodNotValidError."""
        between = reporting.whole_hours(*span, datetime.now(UTC))
        return await reporting.series(tx, workspace_id, Wanted(*between, where), step)

    async def forecast(self, tx: Tx, workspace_id: UUID, where: Where) -> ForecastView:
        return await reporting.forecast(tx, workspace_id, where, datetime.now(UTC))

    async def calls(
        self, tx: Tx, workspace_id: UUID, span: Span, conditions: Where, page: PageRequest
    ) -> Page[CallView]:
        """Rows of the ledger, newest first."""
        between = reporting.whole_hours(*span, datetime.now(UTC))
        rows = await reports.calls(tx, workspace_id, conditions, between, page.after, page.limit + 1)
        items = [reporting.call_view(row) for row in rows[: page.limit]]
        return Page(items=items, next_cursor=next_cursor([row.id for row in rows], page.limit))

    def export(
        self,
        open_transaction: Callable[[], AbstractAsyncContextManager[Tx]],
        workspace_id: UUID,
        span: Span,
        conditions: Where,
    ) -> AsyncGenerator[bytes]:
        """The ledger as CSV. Raises PeriodNotValidError."""
        between = reporting.whole_hours(*span, datetime.now(UTC))
        return reporting.export(open_transaction, workspace_id, conditions, between)

    async def spent_of_runs(
        self, tx: Tx, workspace_id: UUID, run_ids: Sequence[UUID]
    ) -> dict[UUID, SpentView]:
        """Those of the runs that used models, by their ids."""
        rows = await reports.spent_of_runs(tx, workspace_id, run_ids)
        return {row["run_id"]: reporting.spent(row) for row in rows}

    async def issue_builder_key(
        self,
        tx: Tx,
        session: BuilderSession,
        *,
        seconds: float,
        models: Sequence[str] | None = None,
    ) -> str:
        """A session's key, shown this once; the one that it had is worth nothing any more."""
        return await builder.issue(tx, self._pepper, session, seconds, models)

    async def cap_builder_session(self, tx: Tx, session: BuilderSession, usd: Decimal | None) -> None:
        """What the session may spend in all, whichever keys it gets; None: no limit of its own."""
        await builder.cap(tx, session, usd)

    async def end_builder_session(self, tx: Tx, workspace_id: UUID, session_id: UUID) -> None:
        """Its key ends and its limit goes; what it spent stays known. Harmless to repeat."""
        await builder.end(tx, workspace_id, session_id)

    async def forget_builder_sessions(self, tx: Tx, workspace_id: UUID, session_ids: Sequence[UUID]) -> None:
        """For the scheduler: the limits of sessions that are gone go with them."""
        await budget_rows.remove_of_sessions(tx, workspace_id, session_ids)

    async def spent_of_builder_sessions(
        self, tx: Tx, workspace_id: UUID, session_ids: Sequence[UUID]
    ) -> dict[UUID, SpentView]:
        """Those of the sessions that used models, by their ids."""
        rows = await reports.spent_of_builder_sessions(tx, workspace_id, session_ids)
        return {row["builder_session"]: reporting.spent(row) for row in rows}

    async def reap(self, database: Database) -> int:
        """For the scheduler: settle at their worst case what a dead process had reserved; how many."""
        return await money.reap(database)

    async def ensure_partitions(self, tx: Tx) -> int:
        """For the scheduler: make the ledger's months to come."""
        return await money.ensure_partitions(tx)

    async def sweep(self, tx: Tx, workspace_id: UUID) -> int:
        """For the scheduler: remove keys of ended runs and counters of periods long over; how many."""
        return await key_rows.sweep(tx, workspace_id) + await budget_rows.sweep(tx, workspace_id)


def _check_owner(principal: Principal) -> None:
    if principal.role != "owner":
        raise NotYourKeyError("Only an owner makes or revokes keys of other people.")
