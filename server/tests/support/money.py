"""Attempts at models as the gateway makes them, without a gateway; and what the database then holds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from codex32_server.features.usage.service.desk import MoneyDesk
from codex32_server.gateway.contract import (
    Attempt,
    AttemptEnd,
    Call,
    Caller,
    Format,
    Prices,
    Reservation,
    Spent,
    Target,
    Usage,
)
from codex32_server.gateway.pricing import Rate, Rules
from codex32_server.kit.ids import new_id
from sqlalchemy import text
from support.postgres import DatabaseUnderTest

PRICES = Prices("test 1", Rules(input=Rate(Decimal(1)), output=Rate(Decimal(2))))
TARGET = Target("openai", "openai", "gpt-test", "http://127.0.0.1:1", prices=PRICES)


@dataclass
class Purse:
    """A workspace that spends."""

    database: DatabaseUnderTest
    workspace_id: UUID
    desk: MoneyDesk
    caller: Caller = field(init=False)

    def __post_init__(self) -> None:
        self.caller = Caller(self.workspace_id, new_id(), "integration", "test")

    def attempt(self, caller: Caller | None = None, **changes: Any) -> Attempt:
        call = Call(new_id(), caller or self.caller, Format.CHAT, "fast", {}, stream=False)
        return replace(Attempt(new_id(), call, TARGET, 1), **changes)

    async def reserve(self, dollars: str, tokens: int = 0, caller: Caller | None = None) -> Reservation:
        return await self.desk.reserve(self.attempt(caller), Decimal(dollars), tokens)

    async def spend(self, dollars: str, caller: Caller | None = None, **usage: int) -> None:
        await self.desk.settle(await self.reserve(dollars, caller=caller), ended(dollars, **usage))

    async def budget(
        self,
        usd: str | None,
        *,
        scope: str = "workspace",
        subject: UUID | None = None,
        period: str = "total",
        tokens: int | None = None,
    ) -> None:
        await self.execute(
            "insert into budgets (id, workspace_id, scope, subject, period, usd, tokens)"
            " values (:id, :ws, :scope, :subject, :period, cast(:usd as numeric), :tokens)"
            " on conflict (workspace_id, scope, subject, period) do update set usd = excluded.usd,"
            " tokens = excluded.tokens",
            **{"id": new_id(), "ws": self.workspace_id, "scope": scope, "period": period, "usd": usd},
            **{"subject": subject or self.workspace_id, "tokens": tokens},
        )

    async def counter(self, like: str = "workspace/%") -> tuple[Decimal, Decimal]:
        """(spent, reserved) of the one counter whose name is like this."""
        rows = await self.rows(
            "select spent_usd, reserved_usd from budget_counters"
            " where workspace_id = :ws and counter like :like",
            **{"ws": self.workspace_id, "like": like},
        )
        assert len(rows) == 1, rows
        return rows[0][0], rows[0][1]

    async def total(self) -> Decimal:
        """What the ledger adds up to."""
        sql = "select coalesce(sum(cost), 0) from llm_ledger where workspace_id = :ws"
        return (await self.rows(sql, ws=self.workspace_id))[0][0]

    async def rows(self, sql: str, **values: Any) -> list[Any]:
        async with self.database.owner.transaction(None) as tx:
            return list((await tx.execute(text(sql), values)).all())

    async def execute(self, sql: str, **values: Any) -> None:
        async with self.database.owner.transaction(None) as tx:
            await tx.execute(text(sql), values)


def ended(dollars: str, status: Any = "succeeded", error: str | None = None, **usage: int) -> AttemptEnd:
    spent = Spent(Usage(**usage), Decimal(dollars), "test 1")
    return AttemptEnd(spent, status, error, 12.5, 3.5)


async def a_purse(database: DatabaseUnderTest, name: str = "acme", **desk: Any) -> Purse:
    """A new workspace."""
    purse = Purse(database, new_id(), MoneyDesk(database.app_url, **desk))
    await purse.execute(
        "insert into workspaces (id, slug, name) values (:id, :name, :name)", id=purse.workspace_id, name=name
    )
    return purse
