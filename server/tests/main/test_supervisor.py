"""The supervisor with small real children: restarts, health, order of stopping, nothing left behind."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import psutil
import pytest
from codex32_server.kit.errors import UnavailableError
from codex32_server.main.supervisor import ChildSpec, Pace, ProcessStatus, StartFailedError, Supervisor

QUICK = Pace(
    probe_starting=0.01, probe_running=0.02, dependency=0.02, first_delay=0.02, longest_delay=0.1, settle=0.2
)
SLEEP = "import time; time.sleep(600)"


def child(name: str, code: str = SLEEP, **more: object) -> ChildSpec:
    return ChildSpec(name, [sys.executable, "-S", "-c", code], dict(os.environ), **more)


def supervisor(*children: ChildSpec, **more: object) -> Supervisor:
    return Supervisor(children, pace=QUICK, chance=lambda: 0.5, **more)


def pid_of(running: Supervisor, name: str) -> int | None:
    return next(status.pid for status in running.status() if status.name == name)


async def until(condition: Callable[[], object], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


async def test_children_run_until_they_are_stopped_and_nothing_is_left() -> None:
    seen: list[Sequence[ProcessStatus]] = []
    running = supervisor(child("one"), child("two"), changed=seen.append)
    await running.start()
    assert [(status.name, status.healthy) for status in running.status()] == [("one", True), ("two", True)]
    pids = [status.pid for status in running.status()]
    await running.stop()
    assert all(pid is not None and gone(pid) for pid in pids)
    assert not any(status.healthy for status in seen[-1])


async def test_a_killed_child_is_started_again() -> None:
    running = supervisor(child("one"))
    await running.start()
    try:
        before = pid_of(running, "one")
        assert before is not None
        os.kill(before, signal.SIGKILL)
        await until(lambda: pid_of(running, "one") not in (None, before))
        await until(lambda: running.status()[0].healthy)
        assert running.status()[0].restarts == 1
    finally:
        await running.stop()


def test_delays_grow_with_jitter_to_a_limit() -> None:
    pace = Pace(first_delay=0.2, longest_delay=30)
    assert [pace.delay(failures, 0.5) for failures in (1, 2, 3, 4)] == pytest.approx([0.0, 0.2, 0.4, 0.8])
    assert pace.delay(50, 0.5) == 30
    assert pace.delay(2, 0.0) == pytest.approx(0.15)
    assert pace.delay(2, 0.999) == pytest.approx(0.25, rel=0.01)


async def test_the_first_restart_is_immediate_and_only_repeated_ones_wait() -> None:
    """A delay that would be waited for would outlast the test."""
    patient = dataclasses.replace(QUICK, first_delay=600.0, longest_delay=600.0, healthy_period=0.3)
    running = Supervisor([child("one")], pace=patient, chance=lambda: 0.5)
    await running.start()
    try:
        for _ in range(3):
            before = pid_of(running, "one")
            assert before is not None
            await asyncio.sleep(0.4)
            os.kill(before, signal.SIGKILL)
            await until(lambda before=before: pid_of(running, "one") not in (None, before))
        at_once = pid_of(running, "one")
        assert at_once is not None
        os.kill(at_once, signal.SIGKILL)
        await until(lambda: pid_of(running, "one") is None)
        await asyncio.sleep(0.2)
        assert pid_of(running, "one") is None, "it failed again at once, so it waits"
    finally:
        await running.stop()


async def test_a_child_that_cannot_live_stops_the_start_soon_and_says_how_it_ended() -> None:
    running = supervisor(child("good"), child("bad", "raise SystemExit(3)"))
    started = time.monotonic()
    with pytest.raises(StartFailedError, match=r"bad ended 3 times \(exit code 3\)"):
        await running.start(timeout=30)
    assert time.monotonic() - started < 10
    assert pid_of(running, "good") is None


async def test_a_program_that_does_not_exist_is_named() -> None:
    running = Supervisor([ChildSpec("ghost", ["/no/such/program"], {})], pace=QUICK)
    with pytest.raises(StartFailedError, match="No such file"):
        await running.start()


async def test_one_that_never_gets_well_is_named() -> None:
    async def never() -> bool:
        raise ConnectionRefusedError

    running = supervisor(child("slow", probe=never))
    with pytest.raises(StartFailedError, match="Not healthy in time: slow"):
        await running.start(timeout=0.3)


async def test_a_child_that_hangs_is_replaced() -> None:
    well = True

    async def probe() -> bool:
        return well

    running = supervisor(child("one", probe=probe, hung_after=0.2))
    await running.start()
    try:
        before = pid_of(running, "one")
        well = False
        await until(lambda: pid_of(running, "one") not in (None, before))
        well = True
        await until(lambda: running.status()[0].healthy)
        assert running.status()[0].restarts >= 1
    finally:
        await running.stop()


async def test_one_that_ignores_sigterm_is_killed_after_its_grace(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    code = (
        "import pathlib, signal, time; signal.signal(15, signal.SIG_IGN); "
        f"pathlib.Path({str(ready)!r}).touch(); time.sleep(600)"
    )

    async def probe() -> bool:
        return ready.exists()

    running = supervisor(child("stubborn", code, probe=probe, stop_grace=0.2))
    await running.start()
    pid = pid_of(running, "stubborn")
    started = time.monotonic()
    await running.stop()
    assert 0.2 <= time.monotonic() - started < 5
    assert pid is not None
    assert gone(pid)


async def test_what_a_child_started_dies_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = (
        "import os, pathlib, subprocess, sys, time; "
        f"p = subprocess.Popen([sys.executable, '-S', '-c', {SLEEP!r}]); "
        f"new = pathlib.Path({str(note)!r} + '.new'); new.write_text(str(p.pid)); new.rename({str(note)!r}); "
        "time.sleep(600)"
    )

    async def probe() -> bool:
        return note.exists()

    running = supervisor(child("parent", code, probe=probe))
    await running.start()
    grandchild = int(note.read_text())
    os.kill(pid_of(running, "parent") or 0, signal.SIGKILL)
    try:
        await until(lambda: gone(grandchild))
    finally:
        await running.stop()
    assert gone(grandchild)


async def test_children_stop_in_reverse_order_and_dependencies_last(tmp_path: Path) -> None:
    order = tmp_path / "order"

    def noting(name: str) -> str:
        return (
            "import pathlib, signal, sys, time\n"
            f"def end(*_): open({str(order)!r}, 'a').write({name!r} + '\\n'); sys.exit(0)\n"
            "signal.signal(15, end)\n"
            f"pathlib.Path({str(tmp_path)!r}, {name!r}).touch()\n"
            "time.sleep(600)"
        )

    def started(name: str) -> Callable[[], Awaitable[bool]]:
        async def probe() -> bool:
            return (tmp_path / name).exists()

        return probe

    class Database:
        name = "postgres"
        pid = 1

        async def ensure_running(self) -> bool:
            return False

        async def stop(self) -> None:
            with order.open("a") as file:
                file.write("postgres\n")

    names = ["api", "worker"]
    children = [child(name, noting(name), probe=started(name)) for name in names]
    running = supervisor(*children, dependencies=[Database()])
    await running.start()
    await running.stop()
    assert order.read_text().split() == ["worker", "api", "postgres"]


async def test_a_dependency_is_restarted_and_its_failures_are_shown() -> None:
    class Flaky:
        name = "postgres"
        pid = 1
        answers: list[object] = [False, UnavailableError("disk full"), True]  # noqa: RUF012

        async def ensure_running(self) -> bool:
            answer = self.answers.pop(0) if self.answers else False
            if isinstance(answer, Exception):
                raise answer
            return bool(answer)

        async def stop(self) -> None: ...

    seen: list[bool] = []
    running = supervisor(dependencies=[Flaky()], changed=lambda all_: seen.append(all_[0].healthy))
    await running.start()
    try:
        await until(lambda: running.status()[0].restarts == 1)
        assert seen == [False, True]
    finally:
        await running.stop()
