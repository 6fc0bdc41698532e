"""What else can break around a sandbox: named, contained, and gone with its cause."""

from __future__ import annotations

import contextlib
import datetime as dates
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from codex32_server.runtime import capture
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.contract import MIB, End, Limits
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.environments import Environments, Lock
from codex32_server.runtime.errors import DependencyCacheError, SandboxUnavailableError
from codex32_server.runtime.files import RuntimeFiles
from codex32_server.runtime.sandbox import cgroup, process
from runtime.conftest import Bench, backend, bench, runtime_files, shared
from runtime.test_worker_killed import WORKER

__all__ = ["backend", "bench", "runtime_files", "shared"]

pytestmark = [pytest.mark.chaos, pytest.mark.sandbox]
needs_cgroup = pytest.mark.skipif(
    bool(cgroup.discover().missing()), reason="memory, processes and cpu are not writable in a cgroup here"
)


@pytest.fixture
def own_groups(monkeypatch: pytest.MonkeyPatch) -> cgroup.Cgroups:
    """Below a parent of this test alone, so that it can be removed under the feet of nobody else."""
    monkeypatch.setattr(cgroup, "_PARENT", f"codex32-test-{uuid4().hex[:8]}")
    return cgroup.discover()


@needs_cgroup
async def test_the_parent_of_all_cgroups_is_removed(
    bench: Bench, backend: LocalBackend, own_groups: cgroup.Cgroups
) -> None:
    kept, backend._cgroups = backend._cgroups, own_groups
    try:
        assert (await bench.run("def main(): return 1")).output == b"1"
        for hierarchy in own_groups.hierarchies:
            hierarchy.base.rmdir()
        assert (await bench.run("def main(): return 2")).output == b"2"
        assert all(hierarchy.base.is_dir() for hierarchy in own_groups.hierarchies)
    finally:
        backend._cgroups = kept
        for hierarchy in own_groups.hierarchies:
            hierarchy.base.rmdir()


@needs_cgroup
async def test_the_cgroup_of_a_run_is_removed_while_it_runs(bench: Bench) -> None:
    """Its processes are moved away, as a careless administrator would; the watchdog goes on without it."""
    source = """
import time
def main():
    time.sleep(0.5)
    kept = []
    while True: kept.append(bytearray(2_000_000))
"""

    async def remove() -> None:
        for hierarchy in cgroup.discover().hierarchies:
            for folder in hierarchy.base.glob(f"{process.owner_prefix()}-*"):
                while folder.is_dir():
                    for pid in (folder / "cgroup.procs").read_text().split():
                        (hierarchy.base / "cgroup.procs").write_text(pid)
                    with contextlib.suppress(OSError):  # one that was just ending
                        folder.rmdir()

    async with bench.running(source, remove, limits=Limits(memory=64 * MIB, timeout=20.0)) as outcome:
        assert outcome.error is not None
        assert outcome.error.code == "out_of_memory"
    assert (await bench.run("def main(): return 1")).output == b"1"


