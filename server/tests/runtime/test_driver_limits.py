"""Every limit of a run through the real sandbox, and what a bot may try against it."""

from __future__ import annotations

import asyncio
import errno
import json
import time
from typing import Any

import pytest
from codex32_server.runtime.contract import MIB, End, Limits

pytestmark = pytest.mark.sandbox

EAT = "def main():\n    kept = []\n    while True: kept.append(bytearray(5_000_000))"
EAT_IN_CHILDREN = """
import os, time
def main():
    for _ in range(20):
        if os.fork() == 0:
            kept = bytearray(30_000_000)
            time.sleep(30)
    time.sleep(30)
"""


@pytest.mark.parametrize("source", [EAT, EAT_IN_CHILDREN], ids=["one process", "many processes"])
async def test_memory(bench: Any, source: str) -> None:
    outcome = await bench.run(source, limits=Limits(memory=128 * MIB, timeout=20))
    assert (outcome.end, outcome.error.code) == (End.FAILED, "out_of_memory")
    assert "128 MiB" in outcome.error.detail


async def test_an_impossible_allocation_is_out_of_memory_too(bench: Any) -> None:
    outcome = await bench.run("def main(): bytearray(10**14)")
    assert outcome.error.code == "out_of_memory"
    assert "MemoryError" in outcome.error.traceback


@pytest.mark.parametrize("place", ["/tmp/x", "/output/x"])
async def test_disk(bench: Any, place: str) -> None:
    source = (
        f"def main():\n    with open({place!r}, 'wb') as f:\n        while True: f.write(bytes(1_000_000))"
    )
    outcome = await bench.run(source, limits=Limits(disk=16 * MIB, files=8 * MIB))
    assert (outcome.end, outcome.error.code) == (End.FAILED, "disk_full")


async def test_disk_does_not_eat_the_memory_limit(bench: Any) -> None:
    source = (
        "def main():\n    open('/tmp/x', 'wb').write(bytes(100_000_000))\n"
        "    return len(bytearray(60_000_000))"
    )
    outcome = await bench.run(source, limits=Limits(memory=128 * MIB * 2, disk=110 * MIB))
    assert outcome.output == b"60000000"


@pytest.mark.parametrize("prepare", ["", "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"])
async def test_timeout(bench: Any, prepare: str) -> None:
    began = time.monotonic()
    source = f"import time\ndef main():\n    {prepare or 'pass'}\n    time.sleep(60)"
    outcome = await bench.run(source, limits=Limits(timeout=0.5))
    assert (outcome.end, outcome.error.code) == (End.TIMED_OUT, "timeout")
    assert time.monotonic() - began < 5
    assert "longer than 0.5 seconds" in bench.lines.texts("system")[0]


async def test_a_bot_may_tidy_up_when_it_is_told_to_end(bench: Any) -> None:
    source = """
import signal, sys, time
def end(*_):
    print("tidied up"); sys.exit(1)
def main():
    signal.signal(signal.SIGTERM, end)
    time.sleep(60)
"""
    outcome = await bench.run(source, limits=Limits(timeout=0.5))
    assert outcome.end is End.TIMED_OUT
    assert bench.lines.texts("stdout") == ["tidied up"]


async def test_cancel_while_it_runs(bench: Any) -> None:
    async def cancel_soon() -> None:
        asyncio.get_running_loop().call_later(0.2, bench.cancel.set)

    began = time.monotonic()
    async with bench.running("import time\ndef main(): time.sleep(60)", cancel_soon) as outcome:
        assert (outcome.end, outcome.error.code) == (End.CANCELLED, "cancelled")
    assert time.monotonic() - began < 5


async def test_cancelled_before_it_starts(bench: Any) -> None:
    bench.cancel.set()
    outcome = await bench.run("import time\ndef main(): time.sleep(60)")
    assert outcome.end is End.CANCELLED


async def test_fork_bomb(bench: Any) -> None:
    source = """
import os
def main():
    while True:
        try: os.fork()
        except OSError: pass
"""
    outcome = await bench.run(source, limits=Limits(timeout=1, processes=32))
    assert outcome.end is End.TIMED_OUT


