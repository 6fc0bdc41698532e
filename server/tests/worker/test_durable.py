"""Bots that take steps, wait, ask and call, in real sandboxes: what is done once and what is done again."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.runs.facade import RunsFacade
from support.chaos import reaping
from support.postgres import DatabaseUnderTest
from support.queue import AT_ONCE, Rows, submitted
from support.waiting import until
from support.worker import NO_OP, WorkerProcess, Workshop

pytestmark = pytest.mark.sandbox

STEPS = """
from codex32_bot import emit, run, state, step

@step
def add(n):
    state.update("calls", lambda count: count + 1, 0)
    emit("added", {"n": n}, subject=str(n))
    return n

def main() -> dict:
    total = sum(add(n) for n in range(3))
    emit("outside", {"attempt": run.info().attempt})
    if run.info().attempt < 3:
        raise RuntimeError("again")
    return {"total": total, "calls": state.get("calls")}
"""

ASKS = """
from codex32_bot import ApprovalRejected, approval, emit, files, log, run, sleep, step

def main(seconds: float = 3600.0) -> dict:
    kept = step("prepare", lambda: files.output("letter.txt").write_text("Dear"))
    emit("asked")
    try:
        decision = approval("publish", message="Send it?")
    except ApprovalRejected as no:
        return {"sent": False, "why": str(no), "attempt": run.info().attempt}
    if seconds:
        sleep(seconds)
    return {"sent": kept, "by": decision.by, "comment": decision.comment, "attempt": run.info().attempt}
"""

PARENT = """
from codex32_bot import BotCallError, call, step

def main(times: int = 1) -> list:
    seen = []
    for n in range(times):
        try:
            seen.append(call("child", {"n": n}))
        except BotCallError as error:
            seen.append([error.code, error.detail])
    return seen
