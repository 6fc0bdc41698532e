"""An embedded PostgreSQL: made on first use, started, watched, stopped. What is in it is not its concern.

The server is a child in a session of its own, so that Ctrl-C in the terminal does not reach it and a killed
platform leaves it running; the next `start` takes it over.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from codex32_server.storage.accounts import Account, others_may_enter, service_account
from codex32_server.storage.binaries import Binaries
from codex32_server.storage.cluster import MIB, SOCKET_PORT, Cluster, FolderLock, failure_from, write_failure
from codex32_server.storage.embedded_errors import (
    DataPasswordError,
    EmbeddedPostgresError,
    FolderUnreachableError,
)
from codex32_server.storage.postmaster import Postmaster, end_orphans, find_postmaster, read_pid_file

SUPERUSER = "postgres"
OWNER = "codex32_owner"
DATABASE = "codex32"
_ROOM_TO_INITIALISE = 128 * MIB
_ROOM_TO_START = 32 * MIB
_POLL = 0.01
_WHAT_EXISTS = """
select exists (select from pg_roles where rolname = %(owner)s),
       exists (select from pg_database where datname = %(database)s)
"""
_HAS_VECTORS = "select from pg_extension where extname = 'vector'"
# The next statement holds a password, which must not reach the log even if it fails.
_SILENCE = "set log_min_error_statement = panic; set log_min_duration_statement = -1"
_CREATE_OWNER = sql.SQL("create role {} login createrole bypassrls password {}")
_CREATE_DATABASE = sql.SQL("create database {} owner {}")


@dataclass(frozen=True)
class ConnectionInfo:
    """How to reach a running server: over its private socket only."""

    socket_dir: Path
    pid: int
    password_of: Callable[[str], str] = field(repr=False)

    def url(self, role: str = OWNER, database: str = DATABASE, password: str | None = None) -> str:
        """A libpq URL for `role`; its password is the derived one unless another is given."""
        secret = quote(self.password_of(role) if password is None else password, safe="")
        host = quote(str(self.socket_dir), safe="")
        return f"postgresql://{role}:{secret}@/{database}?host={host}&port={SOCKET_PORT}"

    @property
    def owner_url(self) -> str:
        """The role that owns the schema and runs migrations; may create roles, is not superuser."""
        return self.url()


class EmbeddedPostgres:
    """One server and its folder.

    `data_dir` is the folder of `cluster.Cluster`; `password_of` gives the password of a role (derived from
    the master key, the same at every start). `settings` override those of `cluster.SETTINGS`. To be called by
    one task at a time. Timeouts are seconds.
    """

    def __init__(
        self,
        data_dir: Path,
        binaries: Binaries,
        *,
        password_of: Callable[[str], str],
        settings: Mapping[str, str] | None = None,
        start_timeout: float = 300.0,
        stop_timeout: float = 30.0,
    ) -> None:
        self._account: Account | None = service_account()
        self._cluster = Cluster(data_dir.absolute(), self._account)
        self._binaries = binaries
        self._password_of = password_of
        self._settings = dict(settings or {})
        self._start_timeout = start_timeout
        self._stop_timeout = stop_timeout
        self._lock = FolderLock(self._cluster.base / "lock")
        self._postmaster: Postmaster | None = None
        self._given_up = threading.Event()
        self._log_start = 0

    @property
    def log_file(self) -> Path:
        return self._cluster.log

    name = "postgres"

    @property
    def pid(self) -> int | None:
        """Of the server's first process."""
        return self._postmaster.pid if self._postmaster else None

    @property
    def running(self) -> bool:
        return self._postmaster is not None and self._postmaster.alive()

    async def start(self) -> ConnectionInfo:
        """Initialise on first use, take over a server left by a killed platform, else start one.

        Recovery after a crash happens here and takes as long as the write-ahead log needs. Raises the errors
        of `embedded_errors`; after one of them nothing of ours runs and the folder is not locked.
        """
        try:
            await self._uninterrupted(self._take_over_or_launch)
            info = self._info()
            await _ensure_owner(info)
        except BaseException:
            await self.stop()
            raise
        return info

    async def ensure_running(self) -> bool:
        """Start the server again if it died; True if it had to. To be called every second or so."""
        if self.running:
            await asyncio.to_thread(self._cluster.trim_log)
            return False
        await self.start()
        return True

    async def stop(self) -> None:
        """Shut down cleanly (open transactions roll back), else by force; then unlock. May be repeated."""
        await asyncio.to_thread(self._stop)

    async def _uninterrupted(self, work: Callable[[], None]) -> None:
        """Blocking work in a thread. Cancelled, it is told to give up and waited for: `stop` comes last."""
        self._given_up.clear()
        thread = asyncio.ensure_future(asyncio.to_thread(work))
        try:
            await asyncio.shield(thread)
        except asyncio.CancelledError:
            self._given_up.set()
            await asyncio.wait([thread])
            raise

    def _stop(self) -> None:
        if self._postmaster is not None:
            self._postmaster.stop(self._stop_timeout)
            end_orphans(self._cluster.data)
            self._postmaster = None
        if self._lock.held:
            self._cluster.remove_socket_dir()
        self._lock.release()

    def _take_over_or_launch(self) -> None:
        self._check_access()
        self._cluster.prepare()
        self._lock.acquire()
        self._cluster.check_version(self._binaries.major())
        if not self._cluster.initialised():
            self._initialise()
        changed = self._cluster.write_config({**self._cluster.sized(), **self._settings})
        found = find_postmaster(self._cluster.data)
        if found is not None and (changed or not found.uses(self._binaries.program("postgres"))):
            # An upgrade or other settings: the server we found is not the one that is wanted now.
            found.stop(self._stop_timeout)
            found = None
        self._postmaster = found or self._launch()
        self._wait_until_ready(self._postmaster)

    def _check_access(self) -> None:
        if self._account is None:
            return
        if not self._binaries.open_to_others():
            raise FolderUnreachableError(f"{self._binaries.folder} cannot be read by {self._account.name}.")
        parent = next(folder for folder in self._cluster.base.parents if folder.exists())
        if not others_may_enter(parent):
            raise FolderUnreachableError(f"{parent} cannot be traversed by {self._account.name}.")

    def _initialise(self) -> None:
        self._cluster.check_room(_ROOM_TO_INITIALISE)
        unfinished = self._cluster.unfinished
        password_file = self._cluster.base / f".password.{secrets.token_hex(8)}"
        try:
            end_orphans(unfinished)
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            self._cluster.own(unfinished, 0o700)
            password_file.touch(0o600)
            password_file.write_text(self._password_of(SUPERUSER))
            self._cluster.own(password_file, 0o600)
            self._run_initdb(unfinished, password_file)
            unfinished.rename(self._cluster.data)
        except OSError as error:
            raise write_failure(self._cluster.base, error) from error
        finally:
            password_file.unlink(missing_ok=True)
            shutil.rmtree(unfinished, ignore_errors=True)

    def _run_initdb(self, target: Path, password_file: Path) -> None:
        """The built-in locale needs nothing of the machine, so text sorts the same everywhere."""
        options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        options += ["--builtin-locale=C.UTF-8", f"--pwfile={password_file}", f"--username={SUPERUSER}"]
        if self._settings.get("fsync") == "off":
            options.append("--no-sync")
        program = self._binaries.program("initdb")
        user, group, extra_groups = self._identity()
        done = subprocess.run(
            [program, "-D", target, *options],
            capture_output=True,
            text=True,
            errors="replace",
            env=_environment(),
            cwd="/",
            umask=0o077,
            check=False,
            user=user,
            group=group,
            extra_groups=extra_groups,
        )
        if done.returncode != 0:
            raise failure_from(done.stderr, "PostgreSQL's data folder could not be made")

    def _launch(self) -> Postmaster:
        end_orphans(self._cluster.data)
        left = read_pid_file(self._cluster.data)
        if left is not None:
            # Its process is gone or is not a server (a pid used again); PostgreSQL would refuse the latter.
            (self._cluster.data / "postmaster.pid").unlink(missing_ok=True)
        self._cluster.check_room(_ROOM_TO_START)
        self._cluster.make_socket_dir()
        log = self._cluster.open_log()
        self._log_start = os.fstat(log).st_size
        user, group, extra_groups = self._identity()
        try:
            child = subprocess.Popen(
                [self._binaries.program("postgres"), *self._cluster.arguments()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(),
                cwd="/",
                umask=0o077,
                start_new_session=True,
                user=user,
                group=group,
                extra_groups=extra_groups,
            )
        finally:
            os.close(log)
        return Postmaster(child.pid, child)

    def _wait_until_ready(self, postmaster: Postmaster) -> None:
        deadline = time.monotonic() + self._start_timeout
        while True:
            found = read_pid_file(self._cluster.data)
            if found is not None and found.pid == postmaster.pid and found.ready:
                return
            if not postmaster.alive():
                raise failure_from(self._cluster.log_since(self._log_start), "PostgreSQL did not start")
            if time.monotonic() > deadline or self._given_up.is_set():
                raise EmbeddedPostgresError(
                    f"PostgreSQL was not ready in time; its log is {self._cluster.log}"
                )
            time.sleep(_POLL)

    def _info(self) -> ConnectionInfo:
        assert self._postmaster is not None
        return ConnectionInfo(self._cluster.socket_dir(), self._postmaster.pid, self._password_of)

    def _identity(self) -> tuple[int | None, int | None, Sequence[int] | None]:
        """User, group and supplementary groups for a program of PostgreSQL: never root's."""
        if self._account is None:
            return None, None, None
        return self._account.uid, self._account.gid, ()


async def _ensure_owner(info: ConnectionInfo) -> None:
    """The owner role and its database: made at the first start, looked for at every other.

    The owner may create roles and see past row-level security (it migrates data), but is not superuser.
    Raises DataPasswordError if the folder was made with another master key.
    """
    url = info.url(SUPERUSER, "postgres")
    try:
        connection = await psycopg.AsyncConnection[tuple[bool, ...]].connect(
            url, autocommit=True, connect_timeout=10
        )
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise DataPasswordError(
                "The data folder refuses the password derived from the master key."
            ) from error
        raise EmbeddedPostgresError(f"PostgreSQL started but does not answer: {error}") from error
    async with connection:
        cursor = await connection.execute(_WHAT_EXISTS, {"owner": OWNER, "database": DATABASE})
        has_owner, has_database = await cursor.fetchone() or (False, False)
        if not has_owner:
            await connection.execute(_SILENCE)
            await connection.execute(_CREATE_OWNER.format(sql.Identifier(OWNER), info.password_of(OWNER)))
        if not has_database:
            await connection.execute(_CREATE_DATABASE.format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))
    await add_extensions(info.url(SUPERUSER))


async def add_extensions(superuser_url: str) -> None:
    """What only a superuser may install in a database: the type of vectors."""
    async with await psycopg.AsyncConnection.connect(superuser_url, autocommit=True) as connection:
        if not await (await connection.execute(_HAS_VECTORS)).fetchone():
            await connection.execute("create extension if not exists vector")


def _environment() -> dict[str, str]:
    """Nothing of ours reaches the server: secrets live in our environment."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
