"""Reserving and settling: what may be spent, what is written down, what is told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest
from codex32_server.features.usage.repository import money
from codex32_server.features.usage.service.entries import hit_of, settlement_of
from codex32_server.gateway.contract import CachedAnswer, Usage
from codex32_server.gateway.errors import BudgetExceededError, LedgerUnavailableError, PriceUnknownError
from codex32_server.kit.ids import new_id
from codex32_server.storage.lean import LeanConnections
from support.money import TARGET, Purse, ended
from support.postgres import DatabaseUnderTest


async def test_what_was_reserved_is_replaced_by_what_was_spent(purse: Purse) -> None:
    await purse.budget("1")
    held = await purse.reserve("0.75", 1000)
    assert await purse.counter() == (0, Decimal("0.75"))
    end = ended("0.0000001", input=10, output=3, cached=4, reasoning=2)
    await purse.desk.settle(held, end)
    assert await purse.counter() == (Decimal("0.0000001"), 0)
    await purse.desk.settle(held, ended("0.5"))  # a second time changes nothing
    assert await purse.counter() == (Decimal("0.0000001"), 0)
    [row] = await purse.rows("select * from llm_ledger")
    assert (row.id, row.cost, row.reserved) == (held.attempt.id, Decimal("0.0000001"), Decimal("0.75"))
    assert (row.input, row.output, row.cached, row.reasoning) == (10, 3, 4, 2)
    assert (row.provider, row.model, row.alias, row.price_version) == (
        *("openai", "gpt-test", "fast", "test 1"),
    )
    assert (row.status, row.latency_ms, row.first_token_ms) == ("succeeded", 12.5, 3.5)
    assert await purse.rows("select * from llm_reservations") == []


async def test_a_hard_cap_says_whose_and_when_it_ends(purse: Purse) -> None:
    await purse.budget("1", period="day")
    await purse.spend("0.9")
    with pytest.raises(BudgetExceededError) as refused:
        await purse.reserve("0.2")
    assert "The workspace's budget is $1.0000 for the day: $0.9000 are spent" in refused.value.detail
    assert refused.value.retry_after is not None
    assert 0 < refused.value.retry_after <= 86_400
    await purse.reserve("0.1")  # what fits still fits


async def test_a_total_has_no_time_at_which_it_ends(purse: Purse) -> None:
    await purse.budget("0")
    with pytest.raises(BudgetExceededError) as refused:
        await purse.reserve("0.000001")
    assert refused.value.retry_after is None
    assert "raise" in refused.value.advice
    await purse.reserve("0")  # what is free may always be used


async def test_tokens_are_a_budget_too(purse: Purse) -> None:
    await purse.budget(None, tokens=100)
    held = await purse.reserve("5", 60)
    with pytest.raises(BudgetExceededError, match="100 tokens in all: 60 are"):
        await purse.reserve("5", 50)
    await purse.desk.settle(held, ended("1", input=5, output=5))
    await purse.reserve("5", 90)


async def test_a_model_without_a_price_needs_a_caller_without_a_budget(purse: Purse) -> None:
    attempt = purse.attempt(target=replace(TARGET, prices=None))
    await purse.desk.reserve(attempt, Decimal(0), 10)
    await purse.budget("10")
    with pytest.raises(PriceUnknownError):
        await purse.desk.reserve(replace(attempt, id=new_id()), Decimal(0), 10)


async def test_all_budgets_or_none(purse: Purse) -> None:
    bot, member = new_id(), new_id()
    caller = replace(purse.caller, bot_id=bot, member_id=member, run_id=new_id())
    await purse.budget("10")
    await purse.budget("10", scope="bot", subject=bot, period="month")
    await purse.budget("1", scope="person", subject=member, period="day")
    await purse.budget("10", scope="key", subject=caller.key_id)
    await purse.budget("10", scope="bot", subject=bot, period="run")
    with pytest.raises(BudgetExceededError, match="Your budget"):
        await purse.reserve("2", caller=caller)
    sums = await purse.rows("select sum(reserved_usd), count(*) from budget_counters")
    assert sums == [(0, 5)]
    await purse.reserve("0.5", caller=caller)
    assert await purse.rows("select distinct reserved_usd from budget_counters") == [(Decimal("0.5"),)]


async def test_each_run_by_itself(purse: Purse) -> None:
    bot = new_id()
    await purse.budget("1", scope="bot", subject=bot, period="run")
    first = replace(purse.caller, bot_id=bot, run_id=new_id())
    await purse.spend("0.9", caller=first)
    with pytest.raises(BudgetExceededError, match=r"The bot.s budget is .* for a run"):
        await purse.reserve("0.2", caller=first)
    await purse.reserve("0.2", caller=replace(first, run_id=new_id()))
    [total] = await purse.rows("select cost, attempts from llm_run_totals")
    assert tuple(total) == (Decimal("0.9"), 1)


async def test_a_budget_counts_what_its_period_had_before_it_was_made(purse: Purse) -> None:
    await purse.spend("0.6")
    under_way = await purse.reserve("0.3")
    await purse.budget("1", period="month")
    with pytest.raises(BudgetExceededError):
        await purse.reserve("0.5")
    await purse.desk.settle(under_way, ended("0.3"))  # reserved before there was a counter
    assert await purse.counter() == (Decimal("0.9"), 0)


async def test_a_new_day_begins_at_midnight_in_utc(purse: Purse) -> None:
    await purse.budget("1", period="day")
    await purse.budget("1.5", period="month")
    late = datetime(2026, 11, 25, 23, 59, 59, 999_000, tzinfo=UTC)
    lean = LeanConnections(purse.database.app_url)

    async def reserve(at: datetime) -> money.Verdict:
        order = {"n": 0, "id": new_id(), "most": "0.8", "most_tokens": 0, "key_id": purse.caller.key_id}
        verdicts = await money.apply(lean, purse.workspace_id, [{**order, "entry": {}}], [], [], 60, at)
        return next(verdict for verdict in verdicts if verdict.id is not None)

    assert (await reserve(late)).verdict == "granted"
    refused = await reserve(late)
    assert (refused.verdict, refused.period, refused.resets_at) == (
        *("refused", "day", datetime(2026, 11, 26, tzinfo=UTC)),
    )
    next_day = await reserve(late + timedelta(milliseconds=1))
    assert (next_day.verdict, next_day.period, next_day.cap) == ("refused", "month", Decimal("1.5"))
    assert next_day.resets_at == datetime(2026, 12, 1, tzinfo=UTC)
    december = await reserve(datetime(2026, 12, 1, tzinfo=UTC))
    assert december.verdict == "granted"
    await lean.close()


async def test_thresholds_are_told_once_in_a_period(purse: Purse) -> None:
    await purse.budget("10", period="month")
    for dollars in ("4", "2", "1", "2.5", "0.5"):  # 40, 60, 70, 95, 100 %
        await purse.spend(dollars)
    for _ in range(2):
        with pytest.raises(BudgetExceededError):
            await purse.reserve("1")
    told = await purse.rows("select type, subject, data ->> 'percent' from events order by id")
    subject = f"workspace/{purse.workspace_id}"
    assert [tuple(row) for row in told] == [
        ("codex32.budget.threshold", subject, "50"),
        ("codex32.budget.threshold", subject, "80"),
        ("codex32.budget.threshold", subject, "100"),
        ("codex32.budget.refused", subject, None),
    ]


async def test_a_refused_one_fails_nobody_else(purse: Purse) -> None:
    await purse.budget("1")
    sizes = ["0.3", "2", "0.3", "5", "0.3", "0.2"]
    made = await asyncio.gather(*(purse.reserve(size) for size in sizes), return_exceptions=True)
    assert [isinstance(one, BudgetExceededError) for one in made] == [False, True, False, True, False, True]
    assert await purse.counter() == (0, Decimal("0.9"))


@pytest.mark.parametrize("status", ["nonsense", "\ud800"])
async def test_one_that_cannot_be_written_fails_nobody_else(purse: Purse, status: str) -> None:
    held = [await purse.reserve("0.1") for _ in range(3)]
    ends = [ended("0.1"), ended("0.1", status=status), ended("0.1")]
    done = await asyncio.gather(
        *(purse.desk.settle(one, end) for one, end in zip(held, ends, strict=True)), return_exceptions=True
    )
    assert [type(one) for one in done] == [type(None), LedgerUnavailableError, type(None)]
    assert await purse.total() == Decimal("0.2")
    [left] = await purse.rows("select id from llm_reservations")
    assert left.id == held[1].id


async def test_who_gives_up_waiting_releases_what_was_granted(purse: Purse) -> None:
    await purse.budget("1")
    tasks = [asyncio.create_task(purse.reserve("0.1")) for _ in range(5)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await purse.desk.close()
    spent, reserved = (await purse.rows("select sum(spent_usd), sum(reserved_usd) from budget_counters"))[0]
    assert (spent or 0, reserved or 0) == (0, 0)
    assert await purse.rows("select * from llm_reservations") == []


async def test_hits_cost_nothing_and_say_what_they_saved(purse: Purse) -> None:
    answer = CachedAnswer(b"{}", new_id(), Usage(input=100, output=50), Decimal("0.25"))
    await purse.desk.note_hit(purse.attempt().call, answer)
    [row] = await purse.rows("select cost, saved, cache_hit, cached_attempt_id from llm_ledger")
    assert tuple(row) == (0, Decimal("0.25"), True, answer.attempt_id)
    rollups = await purse.rows("select span, attempts, hits, input, saved from llm_rollups order by span")
    assert [tuple(row) for row in rollups] == [
        ("day", 0, 1, 0, Decimal("0.25")),
        ("hour", 0, 1, 0, Decimal("0.25")),
    ]


async def test_strange_texts_are_written_as_far_as_they_can_be(purse: Purse) -> None:
    attempt = purse.attempt()
    call = replace(attempt.call, model="a\0b\ud800" + "x" * 1000)
    held = await purse.desk.reserve(replace(attempt, call=call), Decimal(1), 0)
    await purse.desk.settle(held, ended("1", status="failed", error="upstream_failed"))
    [row] = await purse.rows("select alias, error from llm_ledger")
    assert row.alias.startswith("a\ufffdb?x")
    assert (len(row.alias), row.error) == (200, "upstream_failed")


async def test_workspaces_do_not_share_counters(purse: Purse, database: DatabaseUnderTest) -> None:
    from support.money import a_purse

    other = await a_purse(database, "other")
    await purse.budget("1")
    await other.budget("1")
    await purse.spend("1")
    await other.spend("1")
    with pytest.raises(BudgetExceededError):
        await other.reserve("0.1")
    async with database.app.transaction(other.workspace_id) as tx:
        from sqlalchemy import text

        for table in ("llm_ledger", "budget_counters", "llm_rollups", "budgets"):
            seen = await tx.execute(text(f"select distinct workspace_id from {table}"))
            assert [row[0] for row in seen] == [other.workspace_id], table
    await other.desk.close()


async def test_a_database_that_is_away_is_said_so(database: DatabaseUnderTest, purse: Purse) -> None:
    from codex32_server.features.usage.service import desk

    gone = desk.MoneyDesk("postgresql://nobody@127.0.0.1:9/none")
    waits, desk._RETRY_AFTER = desk._RETRY_AFTER, (0.001,)  # type: ignore[assignment]
    try:
        with pytest.raises(LedgerUnavailableError):
            await gone.reserve(purse.attempt(), Decimal(1), 1)
    finally:
        desk._RETRY_AFTER = waits
        await gone.close()


async def test_a_batch_that_is_written_again_changes_nothing(purse: Purse) -> None:
    """As after a connection that was lost before the answer came."""
    await purse.budget("1")
    lean = LeanConnections(purse.database.app_url)
    held = await purse.reserve("0.1")
    order = {"n": 0, "id": new_id(), "most": "0.6", "most_tokens": 5, "key_id": purse.caller.key_id}
    order["entry"] = {}
    settle = settlement_of(held.id, ended("0.1", input=1), TARGET.prices)
    hit = hit_of(purse.attempt().call, CachedAnswer(b"{}", new_id(), Usage(input=1), Decimal("0.2")))
    batch = ([order], [settle], [hit])
    books = "select spent_usd, reserved_usd, spent_tokens, reserved_tokens from budget_counters"
    sums = "select sum(attempts), sum(hits), sum(cost), sum(saved) from llm_rollups"
    first = await money.apply(lean, purse.workspace_id, *batch, 60)
    after = (await purse.rows(books), await purse.rows(sums))
    second = await money.apply(lean, purse.workspace_id, *batch, 60, again=True)
    assert [one.verdict for one in (*first, *second) if one.id] == ["granted", "granted"]
    assert (await purse.rows(books), await purse.rows(sums)) == after
    assert after[0] == [(Decimal("0.1"), Decimal("0.6"), 1, 5)]
    with pytest.raises(psycopg.errors.UniqueViolation):  # said to be the first time: nothing is counted twice
        await money.apply(lean, purse.workspace_id, [{**order, "most": "0.1"}], [], [], 60)
    assert await purse.rows(books) == after[0]
    await lean.close()
