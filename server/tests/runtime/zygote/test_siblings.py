"""What one child of a zygote sees of the zygote and of its siblings: nothing."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from codex32_server.runtime.contract import End

pytestmark = pytest.mark.sandbox

DRAWN = """
import random, ssl, tempfile, uuid
random.seed(1); random.random(); ssl.RAND_bytes(8); uuid.uuid1(); tempfile.mkdtemp()
"""
"""A package that uses every generator of the standard library before the fork."""

DRAW = """
import os, random, ssl, tempfile, uuid
def main():
    path = tempfile.mkdtemp()
    return [random.random(), ssl.RAND_bytes(16).hex(), str(uuid.uuid4()), path, os.urandom(8).hex(),
            random.SystemRandom().random()]
"""


async def _warm(bench: Any, source: str, **changes: Any) -> Any:
    assert bench.warm.pool.ready(), "there is no zygote"
    outcome = await bench.run(source, **changes)
    assert outcome.end is End.SUCCEEDED, outcome.error
    return json.loads(outcome.output)


async def test_siblings_draw_different_random_numbers(warm_bench: Any, ready: Any, install: Any) -> None:
    deps = install({"drawn": DRAWN})
    await ready(deps)
    draws = await asyncio.gather(*(_warm(warm_bench, DRAW, dependencies=deps) for _ in range(4)))
    for column in zip(*draws, strict=True):
        assert len(set(column)) == len(draws), column


async def test_namespaces_and_processes_are_its_own(warm_bench: Any, ready: Any) -> None:
    """Neither runs before both are up: the kernel gives the number of a space that is gone to the next."""
    await ready()
    both = asyncio.Barrier(2)

    async def side_by_side() -> None:
        async with asyncio.timeout(30):
            await both.wait()

    source = """
import os
def main():
    names = ("user", "mnt", "pid", "net", "ipc", "uts", "cgroup")
    return {
        "spaces": {name: os.readlink(f"/proc/self/ns/{name}") for name in names},
        "pids": sorted(int(name) for name in os.listdir("/proc") if name.isdigit()),
        "descriptors": sorted(os.readlink(path).partition(":")[0] for path in
                              (f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd"))
                              if os.path.lexists(path)),
        "files": [os.listdir(place) for place in ("/tmp", "/output", "/dev/shm", "/input", "/deps")],
        "bot": os.listdir("/bot"),
    }
"""
    one, other = await asyncio.gather(*(_warm(warm_bench, source, on_started=side_by_side) for _ in range(2)))
    assert one["pids"] == other["pids"] == [1, 2]
    assert all(one["spaces"][name] != other["spaces"][name] for name in ("user", "mnt", "pid", "net"))
    assert one["descriptors"] == ["/dev/null", "pipe", "pipe", "socket"]
    assert one["files"] == [[], [], [], [], []]
    assert one["bot"] == ["bot.py"]


async def test_a_bot_may_do_what_it_may_do_cold(warm_bench: Any, ready: Any) -> None:
    """The zygote's own policy is inherited: it must refuse nothing that the bots' policy allows."""
    await ready()
    source = """
import mmap, multiprocessing, os, socket, sqlite3, tempfile
from multiprocessing import shared_memory
def main():
    memory = mmap.mmap(-1, 4096)
    if (child := os.fork()) == 0:
        memory[0] = 7
        os._exit(0)
    os.waitpid(child, 0)
    with open("/tmp/x", "wb+") as file:
        file.truncate(4096)
        mmap.mmap(file.fileno(), 4096)[1] = 1
    block = shared_memory.SharedMemory(create=True, size=64)
    block.close(); block.unlink()
    base = sqlite3.connect("/tmp/base")
    wal = base.execute("pragma journal_mode = wal").fetchone()[0]
    base.execute("create table t (n int)")
    return [memory[0], wal, multiprocessing.Value("i", 3).value]
"""
    assert await _warm(warm_bench, source) == [7, "wal", 3]


async def test_siblings_meet_nowhere(warm_bench: Any, ready: Any) -> None:
    """Both run at the same time; each looks for what the other leaves in every shared-looking place."""
    await ready()
    source = """
import os, socket, time
def main(me, other):
    for place in ("/tmp", "/dev/shm", "/output"):
        open(f"{place}/{me}", "w").close()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"\\0{me}")
    named = socket.socket(socket.AF_UNIX)
    named.bind(f"/tmp/{me}.sock")
    listener.listen(); named.listen()
    time.sleep(0.5)
    met = [place for place in ("/tmp", "/dev/shm", "/output", "/bot") if other in str(os.listdir(place))]
    for address in (f"\\0{other}", f"/tmp/{other}.sock"):
        try:
            socket.socket(socket.AF_UNIX).connect(address)
            met.append(address)
        except OSError:
            pass
    return met
"""
    given = [b'{"me": "a1", "other": "b2"}', b'{"me": "b2", "other": "a1"}']
    results = await asyncio.gather(*(_warm(warm_bench, source, input=text) for text in given))
    assert results == [[], []]


async def test_files_and_inputs_of_a_run_are_read_only_and_its_own(warm_bench: Any, ready: Any) -> None:
    await ready()
    source = """
import os
from pathlib import Path
from package import word
def main():
    refused = []
    for attempt in (lambda: open("/bot/bot.py", "a"), lambda: open("/bot/new", "w"),
                    lambda: open("/input/x", "a"), lambda: os.unlink("/input/x"),
                    lambda: os.chmod("/bot/bot.py", 0o777), lambda: os.listdir("/root")):
        try:
            attempt()
        except OSError as error:
            refused.append(error.errno)
    return [len(refused), Path("/input/x").read_text(), len(Path("/input/large").read_bytes()), word.WORD]
"""
    files = {"bot.py": source, "package/__init__.py": "", "package/word.py": "WORD = 'deep'"}
    inputs = {"x": b"given", "large": b"l" * 3_000_000}
    assert await _warm(warm_bench, files, input_files=inputs) == [6, "given", 3_000_000, "deep"]


async def test_a_bots_own_module_comes_before_an_installed_one(
    warm_bench: Any, ready: Any, install: Any
) -> None:
    deps = install({"tool": "import decimal\nWHO = 'installed'", "other": "WHO = 'installed'"})
    await ready(deps)
    files = {
        "bot.py": "import decimal, other, tool\ndef main(): return [tool.WHO, other.WHO, decimal.WHO]",
        "tool.py": "WHO = 'own'",
        "decimal.py": "WHO = 'own'",
    }
    warm = await _warm(warm_bench, files, dependencies=deps)
    warm_bench.driver._warm = None
    cold = json.loads((await warm_bench.run(files, dependencies=deps)).output)
    assert warm == cold == ["own", "installed", "own"]


async def test_what_is_imported_is_not_imported_again(warm_bench: Any, ready: Any, install: Any) -> None:
    deps = install({"slow": "import os\nWHERE = os.getpid()"})
    await ready(deps)
    where = await _warm(warm_bench, "import slow\ndef main(): return slow.WHERE", dependencies=deps)
    assert where != 2, "a bot is process 2, its zygote is not"


async def test_workspaces_do_not_share_a_zygote(warm_bench: Any, ready: Any) -> None:
    await ready(workspace=32)
    await ready(workspace=33)
    one, other = warm_bench.warm.pool.ready()
    assert one.pid != other.pid
    assert not one.shape.namespaces & other.shape.namespaces
    assert one.owner is None or one.owner != other.owner
