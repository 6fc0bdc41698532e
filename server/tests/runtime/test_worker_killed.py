"""kill -9 of a worker: its bots die with it, and the next worker cleans up what it left."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.files import RuntimeFiles
from codex32_server.runtime.sandbox import process

pytestmark = [pytest.mark.sandbox, pytest.mark.chaos]

WORKER = """
import asyncio, sys
from pathlib import Path
from uuid import UUID, uuid4
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.contract import RunSpec
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.files import RuntimeFiles
from codex32_server.runtime.sandbox import process
from codex32_server.runtime.zygote.pool import Key
from codex32_server.runtime.zygote.warm import WarmStarts

class Nothing:
    async def write(self, lines): print(lines[0].text, flush=True)

async def main(root, locks, work, way):
    backend = LocalBackend(RuntimeFiles(Path(root)), locks=Path(locks))
    warm, workspace = WarmStarts(backend.means), UUID(int=1)
    if way == "warm":
        await warm.pool.prepare(Key(workspace.hex, None, "strict"))
    source = (
        "import os, time\\ndef main():\\n    os.fork() or os.setsid()\\n    print('up')\\n"
        "    time.sleep(99)"
    )
    spec = RunSpec(uuid4(), workspace, None, "b", "v", "dev", 1, {"bot.py": source.encode()})
    driver = Driver(backend, work=Path(work), warm=warm)
    async with driver.run(spec, logs=Nothing(), state=None): pass

asyncio.run(main(*sys.argv[1:]))
"""


def _processes_below(pid: int) -> list[int]:
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for word in path.read_text().split():
            found += [int(word), *_processes_below(int(word))]
    return found


def _soon(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + 5
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    return condition()


@pytest.mark.parametrize("way", ["cold", "warm"])
def test_nothing_survives_its_worker(runtime_files: RuntimeFiles, shared: Path, way: str) -> None:
    work = shared / f"killed-{uuid4().hex}"
    work.mkdir(mode=0o711)
    arguments = [str(runtime_files.root), str(shared / "uids"), str(work), way]
    worker = subprocess.Popen([sys.executable, "-c", WORKER, *arguments], stdout=subprocess.PIPE)
    try:
        assert worker.stdout
        assert worker.stdout.readline() == b"up\n"
        sandboxed = _processes_below(worker.pid)
        assert len(sandboxed) >= 4  # bubblewrap, init, the bot and its fork
    finally:
        worker.kill()
        worker.wait()
        worker.stdout and worker.stdout.close()
    assert _soon(lambda: not any(_alive(pid) for pid in sandboxed))
    assert (list(work.iterdir()) != []) is (way == "cold"), "a warm run needs no folder"
    backend = LocalBackend(runtime_files, locks=shared / "uids")
    Driver(backend, work=work)
    backend.close()
    assert list(work.iterdir()) == []
    assert list(Path("/sys/fs/cgroup").glob(f"**/codex32/{worker.pid}-*")) == []
    work.rmdir()


def _alive(pid: int) -> bool:
    """A zombie whose parent was told is not alive."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z" and os.getpid() != pid


def test_what_is_left_of_a_start_is_swept() -> None:
    """A process as bubblewrap leaves it: its arguments carry the mark of a worker that is gone."""
    gone = subprocess.Popen(["true"])
    gone.wait()
    stuck, mine = _stand_in(f"{gone.pid}-1"), _stand_in(process.owner_prefix())
    try:
        assert process.sweep() >= 1
        assert stuck.wait(5) == -9
        assert mine.poll() is None
    finally:
        for left in (stuck, mine):
            left.kill()
            left.wait()
            left.stdin and left.stdin.close()


def _stand_in(owner: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", "input()", process.OWNER_MARK, owner], stdin=subprocess.PIPE
    )
