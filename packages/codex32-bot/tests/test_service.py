"""`codex32_bot.service` on a laptop: a process of its own, because it listens for signals."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from codex32_bot import service
from codex32_bot.testing import workbench

LOOP = """
from codex32_bot import service
print("up", flush=True)
turns = 0
while not service.wait(0.01):
    service.heartbeat()
    turns += 1
print("stopped", service.stopping(), turns > 0, flush=True)
"""
PLAIN = """
import time
from codex32_bot import service
service.listen()
try:
    print("up", flush=True)
    time.sleep(60)
finally:
    print("cleaned", flush=True)
"""
EARLY = """
import os, signal
from codex32_bot import service
assert not service.stopping()
os.kill(os.getpid(), signal.SIGTERM)
print(service.stopping(), service.wait(60), flush=True)
"""


@pytest.fixture(autouse=True)
def former_handler() -> Iterator[None]:
    """Listening changes how this process takes SIGTERM."""
    former = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, former)


def run(source: str, *, stop: bool) -> tuple[int, str]:
    process = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        first = process.stdout.readline() if stop else ""
        if stop:
            time.sleep(0.1)
            process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=30)
    finally:
        process.kill()
    return process.returncode, first + rest


@pytest.mark.parametrize(
    ("source", "stop", "said"),
    [(LOOP, True, "up\nstopped True True\n"), (PLAIN, True, "up\ncleaned\n"), (EARLY, False, "True True\n")],
)
def test_being_told_to_stop(source: str, stop: bool, said: str) -> None:
    assert run(source, stop=stop) == (0, said)


def test_waiting_takes_its_time() -> None:
    began = time.monotonic()
    assert service.wait(0.05) is False
    assert time.monotonic() - began >= 0.04


def test_threads_may_wait_too() -> None:
    found: list[bool] = []
    thread = threading.Thread(target=lambda: found.append(service.wait(0.01)))
    thread.start()
    thread.join(10)
    assert found == [False]


def test_heartbeats_are_counted_on_the_bench() -> None:
    with workbench() as bench:
        service.ready()
        service.heartbeat()
        assert bench.beats == 2
