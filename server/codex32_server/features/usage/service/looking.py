"""Spending at a glance: today, this month and what the month will cost; limits that are nearly used up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from codex32_server.features.usage.repository import budgets as budget_rows
from codex32_server.features.usage.repository import looking, reports
from codex32_server.features.usage.repository.reports import Wanted
from codex32_server.features.usage.schemas import BudgetView, ForecastView
from codex32_server.features.usage.service import budgets
from codex32_server.features.usage.service import reports as reporting
from codex32_server.storage.session import Tx

_SHOWN = ("month", "day", "total")
"""Of the workspace's budgets the first of these is shown."""


@dataclass(frozen=True)
class NearLimit:
    """A limit of the present period of which 80 % or more are spent. `name` is empty for the workspace."""

    scope: str
    subject: UUID
    period: str
    ends_at: datetime | None
    at: datetime
    name: str
    spent_usd: Decimal
    cap_usd: Decimal | None
    share: float


@dataclass(frozen=True)
class Spending:
    """What a workspace spends on models, in UTC, and its own budget if it has one."""

    today: Decimal
    forecast: ForecastView
    budget: BudgetView | None


class SpendingAtAGlance:
    """The caller owns the transaction."""

    async def near_limits(self, tx: Tx, workspace_id: UUID, most: int) -> list[NearLimit]:
        """Fullest first."""
        return [NearLimit(*row) for row in await looking.near(tx, workspace_id, most)]

    async def spending(self, tx: Tx, workspace_id: UUID) -> Spending:
        """With the workspace's budget of the month, or else of the day or in all."""
        now = datetime.now(UTC)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        wanted = Wanted(midnight, midnight + timedelta(days=1), {})
        today, _ = await reports.totals(tx, workspace_id, wanted, (), 1)
        rows = await budget_rows.of(tx, workspace_id, "workspace", workspace_id)
        shown = (row for row in rows if row["period"] in _SHOWN)
        limits = sorted(shown, key=lambda row: _SHOWN.index(row["period"]))
        forecast = await reporting.forecast(tx, workspace_id, {}, now)
        return Spending(today["cost"], forecast, budgets.view(limits[0]) if limits else None)
