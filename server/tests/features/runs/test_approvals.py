"""Questions of waiting runs: who answers, once, and what happens to late or other answers."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from codex32_server.features.runs.errors import ApprovalClosedError, ApprovalNotFoundError
from codex32_server.http.paging import PageRequest
from codex32_server.kit.ids import new_id
from codex32_server.queue.errors import RunNotFoundError
from codex32_server.queue.submit import cancel_run
from support.durable import Hands
from support.workspace import Platform


async def open_names(platform: Platform) -> list[str]:
    async with platform.database.transaction(platform.workspace_id) as tx:
        page = await platform.runs.approvals.open(tx, platform.workspace_id, PageRequest())
    return [approval.name for approval in page.items]


async def test_an_answer_lets_the_run_go_on(hands: Hands, platform: Platform) -> None:
    run = await hands.started()
    assert await hands.asked(run) is None
    assert await open_names(platform) == ["publish"]
    async with platform.database.transaction(platform.workspace_id) as tx:
        view = await platform.runs.get(tx, platform.workspace_id, run.id)
    assert view.status == "waiting"
    assert view.waiting_for is not None
    assert (view.waiting_for.kind, view.waiting_for.name, view.waiting_for.until) == (
        "approval",
        "publish",
        None,
    )
    assert view.next_steps == [f"Answer it: `codex32 approve {run.id} publish` (or with --reject)."]
    decided = await hands.decide(run.id, "approve")
    assert (decided.decision, decided.decided_by, decided.decided_by_name) == (
        "approve",
        platform.principal.member_id,
        "Ann",
    )
    assert await open_names(platform) == []
    again = await hands.claim()
    assert (again.id, again.attempt) == (run.id, 2)
    assert await hands.asked(again) == "approve"


async def test_the_same_answer_is_harmless_and_another_is_refused(hands: Hands) -> None:
    run = await hands.started()
    await hands.asked(run)
    first = await hands.decide(run.id, "reject")
    assert await hands.decide(run.id, "reject") == first
    with pytest.raises(ApprovalClosedError, match="was rejected by Ann at"):
        await hands.decide(run.id, "approve")


async def test_of_many_answers_at_once_one_counts(hands: Hands) -> None:
    run = await hands.started()
    await hands.asked(run)
    answers = ["approve", "reject"] * 4
    results = await asyncio.gather(
        *(hands.decide(run.id, answer) for answer in answers), return_exceptions=True
    )
    given = {one.decision for one in results if not isinstance(one, BaseException)}
    refused = [one for one in results if isinstance(one, BaseException)]
    assert len(given) == 1
    assert len(refused) == 4
    assert all(isinstance(one, ApprovalClosedError) for one in refused)
    assert (await hands.claim()).attempt == 2


async def test_what_is_not_asked_cannot_be_answered(hands: Hands) -> None:
    run = await hands.started()
    with pytest.raises(ApprovalNotFoundError):
        await hands.decide(run.id, "approve")
    with pytest.raises(RunNotFoundError):
        await hands.decide(new_id(), "approve")
    await hands.asked(run)
    with pytest.raises(ApprovalNotFoundError):
        await hands.decide(run.id, "approve", "other")


async def test_a_question_is_open_only_while_its_run_waits_for_it(hands: Hands, platform: Platform) -> None:
    """Between the question and the end of the attempt, and after a cancellation, nobody can answer."""
    run = await hands.started()
    async with hands.database.transaction(run.workspace_id) as tx:
        await hands.durable.ask(tx, run, "publish", "Well?", None)
    assert await open_names(platform) == []
    with pytest.raises(ApprovalClosedError, match="is running and does not wait"):
        await hands.decide(run.id, "approve")
    await hands.asked(run)
    async with platform.database.transaction(platform.workspace_id) as tx:
        await cancel_run(tx, platform.workspace_id, run.id)
    assert await open_names(platform) == []
    with pytest.raises(ApprovalClosedError, match="is cancelled"):
        await hands.decide(run.id, "approve")


async def test_without_an_answer_it_expires_once_and_for_all(hands: Hands, platform: Platform) -> None:
    run = await hands.started()
    assert await hands.asked(run, timeout=3600) is None
    assert await hands.queue.wake() == 0
    await platform.execute("update approvals set expires_at = now()")
    await platform.execute("update run_waits set wake_at = now()")
    assert await open_names(platform) == []
    with pytest.raises(ApprovalClosedError, match="has expired"):
        await hands.decide(run.id, "approve")
    assert await hands.queue.wake() == 1
    assert await hands.asked(await hands.claim(), timeout=3600) == "expired"


async def test_the_clock_of_a_question_runs_from_the_first_time(hands: Hands, platform: Platform) -> None:
    run = await hands.started()
    await hands.asked(run, timeout=3600)
    (before,) = await platform.rows("select expires_at from approvals")
    await platform.execute("update run_waits set wake_at = now()")
    await hands.queue.wake()
    await hands.asked(await hands.claim(), timeout=9999)
    assert await platform.rows("select expires_at from approvals") == [before]


async def test_pages_are_newest_first(hands: Hands, platform: Platform) -> None:
    for number in range(3):
        await hands.asked(await hands.started(), f"q{number}")
    seen: list[Any] = []
    async with platform.database.transaction(platform.workspace_id) as tx:
        first = await platform.runs.approvals.open(tx, platform.workspace_id, PageRequest(limit=2))
        seen += [one.name for one in first.items]
        rest = PageRequest(limit=2, after=first.items[-1].id)
        seen += [
            one.name for one in (await platform.runs.approvals.open(tx, platform.workspace_id, rest)).items
        ]
    assert seen == ["q2", "q1", "q0"]
    assert first.next_cursor is not None
