"""A real PostgreSQL for tests: one server a test process, one fresh migrated database a test.

Durability is off (nobody keeps these data), row-level security and the narrow roles are as in production. A
server left by a killed test process is ended by the next one.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import psycopg
from codex32_server.storage.binaries import Binaries
from codex32_server.storage.cluster import Cluster, FolderLock
from codex32_server.storage.embedded import SUPERUSER, ConnectionInfo, EmbeddedPostgres, add_extensions
from codex32_server.storage.embedded_errors import DataFolderLockedError
from codex32_server.storage.migrate import LOGIN_ROLES, migrate
from codex32_server.storage.postmaster import find_postmaster
from codex32_server.storage.session import Database
from psycopg import sql
from support.folders import fast_folder
from support.passwords import password_of

FAST: Mapping[str, str] = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "512MB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
    "max_connections": "200",
}
TEMPLATE = "migrated"


class DatabaseUnderTest:
    """One database that belongs to one test. URLs are libpq URLs; opened `Database`s are closed with it."""

    def __init__(self, info: ConnectionInfo, name: str) -> None:
        self.name = name
        self._info = info
        self._opened: list[Database] = []

    def url(self, role: str) -> str:
        return self._info.url(role, self.name)

    def open(self, role: str, *, pool_size: int = 5, overflow: int = 5) -> Database:
        """A pool under `role`, closed when the test ends."""
        opened = Database(self.url(role), pool_size=pool_size, overflow=overflow)
        self._opened.append(opened)
        return opened

    @property
    def owner_url(self) -> str:
        """The superuser: looks past row-level security, for arranging and inspecting."""
        return self.url(SUPERUSER)

    @property
    def app_url(self) -> str:
        return self.url("codex32_app")

    @property
    def worker_url(self) -> str:
        return self.url("codex32_worker")

    @property
    def scheduler_url(self) -> str:
        return self.url("codex32_scheduler")

    @property
    def gateway_url(self) -> str:
        return self.url("codex32_gateway")

    @cached_property
    def owner(self) -> Database:
        return self.open(SUPERUSER)

    @cached_property
    def app(self) -> Database:
        return self.open("codex32_app")

    @cached_property
    def worker(self) -> Database:
        return self.open("codex32_worker")

    @cached_property
    def scheduler(self) -> Database:
        return self.open("codex32_scheduler")

    async def close(self) -> None:
        for opened in self._opened:
            await opened.close()


class PostgresForTests:
    """The server of this test process."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self.embedded = EmbeddedPostgres(
            base / "pg", Binaries.reachable(base / "runtime"), password_of=password_of, settings=FAST
        )
        self._numbers = itertools.count()
        self._admin: psycopg.AsyncConnection[tuple[object, ...]] | None = None

    async def start(self) -> None:
        self.info = await self.embedded.start()
        self._admin = await psycopg.AsyncConnection.connect(
            self.info.url(SUPERUSER, "postgres"), autocommit=True
        )

    async def stop(self) -> None:
        if self._admin is not None:
            await self._admin.close()
        await self.embedded.stop()
        shutil.rmtree(self._base, ignore_errors=True)

    async def make_template(self) -> None:
        """The migrated database that every test copies; made once."""
        await self._run("create database {} owner codex32_owner", TEMPLATE)
        await add_extensions(self.info.url(SUPERUSER, TEMPLATE))
        migrate(self.info.url(database=TEMPLATE), {role: password_of(role) for role in LOGIN_ROLES})
        await self._run("alter database {} is_template true allow_connections false", TEMPLATE)

    async def create(self, template: str = "template0") -> DatabaseUnderTest:
        name = f"test_{next(self._numbers)}"
        await self._run(
            "create database {} owner codex32_owner template {} strategy file_copy", name, template
        )
        return DatabaseUnderTest(self.info, name)

    async def drop(self, database: DatabaseUnderTest) -> None:
        await database.close()
        await self._run("drop database {} with (force)", database.name)

    async def _run(self, statement: str, *names: str) -> None:
        assert self._admin is not None
        await self._admin.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))


def new_server() -> PostgresForTests:
    """A server in a folder of its own, after ending those that killed test processes left behind."""
    root = fast_folder() / f"codex32-tests-{os.geteuid()}"
    root.mkdir(mode=0o711, exist_ok=True)
    for left in root.iterdir():
        _end_if_left(left)
    base = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=root))
    base.chmod(0o711)
    return PostgresForTests(base)


def _end_if_left(folder: Path) -> None:
    """Its lock is free only if the process that held it is gone."""
    cluster = Cluster(folder / "pg", None)
    if not (cluster.base / "lock").exists():
        return
    lock = FolderLock(cluster.base / "lock")
    try:
        lock.acquire()
    except DataFolderLockedError:
        return
    left = find_postmaster(cluster.data)
    if left is not None:
        left.stop(5)
    lock.release()
    shutil.rmtree(folder, ignore_errors=True)
