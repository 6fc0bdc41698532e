"""Layer 2, the guardian: what it ends when its worker is killed, and that it touches nothing otherwise."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from codex32_server.runtime.sandbox import guardian, process
from codex32_server.runtime.sandbox.guardian import Guardian

WORKER = """
import subprocess, sys
from codex32_server.runtime.sandbox import process
from codex32_server.runtime.sandbox.guardian import Guardian
guardian = Guardian([])
guardian.wait_until_ready()
left = subprocess.Popen(
    [sys.executable, "-S", "-c", "import time; time.sleep(600)", process.OWNER_MARK, process.owner_prefix()],
    start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
print(left.pid, flush=True)
if input() == "dismiss":
    guardian.dismiss()
    guardian.dismiss()
    print("dismissed", flush=True)
    input()
"""


def ended(pid: int, seconds: float = 20.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if process._stat(pid)[1][0] in "ZX":
                return True
        except OSError:
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize("way", ["killed", "dismissed"])
def test_what_a_worker_leaves_is_ended_only_if_it_was_killed(way: str) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout is not None
    assert worker.stdin is not None
    left = int(worker.stdout.readline())
    guards = [pid for pid in process.children(worker.pid) if process._stat(pid)[0] == "codex32-guard"]
    assert len(guards) == 1
    try:
        if way == "killed":
            worker.kill()
            assert ended(left)
        else:
            worker.stdin.write("dismiss\n")
            worker.stdin.flush()
            # It lives on: what a dead one left is ended by any worker that starts, those of other tests too.
            assert worker.stdout.readline() == "dismissed\n"
            assert ended(guards[0])
            assert not ended(left, 0.05)
    finally:
        worker.kill()
        worker.communicate()
        if not ended(left, 0):
            os.kill(left, 9)


def test_one_that_does_not_come_up_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("raise SystemExit(1)")
    monkeypatch.setattr(guardian, "_PROGRAM", broken)
    one = Guardian([])
    with pytest.raises(OSError, match="did not come up"):
        one.wait_until_ready()
    one.wait_until_ready()
    one.dismiss()
    with pytest.raises(ChildProcessError):
        os.waitpid(one._process.pid, os.WNOHANG)
