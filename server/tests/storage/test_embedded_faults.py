"""The embedded server when processes are killed or the disk is full, and as an ordinary user."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import psycopg
import pytest
from codex32_server.storage import embedded_errors as errors
from codex32_server.storage.binaries import Binaries
from codex32_server.storage.embedded import EmbeddedPostgres
from support import embedded_driver
from support.embedded import ask, server_processes
from support.folders import reachable_folder
from support.interpreter import import_path, ordinary_ids, reachable_python
from support.passwords import password_of

pytestmark = pytest.mark.chaos
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.fixture
def folder() -> Iterator[Path]:
    with reachable_folder("codex32-faults-") as made:
        yield made / "pg"


def server(folder: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(folder, Binaries.installed(), password_of=password_of)


@asynccontextmanager
async def driver(
    folder: Path, python: Path | None = None, **popen: object
) -> AsyncIterator[tuple[int, dict]]:
    """Another process that looks after the server: its pid and what it said."""
    process = subprocess.Popen(
        [python or sys.executable, "-P", embedded_driver.__file__, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": import_path(), "PATH": os.environ["PATH"]},
        **popen,
    )
    try:
        line = await asyncio.to_thread(process.stdout.readline)
        yield process.pid, json.loads(line)
    finally:
        process.communicate(timeout=30)


async def test_after_kill_9_committed_rows_are_there_and_the_server_runs_again(folder: Path) -> None:
    running = server(folder)
    info = await running.start()
    try:
        await ask(info.owner_url, "create table kept as select 42 as value")
        os.kill(info.pid, signal.SIGKILL)
        while running.running:
            await asyncio.sleep(0.01)
        assert await running.ensure_running() is True
        assert await ask(info.owner_url, "select value from kept") == 42
        assert await running.ensure_running() is False
    finally:
        await running.stop()
    assert server_processes(folder) == []


async def test_a_busy_backend_left_by_a_killed_server_is_gone_before_the_next_one_starts(
    folder: Path,
) -> None:
    running = server(folder)
    info = await running.start()
    connection = await psycopg.AsyncConnection.connect(info.owner_url, autocommit=True)
    busy = asyncio.create_task(
        connection.execute("select count(*) from generate_series(1, 1000000000000) n where n % 7 = 8")
    )
    try:
        while not await ask(
            info.owner_url, "select count(*) from pg_stat_activity where query like '%% 7 = 8'"
        ):
            await asyncio.sleep(0.01)
        before = set(server_processes(folder))
        os.kill(info.pid, signal.SIGKILL)
        while running.running:
            await asyncio.sleep(0.01)
        assert await running.ensure_running() is True
        assert before.isdisjoint(server_processes(folder))
    finally:
        await running.stop()
        await asyncio.gather(busy, return_exceptions=True)
        await connection.close()


async def test_a_killed_platform_leaves_the_server_and_the_next_start_takes_it_over(folder: Path) -> None:
    async with driver(folder) as (supervisor, said):
        os.kill(supervisor, signal.SIGKILL)
    assert psutil.pid_exists(said["pid"])
    successor = server(folder)
    info = await successor.start()
    try:
        assert info.pid == said["pid"]
        assert await ask(info.owner_url, "select 1") == 1
    finally:
        await successor.stop()
    assert server_processes(folder) == []


async def test_taken_over_with_other_settings_it_is_restarted(folder: Path) -> None:
    async with driver(folder) as (supervisor, said):
        os.kill(supervisor, signal.SIGKILL)
    successor = EmbeddedPostgres(
        folder, Binaries.installed(), password_of=password_of, settings={"work_mem": "3MB"}
    )
    info = await successor.start()
    try:
        assert info.pid != said["pid"]
        assert await ask(info.owner_url, "show work_mem") == "3MB"
    finally:
        await successor.stop()


async def test_another_process_is_refused_while_this_one_looks_after_the_folder(folder: Path) -> None:
    running = server(folder)
    await running.start()
    try:
        async with driver(folder) as (_, said):
            assert said["code"] == "data_folder_locked"
            assert str(os.getpid()) in said["detail"]
    finally:
        await running.stop()


async def test_a_pid_file_whose_pid_is_somebody_else_now_is_no_obstacle(folder: Path) -> None:
    running = server(folder)
    await running.start()
    await running.stop()
    (folder / "data" / "postmaster.pid").write_text(f"{os.getppid()}\n{folder / 'data'}\n1\n5432\n/tmp\n\n\n")
    info = await running.start()
    try:
        assert await ask(info.owner_url, "select 1") == 1
    finally:
        await running.stop()


async def test_ctrl_c_in_the_terminal_does_not_reach_the_server(folder: Path) -> None:
    running = server(folder)
    info = await running.start()
    try:
        assert os.getsid(info.pid) != os.getsid(0)
        assert os.getpgid(info.pid) != os.getpgid(0)
    finally:
        await running.stop()


async def test_a_cancelled_start_leaves_nothing_running(folder: Path) -> None:
    starting = asyncio.create_task(server(folder).start())
    while not server_processes(folder):
        await asyncio.sleep(0.005)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert server_processes(folder) == []


@needs_root
async def test_a_full_disk_is_named(folder: Path) -> None:
    folder.mkdir(mode=0o711)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=100m,mode=711", "tmpfs", folder], check=True)
    try:
        with pytest.raises(errors.DataDiskFullError, match="MiB left"):
            await server(folder).start()
        subprocess.run(["mount", "-o", "remount,size=200m", folder], check=True)
        running = server(folder)
        await running.start()
        await running.stop()
        filling = 200 * 1024 * 1024 - int(subprocess.check_output(["du", "-sb", folder]).split()[0]) - 1024**2
        subprocess.run(["fallocate", "-l", str(filling), folder / "filling"], check=False)
        with pytest.raises(errors.DataDiskFullError):
            await running.start()
        (folder / "filling").unlink()
        info = await running.start()
        assert await ask(info.owner_url, "select 1") == 1
        await running.stop()
    finally:
        subprocess.run(["umount", folder], check=True)


@needs_root
async def test_it_works_as_an_ordinary_user(folder: Path) -> None:
    python = reachable_python()
    if python is None:
        pytest.skip("no interpreter of this version that an ordinary user may execute")
    uid, gid = ordinary_ids()
    folder.mkdir()
    os.chown(folder, uid, gid)
    async with driver(folder, python, user=uid, group=gid, extra_groups=[]) as (_, said):
        assert psutil.Process(said["pid"]).uids().real == uid
        assert await ask(said["url"], "select 1") == 1
    assert server_processes(folder) == []