async def test_processes_and_threads_are_counted(bench: Any) -> None:
    source = """
import threading, time
def main():
    for count in range(1000):
        try: threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
        except RuntimeError: return count
"""
    outcome = await bench.run(source, limits=Limits(processes=16))
    assert 8 <= json.loads(outcome.output) <= 16


async def test_threads_that_are_left_do_not_keep_the_run_open(bench: Any) -> None:
    source = (
        "import threading, time\ndef main():\n"
        "    threading.Thread(target=time.sleep, args=(60,)).start()\n    return 1"
    )
    outcome = await bench.run(source)
    assert (outcome.output, outcome.use.wall_seconds < 5) == (b"1", True)


async def test_lingering_after_the_result_is_cut_short(bench: Any) -> None:
    source = "import atexit, time\ndef main():\n    atexit.register(time.sleep, 60)\n    return 1"
    outcome = await bench.run(source)
    assert (outcome.end, outcome.output, outcome.use.wall_seconds < 5) == (End.SUCCEEDED, b"1", True)


async def test_too_many_and_too_large_files(bench: Any) -> None:
    many = "def main():\n    for n in range(300): open(f'/output/{n}', 'w').close()"
    assert (await bench.run(many)).error.code == "files_too_large"
    holes = (
        "import os\ndef main():\n    with open('/output/x', 'w') as f: os.truncate(f.fileno(), 60_000_000)"
    )
    assert (await bench.run(holes, limits=Limits(files=50 * MIB))).error.code == "files_too_large"
    given = await bench.run("def main(): ...", input_files={"a": bytes(2000)}, limits=Limits(files=1000))
    assert given.error.code == "files_too_large"


async def test_only_regular_files_are_taken(bench: Any) -> None:
    source = """
import os
def main():
    os.symlink("/etc/passwd", "/output/link"); os.mkfifo("/output/fifo"); os.mkdir("/output/folder")
    for name in ("folder/inner", "good"): open(f"/output/{name}", "w").close()
    os.link("/output/good", "/output/twin")
"""
    async with bench.running(source) as outcome:
        assert [file.name for file in outcome.files] == ["good", "twin"]


async def test_a_flood_of_output_is_bounded(bench: Any) -> None:
    source = (
        "import sys\ndef main():\n    chunk = ('y' * 99 + '\\n') * 10_000\n"
        "    for _ in range(200): sys.stdout.write(chunk)"
    )
    outcome = await bench.run(source, limits=Limits(log=1 * MIB, timeout=60))
    assert outcome.end is End.SUCCEEDED
    assert outcome.use.log_bytes == 200_000_000
    assert sum(len(line.text) for line in bench.lines.lines) < 1.1 * MIB
    assert outcome.use.log_lines_dropped + len(bench.lines.texts("stdout")) == 2_000_000
    assert "log limit" in bench.lines.texts("system")[0]


async def test_a_line_without_end_is_cut(bench: Any) -> None:
    await bench.run("import sys\ndef main(): sys.stdout.write('z' * 5_000_000)")
    (line,) = bench.lines.texts("stdout")
    assert line.startswith("zzz")
    assert line.endswith("[line cut]")
    assert len(line) < 17_000


async def test_bytes_that_are_no_text(bench: Any) -> None:
    await bench.run("import os\ndef main(): os.write(1, b'\\xff\\x00end\\r\\n')")
    assert bench.lines.texts("stdout") == ["\ufffd\ufffdend"]


async def test_files_that_find_no_room_on_the_workers_disk_fail_the_run_by_name(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ran, so it must not be handed back and run again as if it had not."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("codex32_server.runtime.folder.collect_outputs", full)
    source = "def main():\n    open('/output/kept', 'w').write('1')\n    return 1"
    outcome = await bench.run(source)
    assert (outcome.end, outcome.error.code, outcome.output) == (End.FAILED, "storage_full", None)
    monkeypatch.setattr("codex32_server.runtime.folder.collect_outputs", _broken)
    with pytest.raises(OSError, match="broken"):
        await bench.run(source)


def _broken(*_: object) -> None:
    raise OSError(errno.EIO, "broken")
