"""Nothing here closes a descriptor that is somebody else's by then, whichever event loop runs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvloop
from codex32_server.runtime.capture import LineLog, LineSplitter, read_stream
from codex32_server.runtime.contract import End, Limits
from codex32_server.runtime.conversation import Conversation
from support.interpreter import import_path

LOOPS = [asyncio.new_event_loop, uvloop.new_event_loop]
BOT = "import sys\ndef main():\n    print('out')\n    print('err', file=sys.stderr)\n    return 1"

PIPES = """
import asyncio, os, sys, threading, uvloop
from codex32_server.runtime.capture import LineLog, LineSplitter, read_stream
from codex32_server.runtime.contract import Limits
from test_descriptors import Bystander, Nothing, loud_pipe

async def read_many():
    for _ in range(1500):
        log = LineLog(Nothing(), Limits())
        await read_stream(loud_pipe(), LineSplitter(log, "stdout", 1000), log)
        assert log.bytes_seen == 6

with Bystander.watching() as bystander, asyncio.Runner(loop_factory=LOOPS[int(sys.argv[1])]) as runner:
    runner.run(read_many())
sys.exit(str(bystander.robbed) if bystander.robbed else 0)
""".replace("import Bystander", "import LOOPS, Bystander")


def _open_now() -> dict[str, str]:
    """What each descriptor of this process names; the one that reads the list is gone by then."""
    found: dict[str, str] = {}
    for one in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found[one.name] = str(one.readlink())
    return found


class Nothing:
    """A sink that keeps nothing."""

    async def write(self, _lines: object) -> None:
        return None


class Bystander:
    """A thread that opens and closes descriptors of its own, and notes when one was closed for it."""

    def __init__(self) -> None:
        self.robbed: list[str] = []
        self._stop = threading.Event()

    @classmethod
    @contextmanager
    def watching(cls, threads: int = 3) -> Generator[Bystander]:
        bystander = cls()
        running = [threading.Thread(target=bystander._open_and_close) for _ in range(threads)]
        for thread in running:
            thread.start()
        try:
            yield bystander
        finally:
            bystander._stop.set()
            for thread in running:
                thread.join()

    def _open_and_close(self) -> None:
        while not self._stop.is_set():
            mine = [os.open(os.devnull, os.O_RDONLY) for _ in range(3)]
            for descriptor in mine:
                try:
                    os.close(descriptor)
                except OSError as error:
                    self.robbed.append(str(error))


def loud_pipe() -> int:
    """The reading end of a pipe that says one line and is closed."""
    reading, writing = os.pipe()
    os.write(writing, b"hello\n")
    os.close(writing)
    return reading


@pytest.mark.parametrize("loop", range(len(LOOPS)), ids=["asyncio", "uvloop"])
def test_reading_pipes_beside_threads_that_open_files(loop: int) -> None:
    """In a process of its own: a loop whose descriptor is closed by another ends the process."""
    here = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", PIPES, str(loop)],
        env=os.environ | {"PYTHONPATH": f"{import_path()}:{here}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("factory", LOOPS, ids=["asyncio", "uvloop"])
def test_a_pipe_is_read_to_its_end_and_closed(factory: Callable[[], asyncio.AbstractEventLoop]) -> None:
    async def read() -> tuple[int, int]:
        reading, writing = os.pipe()
        log = LineLog(Nothing(), Limits())
        task = asyncio.create_task(read_stream(reading, LineSplitter(log, "stdout", 1000), log))
        for _ in range(3):
            os.write(writing, b"some words\n")
            await asyncio.sleep(0.01)
        os.close(writing)
        await task
        return reading, log.bytes_seen

    with asyncio.Runner(loop_factory=factory) as runner:
        descriptor, seen = runner.run(read())
    assert seen == 33
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


@pytest.mark.parametrize("factory", LOOPS, ids=["asyncio", "uvloop"])
def test_a_reader_that_is_cancelled_closes_its_pipe(
    factory: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    async def read() -> int:
        reading, writing = os.pipe()
        log = LineLog(Nothing(), Limits())
        task = asyncio.create_task(read_stream(reading, LineSplitter(log, "stdout", 1000), log))
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait([task])
        os.close(writing)
        return reading

    with asyncio.Runner(loop_factory=factory) as runner:
        descriptor = runner.run(read())
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


@pytest.mark.sandbox
@pytest.mark.parametrize("factory", LOOPS, ids=["asyncio", "uvloop"])
def test_runs_that_end_and_runs_that_are_cut_off_take_nobodys_descriptors(
    bench: Any, factory: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    async def play() -> list[Any]:
        kept = [await bench.run(BOT) for _ in range(6)]
        for number in range(12):
            running = asyncio.create_task(bench.run(BOT))
            await asyncio.sleep(0.004 * number)
            running.cancel()
            await asyncio.wait([running])
        return kept

    factory().close()  # the first loop of libuv opens a pipe that the process keeps
    before = _open_now()
    with Bystander.watching(2) as bystander, asyncio.Runner(loop_factory=factory) as runner:
        kept = runner.run(play())
    assert [outcome.end for outcome in kept] == [End.SUCCEEDED] * 6
    assert bystander.robbed == []
    after = _open_now()
    new = {number: what for number, what in after.items() if before.get(number) != what}
    assert len(after) <= len(before), new


@pytest.mark.parametrize("turns", range(5))
@pytest.mark.parametrize("factory", LOOPS, ids=["asyncio", "uvloop"])
def test_a_conversation_cut_off_while_it_begins_never_leaves_its_socket_closed_behind_its_back(
    factory: Callable[[], asyncio.AbstractEventLoop], turns: int
) -> None:
    """A socket object that still names a closed number closes somebody else's descriptor later."""

    async def cut_off() -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        talk = Conversation(ours, LineLog(Nothing(), Limits()), Forgetful(), Limits())
        holding = asyncio.create_task(talk.hold({"kind": "order"}, b"{}"))
        for _ in range(turns):
            await asyncio.sleep(0)
        holding.cancel()
        await asyncio.wait([holding])
        for _ in range(3):
            await asyncio.sleep(0)
        assert ours.fileno() < 0 or str(ours.fileno()) in _open_now()
        ours.close()
        theirs.close()

    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(cut_off())


class Forgetful:
    """A state store that is never asked."""

    async def get(self, key: str) -> Any: ...
    async def set(self, key: str, value: Any) -> None: ...
    async def delete(self, key: str) -> None: ...
    async def keys(self, prefix: str) -> list[str]:
        return []