@needs_cgroup
async def test_a_limit_that_cannot_be_set_is_not_left_out(
    bench: Bench, backend: LocalBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = cgroup.Hierarchy.settings
    monkeypatch.setattr(
        cgroup.Hierarchy, "settings", lambda self, *given: [*original(self, *given), ("memory.bogus", "1")]
    )
    with pytest.raises(SandboxUnavailableError, match=r"memory\.bogus"):
        await bench.run("def main(): ...")
    monkeypatch.undo()
    left = [list(each.base.glob(f"{process.owner_prefix()}-*")) for each in backend._cgroups.hierarchies]
    assert not any(left)
    assert (await bench.run("def main(): return 1")).output == b"1"


async def test_a_folder_of_dependencies_that_cannot_be_written(
    runtime_files: RuntimeFiles, tmp_path: Path
) -> None:
    blocked = tmp_path / "environments"
    blocked.write_text("a file where a folder should be")
    made = Environments(runtime_files, folder=blocked)
    for attempt in (made.ensure(Lock("x==1\n"), uuid4()), made.lock(["x"])):
        with pytest.raises(DependencyCacheError, match="cannot be used") as caught:
            await attempt
        assert str(blocked) in caught.value.detail
    blocked.unlink()
    assert await made.ensure(Lock(""), uuid4()) is None


@pytest.mark.parametrize("jump", [dates.timedelta(days=30), dates.timedelta(days=-30)], ids=["ahead", "back"])
async def test_the_clock_jumps_while_a_bot_runs(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, jump: dates.timedelta
) -> None:
    """Neither the time limit nor what was measured notices; only the stamps of the lines do."""
    clock = _Clock()
    monkeypatch.setattr(capture, "datetime", clock)
    monkeypatch.setattr(time, "time", lambda: clock.now(dates.UTC).timestamp())

    async def leap() -> None:
        clock.offset = jump

    source = "import time\ndef main():\n    time.sleep(0.3)\n    print('still here')\n    return 1"
    async with bench.running(source, leap, limits=Limits(timeout=10.0)) as outcome:
        assert (outcome.end, outcome.output) == (End.SUCCEEDED, b"1")
        assert 0.3 <= outcome.use.wall_seconds < 10
    forever = "import time\ndef main(): time.sleep(60)"
    async with bench.running(forever, leap, limits=Limits(timeout=0.5)) as outcome:
        assert outcome.end is End.TIMED_OUT
        assert outcome.use.wall_seconds < 20


class _Clock:
    """Stands in for the class `datetime`."""

    offset = dates.timedelta()

    def now(self, zone: dates.tzinfo) -> dates.datetime:
        return dates.datetime.now(zone) + self.offset


@pytest.mark.parametrize(("seed", "way"), [(0, "cold"), (1, "cold"), (2, "warm"), (3, "warm")])
def test_no_process_is_left_a_second_after_its_worker_was_killed(
    runtime_files: RuntimeFiles, shared: Path, seed: int, way: str
) -> None:
    """At any moment: while it starts a sandbox or a zygote, and while a bot runs."""
    work = shared / f"killed-{uuid4().hex}"
    work.mkdir(mode=0o711)
    arguments = [str(runtime_files.root), str(shared / "uids"), str(work), way]
    chance = random.Random(seed)
    try:
        for _ in range(4):
            worker = subprocess.Popen([sys.executable, "-c", WORKER, *arguments], stdout=subprocess.PIPE)
            assert worker.stdout
            # Its guardian is there already.
            assert _wait(lambda pid=worker.pid: len(process.children(pid)) > 1, 30), "it starts a sandbox"
            time.sleep(chance.uniform(0.0, 0.06))
            below = process.descendants(worker.pid)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            worker.stdout.close()
            assert _wait(lambda pid=worker.pid, below=below: not _left(pid, below), 1.0), below
            process.reap_strays()
        sweeper = LocalBackend(runtime_files, locks=shared / "uids")
        Driver(sweeper, work=work)
        sweeper.close()
        assert list(work.iterdir()) == []
    finally:
        work.rmdir()


def _left(worker: int, below: list[int]) -> list[int]:
    """Processes of that worker that still live: those known, and any that carries its mark."""
    mark = f"{process.OWNER_MARK}\0{worker}-".encode()
    marked = [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/cmdline") if mark in _bytes(path)]
    return [pid for pid in {*below, *marked} if _state(pid) not in ("", "Z", "X") and not _guards(pid)]


def _guards(pid: int) -> bool:
    """A guardian stays for some seconds, in case something is still being started."""
    return b"after_death" in _bytes(Path(f"/proc/{pid}/cmdline"))


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _wait(condition: Callable[[], bool], patience: float) -> bool:
    until = time.monotonic() + patience
    while not condition() and time.monotonic() < until:
        time.sleep(0.005)
    return condition()
