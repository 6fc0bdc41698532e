"""What may have a budget, and what is left of one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from codex32_server.features.usage.errors import BudgetNotFoundError, BudgetNotValidError
from codex32_server.features.usage.repository import budgets
from codex32_server.features.usage.schemas import BudgetView, NewLlmKey, PutBudget
from codex32_server.http.principal import Principal
from codex32_server.kit.errors import FieldProblem
from codex32_server.kit.ids import new_id
from codex32_server.storage.session import Tx


async def put(tx: Tx, principal: Principal, wish: PutBudget) -> BudgetView:
    """Raises BudgetNotValidError."""
    workspace_id = principal.workspace_id
    subject = _subject(workspace_id, wish)
    if not await budgets.exists(tx, workspace_id, wish.scope, subject):
        raise _wrong("subject", f"There is no such {wish.scope} in this workspace.")
    budget_id = await budgets.put(
        tx,
        {
            "id": new_id(),
            "workspace_id": workspace_id,
            "scope": wish.scope,
            "subject": subject,
            "period": wish.period,
            "usd": wish.usd,
            "tokens": wish.tokens,
            "updated_by": principal.member_id,
        },
    )
    return await get(tx, workspace_id, budget_id)


async def get(tx: Tx, workspace_id: UUID, budget_id: UUID) -> BudgetView:
    """Raises BudgetNotFoundError."""
    row = await budgets.get(tx, workspace_id, budget_id)
    if row is None:
        raise BudgetNotFoundError("There is no such budget in this workspace.")
    return view(row)


def view(row: dict[str, Any]) -> BudgetView:
    """With what is left, never below nothing. Budgets of each run count run by run: nothing to show here."""
    if row["period"] == "run":
        counted = ("spent_usd", "reserved_usd", "left_usd", "spent_tokens", "reserved_tokens", "left_tokens")
        return BudgetView.model_validate({**row, **dict.fromkeys(counted)})
    usd, tokens = row["usd"], row["tokens"]
    return BudgetView(
        **row,
        left_usd=None if usd is None else max(Decimal(0), usd - row["spent_usd"] - row["reserved_usd"]),
        left_tokens=None if tokens is None else max(0, tokens - row["spent_tokens"] - row["reserved_tokens"]),
    )


def _subject(workspace_id: UUID, wish: PutBudget) -> UUID:
    if wish.usd is None and wish.tokens is None:
        raise _wrong("usd", "A budget is of dollars, of tokens, or of both.")
    if wish.scope == "workspace":
        if wish.subject not in (None, workspace_id):
            raise _wrong("subject", "The workspace's budget has no other subject.")
        return workspace_id
    if wish.subject is None:
        raise _wrong("subject", f"Say which {wish.scope}.")
    if wish.scope == "run" and wish.period != "total":
        raise _wrong("period", "A run has one budget in all: period total.")
    if wish.scope == "key" and wish.period == "run":
        raise _wrong("period", "A key has no runs: choose day, month or total.")
    return wish.subject


def _wrong(field: str, detail: str) -> BudgetNotValidError:
    return BudgetNotValidError(detail, fields=[FieldProblem(f"body.{field}", detail)])


async def check_subjects(tx: Tx, workspace_id: UUID, new: NewLlmKey) -> None:
    """That the member or bot of a new key is there. Raises BudgetNotValidError."""
    named = {"person": ("member_id", new.member_id), "bot": ("bot", new.bot), "integration": ("", None)}
    field, subject = named[new.kind]
    if new.kind == "bot" and subject is None:
        raise _wrong("bot", "Say which bot.")
    if subject is not None and not await budgets.exists(tx, workspace_id, new.kind, subject):
        raise _wrong(field, f"There is no such {new.kind} in this workspace.")
