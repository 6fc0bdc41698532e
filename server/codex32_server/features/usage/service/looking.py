"""Spending at a glance: today, this month and what the month will cost; limits that are nearly used up."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
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

_REMEMBERED = 200
"""Workspaces whose past hours are remembered."""
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
    """The caller owns the transaction.

    What past hours cost is the dearest part of a forecast and changes by the hour: it is kept that long.
    """

    def __init__(self) -> None:
        self._past: OrderedDict[UUID, tuple[datetime, Mapping[datetime, Decimal]]] = OrderedDict()

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
        past = await self._past_costs(tx, workspace_id, now)
        forecast = await reporting.forecast(tx, workspace_id, {}, now, past)
        return Spending(today["cost"], forecast, budgets.view(limits[0]) if limits else None)

    async def _past_costs(self, tx: Tx, workspace_id: UUID, now: datetime) -> Mapping[datetime, Decimal]:
        hour = now.replace(minute=0, second=0, microsecond=0)
        known = self._past.pop(workspace_id, None)
        if known is None or known[0] != hour:
            known = (hour, await reporting.past_costs(tx, workspace_id, {}, now))
        self._past[workspace_id] = known
        if len(self._past) > _REMEMBERED:
            self._past.popitem(last=False)
        return known[1]