"""

CHILD = "def main(n: int) -> int:\n    return 10 // n"


async def events(rows: Rows, run_id: UUID) -> list[tuple[str, Any, str | None]]:
    found = await rows.all("select type, data, subject from events where run_id = %s order by id", run_id)
    return [(row["type"], row["data"], row["subject"]) for row in found]


async def outcomes(rows: Rows, run_id: UUID) -> list[str]:
    return [row["outcome"] for row in await rows.attempts(run_id)]


async def decide(
    workshop: Workshop, run_id: UUID, decision: Any, comment: str | None = None, name: str = "publish"
) -> None:
    runs = RunsFacade(BotsFacade().resolve)
    async with workshop.app.transaction(workshop.workspace_id) as tx:
        await runs.approvals.decide(
            tx, workshop.workspace_id, run_id, name, decision, comment, (workshop.workspace_id, "Ann")
        )


async def test_finished_steps_are_not_done_again_and_failed_attempts_emit_nothing(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    await workshop.bot("adds", STEPS, 'retries = { attempts = 3, backoff = "none" }')
    run = workshop.run_of("adds", retries=AT_ONCE)
    async with WorkerProcess(database.worker_url, home) as worker:
        await submitted(database.app, run)
        await until(lambda: rows.status(run.id), "succeeded", worker=worker)
    assert (await rows.run(run.id))["output"] == {"total": 3, "calls": 3}
    assert await outcomes(rows, run.id) == ["failed", "failed", "succeeded"]
    added = [("added", {"n": n}, str(n)) for n in range(3)]
    assert await events(rows, run.id) == [*added, ("outside", {"attempt": 3}, None)]
    steps = await rows.all("select key, attempt, value from run_steps where run_id = %s order by key", run.id)
    assert [(row["key"], row["attempt"], row["value"]) for row in steps] == [
        (f"step:add#{n + 1}", 1, n) for n in range(3)
    ]


async def test_a_run_waits_for_a_person_and_a_time_and_keeps_what_it_has(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    await workshop.bot("asks", ASKS)
    run = workshop.run_of("asks")
    async with (
        WorkerProcess(database.worker_url, home) as worker,
        reaping(database.scheduler_url),
    ):
        await submitted(database.app, run)
        await until(lambda: rows.status(run.id), "waiting", worker=worker)
        (wait,) = await rows.all("select * from run_waits")
        assert (wait["kind"], wait["name"], wait["detail"]) == ("approval", "publish", "Send it?")
        row = await rows.run(run.id)
        assert (row["lease_expires_at"], row["failures"], row["finished_at"]) == (None, 0, None)
        await worker.end(signal.SIGTERM)
        await decide(workshop, run.id, "approve", "go")
        async with WorkerProcess(database.worker_url, home) as heir:
            sleeping = "select kind from run_waits where kind = 'sleep'"
            await until(lambda: rows.all(sleeping), [{"kind": "sleep"}], worker=heir)
            moment = (await rows.all("select wake_at - now() as left from run_waits"))[0]["left"]
            assert 3500 < moment.total_seconds() <= 3600
            # Months later.
            await rows.execute("update run_waits set wake_at = now()")
            await rows.execute(
                "update run_steps set value = json_build_object('until', now()) where key = 'sleep:sleep#1'"
            )
            await until(lambda: rows.status(run.id), "succeeded", worker=heir)
    assert (await rows.run(run.id))["output"] == {"sent": 4, "by": "Ann", "comment": "go", "attempt": 3}
    assert await outcomes(rows, run.id) == ["suspended", "suspended", "succeeded"]
    assert await events(rows, run.id) == [("asked", None, None)]
    (file,) = await rows.all("select name, attempt from run_files where run_id = %s", run.id)
    assert file == {"name": "letter.txt", "attempt": 1}


async def test_a_no_reaches_the_bot(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    await workshop.bot("asks", ASKS)
    run = workshop.run_of("asks")
    async with WorkerProcess(database.worker_url, home) as worker:
        await submitted(database.app, run)
        await until(lambda: rows.status(run.id), "waiting", worker=worker)
        await decide(workshop, run.id, "reject", "too early")
        await until(lambda: rows.status(run.id), "succeeded", worker=worker)
    output = (await rows.run(run.id))["output"]
    assert output == {"sent": False, "why": "Ann rejected 'publish': too early", "attempt": 2}


async def test_waiting_runs_hold_no_slot_and_end_at_once_when_cancelled(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    await workshop.bot("asks", ASKS)
    await workshop.bot("quick", NO_OP)
    waiting = [workshop.run_of("asks", concurrency=1) for _ in range(3)]
    async with WorkerProcess(database.worker_url, home, worker_slots=1) as worker:
        await submitted(database.app, *waiting)
        await until(lambda: rows.counts(), {"waiting": 3}, worker=worker)
        quick = workshop.run_of("quick")
        await submitted(database.app, quick)
        await until(lambda: rows.status(quick.id), "succeeded", worker=worker)
        for run in waiting:
            await workshop.cancel(run.id)
            assert await rows.status(run.id) == "cancelled"
    assert await rows.all("select * from run_waits") == []


async def test_parents_do_not_block_their_children(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    """One slot, and so many parents that some lend it and the others are suspended."""
    await workshop.bot("child", CHILD)
    await workshop.bot("parent", PARENT, 'calls = ["child"]')
    parents = [workshop.run_of("parent", input='{"times": 2}') for _ in range(8)]
    async with (
        WorkerProcess(database.worker_url, home, worker_slots=1) as worker,
        reaping(database.scheduler_url),
    ):
        await submitted(database.app, *parents)
        await until(lambda: _ended(rows, parents), 8, timeout=60, worker=worker)
    for run in parents:
        row = await rows.run(run.id)
        assert row["status"] == "succeeded"
        error, value = row["output"]
        assert (error[0], value) == ("bot_error", 10)
        assert "ZeroDivisionError" in error[1]
        children = await rows.all(
            "select status, trigger_kind, environment from runs where parent_run_id = %s order by id", run.id
        )
        assert [child["status"] for child in children] == ["failed", "succeeded"]
        assert {(child["trigger_kind"], child["environment"]) for child in children} == {("bot", "dev")}


async def _ended(rows: Rows, runs: list[Any]) -> int:
    return sum([await rows.status(run.id) in ("succeeded", "failed") for run in runs])


async def test_what_the_manifest_does_not_list_is_refused(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    await workshop.bot("child", CHILD)
    await workshop.bot("parent", PARENT, 'calls = ["other"]')
    await workshop.bot("loops", PARENT.replace("child", "loops").replace('{"n": n}', "{}"), 'calls = ["*"]')
    refused, loops = workshop.run_of("parent"), workshop.run_of("loops")
    async with WorkerProcess(database.worker_url, home) as worker:
        await submitted(database.app, refused, loops)
        await until(lambda: _ended(rows, [refused, loops]), 2, worker=worker)
    ((code, detail),) = (await rows.run(refused.id))["output"]
    assert (code, 'calls = ["other", "child"]' in detail) == ("call_not_allowed", True)
    ((code, _),) = (await rows.run(loops.id))["output"]
    assert code == "call_cycle"
    assert await rows.counts() == {"succeeded": 2}


async def test_a_chain_ends_at_eight(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    again = """
from codex32_bot import BotCallError, call

