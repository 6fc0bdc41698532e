"""The embedded server: first use, restarts, refusals. Killed processes are in test_embedded_faults."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from codex32_server.storage import embedded_errors as errors
from codex32_server.storage.binaries import Binaries
from codex32_server.storage.cluster import buffers, memory
from codex32_server.storage.embedded import SUPERUSER, EmbeddedPostgres
from support.embedded import ask, server_processes
from support.folders import reachable_folder
from support.passwords import password_of


@pytest.fixture
def folder() -> Iterator[Path]:
    with reachable_folder("codex32-embedded-") as made:
        yield made / "pg"


def server(folder: Path, **settings: str) -> EmbeddedPostgres:
    """Without fsync these tests take half the time."""
    return EmbeddedPostgres(
        folder, Binaries.installed(), password_of=password_of, settings={"fsync": "off", **settings}
    )


async def test_the_first_start_makes_a_server_that_keeps_its_data_through_a_restart(folder: Path) -> None:
    first = server(folder)
    info = await first.start()
    await ask(info.owner_url, "create table kept as select 42 as value")
    await first.stop()

    second = server(folder)
    info = await second.start()
    try:
        assert await ask(info.owner_url, "select value from kept") == 42
    finally:
        await second.stop()


async def test_it_is_durable_and_small_unless_told_otherwise(folder: Path) -> None:
    running = EmbeddedPostgres(
        folder, Binaries.installed(), password_of=password_of, settings={"work_mem": "5MB"}
    )
    info = await running.start()
    try:
        names = [
            "fsync",
            "synchronous_commit",
            "jit",
            "shared_buffers",
            "TimeZone",
            "work_mem",
            "listen_addresses",
        ]
        shown = [await ask(info.owner_url, f"show {name}") for name in names]
        assert shown[:3] + shown[4:] == ["on", "on", "off", "UTC", "5MB", ""]
        assert shown[3] in (buffers(memory()), "1GB")
    finally:
        await running.stop()


async def test_every_role_needs_its_password_and_the_owner_is_not_superuser(folder: Path) -> None:
    running = server(folder)
    info = await running.start()
    try:
        for role in (SUPERUSER, "codex32_owner"):
            with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                await psycopg.AsyncConnection.connect(info.url(role, "postgres", password="wrong"))
        assert (
            await ask(info.owner_url, "select rolsuper from pg_roles where rolname = current_user") is False
        )
        weak = await ask(
            info.url(SUPERUSER), "select count(*) from pg_hba_file_rules where auth_method = 'trust'"
        )
        assert weak == 0
        assert password_of("codex32_owner") not in repr(info)
    finally:
        await running.stop()


async def test_only_the_account_of_the_server_may_read_the_data(folder: Path) -> None:
    running = server(folder)
    info = await running.start()
    try:
        uids = set(psutil.Process(info.pid).uids())
        assert 0 not in uids
        for private in (folder / "data", info.socket_dir):
            assert private.stat().st_mode & 0o077 == 0
            assert private.stat().st_uid in uids
        assert (folder / "log").stat().st_mode & 0o077 == 0
    finally:
        await running.stop()


async def test_stop_leaves_no_process_and_no_socket_and_may_be_repeated(folder: Path) -> None:
    running = server(folder)
    info = await running.start()
    assert server_processes(folder)
    await running.stop()
    await running.stop()
    assert server_processes(folder) == []
    assert not info.socket_dir.exists()
    assert not (folder / "data" / "postmaster.pid").exists()
    assert sorted(entry.name for entry in folder.iterdir()) == ["data", "etc", "lock", "log"]


async def test_a_second_start_names_the_process_that_has_the_folder(folder: Path) -> None:
    running = server(folder)
    info = await running.start()
    try:
        with pytest.raises(errors.DataFolderLockedError, match=str(os.getpid())) as refused:
            await server(folder).start()
        assert refused.value.pid == os.getpid()
        assert await ask(info.owner_url, "select 1") == 1
    finally:
        await running.stop()


@pytest.mark.parametrize(
    ("version", "error"),
    [
        ("99\n", errors.DataTooNewError),
        ("12\n", errors.DataTooOldError),
        ("?", errors.DataFolderDamagedError),
    ],
)
async def test_data_of_another_version_are_refused_with_a_remedy(
    folder: Path, version: str, error: type[errors.EmbeddedPostgresError]
) -> None:
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "PG_VERSION").write_text(version)
    with pytest.raises(error) as refused:
        await server(folder).start()
    assert refused.value.advice
    assert (folder / "data" / "PG_VERSION").read_text() == version


async def test_a_first_start_that_was_interrupted_is_begun_again(folder: Path) -> None:
    (folder / "data.unfinished").mkdir(parents=True)
    (folder / "data.unfinished" / "PG_VERSION").write_text("18\n")
    running = server(folder)
    info = await running.start()
    try:
        assert await ask(info.owner_url, "select 1") == 1
        assert not (folder / "data.unfinished").exists()
    finally:
        await running.stop()


async def test_another_master_key_is_named_as_the_reason(folder: Path) -> None:
    first = server(folder)
    await first.start()
    await first.stop()
    stranger = EmbeddedPostgres(folder, Binaries.installed(), password_of=lambda role: f"other {role}")
    with pytest.raises(errors.DataPasswordError, match="master key"):
        await stranger.start()
    assert server_processes(folder) == []


async def test_a_path_too_long_for_a_socket_gets_a_short_private_one(folder: Path) -> None:
    deep = folder / ("d" * 60) / ("e" * 60)
    running = server(deep)
    info = await running.start()
    try:
        assert len(str(info.socket_dir)) < 60
        assert info.socket_dir.stat().st_mode & 0o077 == 0
        assert await ask(info.owner_url, "select 1") == 1
    finally:
        await running.stop()
    assert not info.socket_dir.exists()


async def test_the_log_never_grows_without_end(folder: Path) -> None:
    running = server(folder)
    await running.start()
    try:
        os.truncate(running.log_file, 17 * 1024 * 1024)
        assert await running.ensure_running() is False
        assert running.log_file.stat().st_size < 1024 * 1024
        assert running.log_file.with_name("postgres.log.1").exists()
    finally:
        await running.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts it under another account")
async def test_as_root_a_folder_its_account_cannot_enter_is_refused(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(errors.FolderUnreachableError, match="traversed"):
        await server(closed / "pg").start()
