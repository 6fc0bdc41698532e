"""Layer 2: what a worker knows of the processes below it, and what it does with those nobody waits for."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from codex32_server.runtime.sandbox import process

TREE = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-S', '-c', 'input()']); input()"

NAMED = """
import os, sys
with open("/proc/self/comm", "wb") as name:
    name.write(os.fsencode(sys.argv[1]))
print("named", flush=True); input()
"""


def soon(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.005)


@contextmanager
def running(program: str, *arguments: str, session: bool = False) -> Generator[subprocess.Popen[bytes]]:
    """A process that lives until its input ends."""
    started = subprocess.Popen(
        [sys.executable, "-S", "-c", program, *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=session,
    )  # fmt: skip
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_tree_from_its_root_down() -> None:
    with running(TREE) as parent:
        soon(lambda: len(process.descendants(parent.pid)) == 1)
        (child,) = process.descendants(parent.pid)
        assert process.children(parent.pid) == process.children_of_single(parent.pid) == [child]
        assert process.descendants(os.getpid()).index(parent.pid) < process.descendants(os.getpid()).index(
            child
        )
    assert process.children(parent.pid) == process.descendants(parent.pid) == []
    assert process.children_of_single(parent.pid) == []


def test_children_of_every_thread_are_found() -> None:
    program = (
        "import subprocess, sys, threading, time\n"
        "def start():\n"
        "    subprocess.Popen([sys.executable, '-S', '-c', 'input()']).wait()\n"
        "threading.Thread(target=start, daemon=True).start(); input()"
    )
    with running(program) as parent:
        soon(lambda: len(process.children(parent.pid)) == 1)
        assert process.children_of_single(parent.pid) == []


def test_an_end_is_collected_with_its_reason() -> None:
    for program, ended in (("raise SystemExit(7)", 7), ("import os; os.kill(os.getpid(), 9)", -9)):
        pid = os.posix_spawn(sys.executable, [sys.executable, "-S", "-c", program], os.environ)
        process.started(pid)
        code, cpu = process.collect(pid)
        assert code == ended
        assert 0 < cpu < 30
    process.reap(pid)  # somebody has collected it: nothing happens


def test_orphans_come_to_the_worker_and_are_ended() -> None:
    """A bubblewrap that is killed while it sets up leaves a child of its session."""
    process.become_subreaper()
    with running(TREE, session=True) as parent:
        soon(lambda: len(process.children(parent.pid)) == 1)
        (child,) = process.children(parent.pid)
        process.started(parent.pid)
        assert process.orphans_of(parent.pid) == [], "it has its parent yet"
        parent.kill()
        process.collect(parent.pid)
        soon(lambda: child in process.children(os.getpid()))
        assert process.orphans_of(parent.pid + 1) == [], "of that session only"
        assert process.orphans_of(parent.pid) == [child]
        soon(lambda: gone(child))
        process.reap(child)
        assert not Path(f"/proc/{child}").exists()


def test_only_strays_with_a_known_name_are_reaped() -> None:
    """The others have somebody who waits for them."""
    named = (
        "open('/proc/self/comm', 'w').write(__import__('sys').argv[1]); print('named', flush=True); input()"
    )
    with (
        running(named, "bwrap") as stray,
        running(named, "python") as other,
        running(named, "bwrap") as known,
    ):
        process.started(known.pid)
        for one in (stray, other, known):
            assert one.stdout is not None
            one.stdout.readline()
            one.kill()
        soon(lambda: all(map(gone, (stray.pid, other.pid, known.pid))))
        process.reap_strays()
        assert not Path(f"/proc/{stray.pid}").exists()
        assert Path(f"/proc/{other.pid}").exists()
        assert Path(f"/proc/{known.pid}").exists()
        process.collect(known.pid)


def test_what_a_gone_worker_left_is_swept() -> None:
    mine = process.owner_prefix()
    pid, started = mine.split("-")
    names = {"gone": f"{pid}-{int(started) + 1}", "mine": mine, "odd": "nothing"}
    assert {name: process.owner_is_gone(f"{owner}-run") for name, owner in names.items()} == {
        "gone": True,
        "mine": False,
        "odd": False,
    }
    with (
        running("input()", process.OWNER_MARK, names["gone"]) as left,
        running("input()", process.OWNER_MARK, mine) as held,
        running("input()", names["gone"]) as unmarked,
    ):
        soon(lambda: process.OWNER_MARK.encode() in Path(f"/proc/{left.pid}/cmdline").read_bytes())
        assert process.sweep() >= 1
        soon(lambda: gone(left.pid))
        assert [gone(held.pid), gone(unmarked.pid)] == [False, False]


def test_bots_are_the_first_to_go_when_memory_is_short() -> None:
    with running("input()") as bot:
        process.prefer_as_victim(bot.pid)
        assert int(Path(f"/proc/{bot.pid}/oom_score_adj").read_text()) >= 500
    process.prefer_as_victim(bot.pid)  # it has ended: nothing happens


def test_what_the_layer_says(monkeypatch: pytest.MonkeyPatch) -> None:
    assert process.explain().ok

    class Old:
        def prctl(self, *_: int) -> int:
            return -1

    monkeypatch.setattr(process.ctypes, "CDLL", lambda _: Old())
    report = process.explain()
    assert (report.ok, report.required) == (False, True)
    assert "Linux" in (report.remedy or "")
