"""Questions of waiting runs: who may answer what, once, and what the run then goes on with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from codex32_server.features.runs.errors import ApprovalClosedError, ApprovalNotFoundError
from codex32_server.features.runs.models import Approval
from codex32_server.features.runs.repository import durable
from codex32_server.features.runs.schemas import ApprovalView, Decision
from codex32_server.http.paging import Page, PageRequest, next_cursor
from codex32_server.kit.ids import new_id
from codex32_server.queue.calls import hold_run, wake_run
from codex32_server.queue.entries import ClaimedRun
from codex32_server.queue.transitions import Status
from codex32_server.storage.session import Tx


class Approvals:
    """The caller owns the transaction."""

    async def ask(self, tx: Tx, run: ClaimedRun, name: str, message: str, timeout: float | None) -> Approval:
        """The question as it stands; asked now if it was not before. The clock runs from the first time."""
        expires = None if timeout is None else await durable.now(tx) + timedelta(seconds=timeout)
        row = {
            "id": new_id(),
            "workspace_id": run.workspace_id,
            "run_id": run.id,
            "bot_id": run.bot_id,
            "name": name,
            "message": message,
            "expires_at": expires,
        }
        await durable.ask(tx, row)
        found = await durable.approval(tx, run.workspace_id, run.id, name)
        assert found is not None  # written or found in this transaction
        return found

    async def decide(
        self,
        tx: Tx,
        workspace_id: UUID,
        run_id: UUID,
        name: str,
        decision: Decision,
        comment: str | None,
        by: tuple[UUID, str],
    ) -> ApprovalView:
        """Answer, and let the run go on. The same answer again changes nothing.

        Raises RunNotFoundError (of the queue), ApprovalNotFoundError or ApprovalClosedError.
        """
        status = await hold_run(tx, workspace_id, run_id)
        found = await durable.approval(tx, workspace_id, run_id, name)
        if found is None:
            raise ApprovalNotFoundError(f"Run {run_id} asks nothing named {name[:100]!r}.")
        moment = await durable.now(tx)
        present = decision_of(found, moment)
        if present is not None and present != decision:
            raise ApprovalClosedError(_closed(found, present))
        if present is None:
            await self._answer(tx, status, found, decision, comment, by)
        (row,) = await durable.approvals_of(tx, workspace_id, run_id, name)
        return view(row)

    async def _answer(
        self,
        tx: Tx,
        status: Status,
        found: Approval,
        decision: Decision,
        comment: str | None,
        by: tuple[UUID, str],
    ) -> None:
        """The run is locked: it cannot begin or cease to wait meanwhile."""
        waits = await durable.waits_of(tx, found.workspace_id, [found.run_id])
        wait = waits.get(found.run_id)
        if status is not Status.WAITING or wait is None or (wait.kind, wait.name) != ("approval", found.name):
            raise ApprovalClosedError(f"The run is {status} and does not wait for {found.name!r}.")
        await durable.answer(tx, found.workspace_id, found.id, decision, comment, *by)
        await wake_run(tx, found.workspace_id, found.run_id)
        tx.expire_all()

    async def open(self, tx: Tx, workspace_id: UUID, page: PageRequest) -> Page[ApprovalView]:
        """What waits for an answer, newest first."""
        rows = await durable.open_approvals(tx, workspace_id, page.after, page.limit + 1)
        cursor = next_cursor([row[0].id for row in rows], page.limit)
        return Page(items=[view(row) for row in rows[: page.limit]], next_cursor=cursor)

    async def of_run(self, tx: Tx, workspace_id: UUID, run_id: UUID) -> Sequence[ApprovalView]:
        """Every question of a run, first to last, answered or not."""
        return [view(row) for row in await durable.approvals_of(tx, workspace_id, run_id)]


def decision_of(approval: Approval, moment: datetime) -> str | None:
    """approve, reject, expired, or None while it is open at that moment of the database's clock."""
    if approval.decision is None and approval.expires_at is not None and approval.expires_at <= moment:
        return "expired"
    return approval.decision


def _closed(found: Approval, present: str) -> str:
    if present == "expired":
        return f"{found.name!r} has expired at {found.expires_at:%Y-%m-%d %H:%M:%S} UTC."
    verb = "approved" if present == "approve" else "rejected"
    return (
        f"{found.name!r} was {verb} by {found.decided_by_name} at {found.decided_at:%Y-%m-%d %H:%M:%S} UTC."
    )


def view(row: Any) -> ApprovalView:
    """`row`: the approval, `bot_name`, `environment` and the database's `now`."""
    found: Approval = row[0]
    return ApprovalView(
        id=found.id,
        run_id=found.run_id,
        bot_id=found.bot_id,
        bot_name=row.bot_name or "",
        environment=row.environment,
        name=found.name,
        message=found.message,
        requested_at=found.requested_at,
        expires_at=found.expires_at,
        decision=cast("Any", decision_of(found, row.now)),
        comment=found.comment,
        decided_by=found.decided_by,
        decided_by_name=found.decided_by_name,
        decided_at=found.decided_at,
    )