def main(depth: int = 1) -> list:
    try:
        return call("again", {"depth": depth + 1})
    except BotCallError as error:
        return [depth, error.code]
"""
    await workshop.bot("again", again, 'calls = ["again"]')
    run = workshop.run_of("again")
    async with WorkerProcess(database.worker_url, home, worker_slots=2) as worker:
        await submitted(database.app, run)
        await until(lambda: rows.status(run.id), "succeeded", worker=worker)
    assert (await rows.run(run.id))["output"] == [8, "call_too_deep"]


async def test_children_go_with_their_parent(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    await workshop.bot("child", "import time\ndef main(n: int) -> None:\n    time.sleep(60)")
    await workshop.bot("parent", PARENT, 'calls = ["child"]')
    run = workshop.run_of("parent")
    hurried = workshop.run_of("parent", timeout_ms=1500)
    async with WorkerProcess(database.worker_url, home, worker_slots=4) as worker:
        await submitted(database.app, run, hurried)
        running = "select count(*) as n from runs where parent_run_id = %s and status = 'running'"
        await until(lambda: rows.all(running, run.id), [{"n": 1}], worker=worker)
        await workshop.cancel(run.id)
        await until(lambda: rows.counts(), {"cancelled": 3, "timed_out": 1}, worker=worker)
    (child,) = await rows.all("select * from runs where parent_run_id = %s", run.id)
    assert child["cancel_reason"] == "test"


async def test_a_step_takes_its_calls_along(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    """A step that fails has called nobody; one that succeeds has, once, in however many attempts."""
    bot = """
from codex32_bot import call, run, step

def tell(fail):
    child = call("child", {"n": 1}, wait=False)
    if fail:
        raise ValueError("no")
    return child

def main() -> list:
    told = step("tell", tell, False)
    if run.info().attempt == 1:
        step("fails", tell, True)
    return [told, step("both", lambda: call("child", {"n": 5}))]
"""
    await workshop.bot("child", CHILD)
    await workshop.bot("tells", bot, 'calls = ["child"]')
    run = workshop.run_of("tells", retries=AT_ONCE)
    async with WorkerProcess(database.worker_url, home) as worker:
        await submitted(database.app, run)
        await until(lambda: rows.counts(), {"succeeded": 3}, worker=worker)
    children = await rows.all("select id, input from runs where parent_run_id = %s order by id", run.id)
    assert [child["input"] for child in children] == [{"n": 1}, {"n": 5}]
    assert (await rows.run(run.id))["output"] == [str(children[0]["id"]), 2]


async def test_the_example_bots_go_all_the_way(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    examples = Path(__file__).parents[3] / "examples" / "bots"
    for name, table in (("reminder-letter", ""), ("payment-reminders", 'calls = ["reminder-letter"]')):
        body = (examples / f"{name.replace('-', '_')}.py").read_text().rpartition("# ///\n")[2]
        await workshop.bot(name, body, table)
    invoices = [{"number": str(n), "customer": "Acme", "amount": 1.5, "due": "2026-01-01"} for n in (17, 18)]
    value = json.dumps({"invoices": invoices, "today": "2026-03-01", "look_again": 0})
    run = workshop.run_of("payment-reminders", input=value)
    async with (
        WorkerProcess(database.worker_url, home) as worker,
        reaping(database.scheduler_url),
    ):
        await submitted(database.app, run)
        await until(lambda: rows.status(run.id), "waiting", worker=worker)
        await decide(workshop, run.id, "approve", name="send")
        await until(lambda: rows.status(run.id), "succeeded", worker=worker)
    assert (await rows.run(run.id))["output"] == {"late": 2, "sent": 2, "paid": 0, "approved_by": "Ann"}
    assert [(kind, subject) for kind, _, subject in await events(rows, run.id)] == [
        ("reminder.sent", "invoice/17"),
        ("reminder.sent", "invoice/18"),
        ("reminders.done", None),
    ]
    assert await rows.counts() == {"succeeded": 3}
