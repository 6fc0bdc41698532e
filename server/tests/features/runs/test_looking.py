"""Getting, listing, waiting for and following runs."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from codex32_server.features.runs.errors import RunNotFoundError
from codex32_server.features.runs.schemas import RunFilter, RunView
from codex32_server.features.runs.service.following import fits
from codex32_server.http.paging import PageRequest, decode_cursor
from codex32_server.kit.ids import new_id
from codex32_server.queue.notify import Listener
from support.postgres import DatabaseUnderTest
from support.workspace import Platform, a_platform


async def listed(platform: Platform, page: PageRequest | None = None, **wanted: str) -> list[RunView]:
    async with platform.database.transaction(platform.workspace_id) as tx:
        found = await platform.runs.list(
            tx,
            platform.workspace_id,
            RunFilter(**wanted),
            page or PageRequest(),  # type: ignore[arg-type]
        )
    return found.items


async def test_pages_go_from_the_newest_to_the_oldest_without_gaps(platform: Platform) -> None:
    made = [(await platform.submit("hello", {"limit": n})).id for n in range(7)]
    seen: list[object] = []
    after = None
    while True:
        async with platform.database.transaction(platform.workspace_id) as tx:
            page = await platform.runs.list(tx, platform.workspace_id, RunFilter(), PageRequest(3, after))
        seen += [view.id for view in page.items]
        if page.next_cursor is None:
            break
        after = decode_cursor(page.next_cursor)
        await platform.submit("hello")  # newer ones do not shift the pages
    assert seen == made[::-1]


async def test_filters(platform: Platform) -> None:
    other = await platform.deploy("other")
    await platform.publish(other, "prod")
    one, two = await platform.submit("hello"), await platform.submit("other")
    trigger_id = new_id()
    three = await platform.submit("other", environment="dev", trigger_kind="schedule", trigger_id=trigger_id)
    await platform.end(one.id, "failed", error_code="timeout", error_detail="too slow")
    cases = [
        ({"bot": "hello"}, [one]),
        ({"bot": str(other)}, [three, two]),
        ({"bot": "nobody"}, []),
        ({"bot": "other", "environment": "prod"}, [two]),
        ({"status": "failed"}, [one]),
        ({"status": "queued"}, [three, two]),
        ({"trigger": str(trigger_id)}, [three]),
        ({"trigger": "api"}, [two, one]),
    ]
    for wanted, expected in cases:
        assert [view.id for view in await listed(platform, **wanted)] == [view.id for view in expected], (
            wanted
        )


async def test_filters_of_time_version_person_error_and_words(platform: Platform) -> None:
    await platform.deploy("sales-report")
    person = new_id()
    one = await platform.submit("hello", created_by=person)
    two, three = await platform.submit("sales-report"), await platform.submit("hello")
    await platform.end(three.id, "failed", error_code="timeout", error_detail="too slow")
    between = one.created_at + (two.created_at - one.created_at) / 2
    cases: list[tuple[dict[str, object], list[RunView]]] = [
        ({"person": person}, [one]),
        ({"version": one.version_id}, [three, one]),
        ({"error": "timeout"}, [three]),
        ({"error": "bot_error"}, []),
        ({"q": "S-RE"}, [two]),
        ({"q": "s_re"}, []),
        ({"q": str(two.id)}, [two]),
        ({"q": "hello", "bot": "sales-report"}, []),
        (
            {"since": datetime(1, 1, 1, tzinfo=UTC), "until": datetime(9999, 1, 1, tzinfo=UTC)},
            [three, two, one],
        ),
        ({"until": datetime(1, 1, 1, tzinfo=UTC)}, []),
    ]
    if two.created_at - one.created_at > timedelta(milliseconds=4):
        cases += [({"since": between}, [three, two]), ({"until": between}, [one])]
    for wanted, expected in cases:
        found = await listed(platform, **wanted)  # type: ignore[arg-type]
        assert [view.id for view in found] == [view.id for view in expected], wanted
        fitting = [view.id for view in (three, two, one) if fits(view, RunFilter(**wanted))]  # type: ignore[arg-type]
        if "error" not in wanted:  # the views are from before the end
            assert fitting == [view.id for view in expected], wanted


async def test_runs_of_a_deleted_bot_are_still_listed_by_its_name(platform: Platform) -> None:
    run = await platform.submit("hello")
    async with platform.database.transaction(platform.workspace_id) as tx:
        await platform.bots.delete(tx, platform.principal, "hello")
    assert [view.id for view in await listed(platform, bot="hello")] == [run.id]


async def test_lists_leave_large_fields_out_and_say_so(platform: Platform) -> None:
    noise = "".join(chr(0x4E00 + (n * 7919) % 20000) for n in range(20_000))
    run = await platform.submit("hello", {"mode": noise})
    (view,) = await listed(platform)
    assert (view.input, view.omitted) == (None, ["input"])
    async with platform.database.transaction(platform.workspace_id) as tx:
        whole = await platform.runs.get(tx, platform.workspace_id, run.id)
    assert (whole.input, whole.omitted) == ({"mode": noise}, [])


async def test_other_workspaces_see_nothing(platform: Platform, database: DatabaseUnderTest) -> None:
    other = await a_platform(database, "other")
    run = await platform.submit("hello")
    assert await listed(other) == []
    async with other.database.transaction(other.workspace_id) as tx:
        with pytest.raises(RunNotFoundError):
            await other.runs.get(tx, other.workspace_id, run.id)
        with pytest.raises(RunNotFoundError):
            await other.runs.get(tx, platform.workspace_id, run.id)


@pytest.mark.parametrize(
    ("status", "code", "step"),
    [
        ("failed", "out_of_memory", "limits.memory"),
        ("timed_out", "timeout", "limits.timeout"),
        ("failed", "bot_error", "codex32 logs"),
        ("failed", "approval_rejected", "codex32 approvals --run"),
        ("failed", "secret_missing", "codex32 secrets set"),
        ("cancelled", "cancelled", "retry"),
    ],
)
async def test_an_ended_run_says_what_to_do_next(
    platform: Platform, status: str, code: str, step: str
) -> None:
    run = await platform.submit("hello")
    await platform.end(run.id, status, error_code=code, error_detail="why")
    (view,) = await listed(platform)
    assert view.error is not None
    assert (view.error.code, view.error.detail, view.duration_ms) == (code, "why", 0)
    assert step in view.next_steps[0]


async def test_cancelling_a_queued_run_ends_it_and_is_harmless_to_repeat(platform: Platform) -> None:
    run = await platform.submit("hello")
    for _ in range(2):
        async with platform.database.transaction(platform.workspace_id) as tx:
            view = await platform.runs.cancel(tx, platform.workspace_id, run.id, "not needed")
    assert (view.status, view.cancel_reason) == ("cancelled", "not needed")


async def test_waiting_ends_with_the_run(platform: Platform, listener: Listener) -> None:
    run = await platform.submit("hello")
    begun = monotonic()
    waiting = asyncio.create_task(
        platform.runs.wait_for_end(platform.database, listener, platform.workspace_id, run.id, 30)
    )
    await asyncio.sleep(0.2)
    await platform.end(run.id, output="7")
    view = await waiting
    assert (view.status, view.output) == ("succeeded", 7)
    assert monotonic() - begun < 0.9  # told, not found by the poll


async def test_waiting_gives_up_in_time(platform: Platform, listener: Listener) -> None:
    run = await platform.submit("hello")
    view = await platform.runs.wait_for_end(platform.database, listener, platform.workspace_id, run.id, 0.2)
    assert view.status == "queued"
    with pytest.raises(RunNotFoundError):
        await platform.runs.wait_for_end(platform.database, listener, platform.workspace_id, new_id(), 5)


async def test_changes_of_a_run_until_its_end(platform: Platform, listener: Listener) -> None:
    run = await platform.submit("hello")
    views = platform.runs.changes(platform.database, listener, platform.workspace_id, run.id)
    assert (await anext(views)).status == "queued"
    await platform.end(run.id, "timed_out", error_code="timeout", error_detail="slow")
    async with asyncio.timeout(5):
        assert [view.status async for view in views] == ["timed_out"]


async def test_the_live_list_shows_new_and_changed_runs_of_this_workspace_only(
    platform: Platform, listener: Listener, database: DatabaseUnderTest
) -> None:
    other = await a_platform(database, "other")
    await other.deploy("hello")
    first = await platform.submit("hello")
    live = platform.runs.live(platform.database, listener, platform.workspace_id, RunFilter())
    assert (await anext(live)).id == first.id
    foreign = await other.submit("hello")
    await other.end(foreign.id)
    second = await platform.submit("hello")
    await platform.end(first.id)
    async with asyncio.timeout(10):
        seen = {(view.id, view.status) for view in [await anext(live), await anext(live)]}
    assert seen == {(first.id, "succeeded"), (second.id, "queued")}


async def test_attempts(platform: Platform) -> None:
    run = await platform.submit("hello")
    worker = new_id()
    await platform.execute(
        "insert into workers (id, name, slots, state) values (:id, 'host:1', 1, 'ready')", id=worker
    )
    for attempt in (1, 2):
        await platform.execute(
            "insert into run_attempts (id, workspace_id, run_id, attempt, outcome, worker_id, error_code,"
            " error_detail, exit_code) values (:id, :ws, :run, :attempt, 'failed', :worker,"
            " 'exit_code', 'It ended with 3.', 3)",
            id=new_id(), ws=platform.workspace_id, run=run.id, attempt=attempt, worker=worker,
        )  # fmt: skip
    async with platform.database.transaction(platform.workspace_id) as tx:
        found = await platform.runs.attempts(tx, platform.workspace_id, run.id)
    assert [(one.attempt, one.outcome, one.worker, one.exit_code) for one in found] == [
        (1, "failed", "host:1", 3),
        (2, "failed", "host:1", 3),
    ]
