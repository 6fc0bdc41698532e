"""The files of an embedded PostgreSQL: data folder, configuration, log, socket folder. No process runs here.

```
base/            ours; others may traverse it
  data/          the server's account only
  run/           the socket; the server's account only (elsewhere if the path is too long for a socket)
  etc/           configuration, rewritten at each start and readable, not writable, by the server's account
  log/           the server's log; ours only
  lock           held (flock) by the process that looks after the server; its pid inside
```
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from codex32_server.storage.accounts import Account
from codex32_server.storage.embedded_errors import (
    DataDiskFullError,
    DataFolderDamagedError,
    DataFolderLockedError,
    DataTooNewError,
    DataTooOldError,
    EmbeddedPostgresError,
)
from codex32_server.storage.logfiles import trim

MIB = 1024 * 1024
SOCKET_PORT = 5432
"""Only names the socket; nothing listens on the network."""
_SOCKET_PATH_LIMIT = 107
_LOG_TAIL = 4000
_FULL_DISK = "No space left on device"

_LEAST_BUFFERS, _MOST_BUFFERS = 128, 1024
"""MiB."""

SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "listen_addresses": "''",
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "password_encryption": "scram-sha-256",
        # Passwords are 256 derived bits: stretching them protects nothing and slows each connection.
        "scram_iterations": "1",
        "shared_buffers": f"{_LEAST_BUFFERS}MB",
        "effective_cache_size": "1GB",
        "work_mem": "8MB",
        "maintenance_work_mem": "64MB",
        "fsync": "on",
        "synchronous_commit": "on",
        "wal_level": "replica",
        "max_wal_size": "1GB",
        "checkpoint_timeout": "10min",
        "random_page_cost": "1.1",
        "jit": "off",
        # Two cores are shared with everything else; short queries gain nothing from helpers.
        "max_parallel_workers_per_gather": "0",
        # Fewer idle processes: no I/O workers, no launcher for logical replication.
        "io_method": "sync",
        "max_logical_replication_workers": "0",
        # Files below the data folder: a container's /dev/shm may be small, logind may empty it (RemoveIPC).
        "dynamic_shared_memory_type": "mmap",
        "autovacuum_naptime": "30s",
        # Nobody waits five minutes inside a transaction unless something hangs.
        "idle_in_transaction_session_timeout": "5min",
        "client_connection_check_interval": "10s",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "log_destination": "stderr",
        "logging_collector": "off",
        "log_line_prefix": "'%m [%p] %q%u@%d '",
        "log_checkpoints": "off",
        "log_lock_waits": "on",
        "log_min_duration_statement": "2s",
        # Parameters hold people's data and secrets.
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
    }
)


_MEMORY_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
"""Of the container we are in, cgroup v2 and v1."""


def memory() -> int:
    """Bytes that this machine or container has."""
    found = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for place in _MEMORY_LIMITS:
        try:
            found = min(found, int(place.read_text()))
        except (OSError, ValueError):
            continue  # there is none, or it says "max"
    return found


def buffers(total: int) -> str:
    """`shared_buffers` where there are so many bytes of memory: a sixteenth. It is taken as it is needed, not
    at the start; a search in a million chunks reads about as much as the most.
    """
    return f"{min(max(total // 16 // MIB, _LEAST_BUFFERS), _MOST_BUFFERS)}MB"


@dataclass(frozen=True)
class Cluster:
    """The folder of one server. `account` owns what the server writes; None when we are an ordinary user."""

    base: Path
    account: Account | None

    @property
    def data(self) -> Path:
        return self.base / "data"

    @property
    def unfinished(self) -> Path:
        """Where initdb works; renamed to `data` when complete, so that a half-made folder never counts."""
        return self.base / "data.unfinished"

    @property
    def config(self) -> Path:
        return self.base / "etc" / "postgresql.conf"

    @property
    def log(self) -> Path:
        return self.base / "log" / "postgres.log"

    def prepare(self) -> None:
        """Make the folders around `data`; may be repeated. Raises EmbeddedPostgresError."""
        try:
            self.base.mkdir(mode=0o711 if self.account else 0o700, parents=True, exist_ok=True)
            for name, mode in (("etc", 0o755), ("log", 0o700)):
                (self.base / name).mkdir(mode=mode, exist_ok=True)
        except OSError as error:
            raise write_failure(self.base, error) from error

    def own(self, path: Path, mode: int) -> None:
        """Hand `path` to the server's account."""
        path.chmod(mode)
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)

    def initialised(self) -> bool:
        return (self.data / "PG_VERSION").is_file()

    def check_version(self, installed: int) -> None:
        """Raises DataTooNewError, DataTooOldError or DataFolderDamagedError; passes if there is no data."""
        if not self.data.exists():
            return
        try:
            version = int((self.data / "PG_VERSION").read_text())
        except (OSError, ValueError) as error:
            raise DataFolderDamagedError(f"{self.data} has no readable PG_VERSION: {error}.") from error
        sentence = (
            f"{self.data} was written by PostgreSQL {version}, and PostgreSQL {installed} is installed."
        )
        if version > installed:
            raise DataTooNewError(sentence)
        if version < installed:
            raise DataTooOldError(sentence)

    def check_room(self, needed: int) -> None:
        """Raises DataDiskFullError below `needed` free bytes: better refused than stopped half-way."""
        free = shutil.disk_usage(self.base).free
        if free < needed:
            raise DataDiskFullError(
                f"The disk of {self.base} has {free // MIB} MiB left; {needed // MIB} MiB are needed."
            )

    def write_config(self, overrides: Mapping[str, str]) -> bool:
        """Write the configuration; True if it differs from what was there."""
        changed = [
            _replace_text(self.config, _settings_text(self.socket_dir(), {**SETTINGS, **overrides})),
            _replace_text(self.config.with_name("pg_hba.conf"), "local all all scram-sha-256\n"),
            _replace_text(self.config.with_name("pg_ident.conf"), ""),
        ]
        return any(changed)

    def sized(self) -> dict[str, str]:
        """Settings for this machine: its memory, and a small disk, which the write-ahead log must not fill
        before it is cut back.
        """
        found = {"shared_buffers": buffers(memory())}
        total = shutil.disk_usage(self.base).total // MIB
        share = max(64, total // 16)
        return found if share >= 1024 else {**found, "max_wal_size": f"{share}MB", "min_wal_size": "32MB"}

    def arguments(self) -> list[str]:
        """What the server program is started with."""
        folder = self.config.parent
        return [
            "-D",
            str(self.data),
            f"--config-file={self.config}",
            f"--hba-file={folder / 'pg_hba.conf'}",
            f"--ident-file={folder / 'pg_ident.conf'}",
        ]

    def socket_dir(self) -> Path:
        """`run/` beside the data, or a short private folder elsewhere: a socket's path has ≤ 107 bytes."""
        near = self.base / "run"
        if _socket_fits(near):
            return near
        token = hashlib.sha256(os.fsencode(self.base.resolve())).hexdigest()[:12]
        return _short_root() / f"codex32-{token}"

    def make_socket_dir(self) -> Path:
        """Private to the server's account. Raises EmbeddedPostgresError if someone else made it first."""
        folder = self.socket_dir()
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        owners = {os.geteuid(), self.account.uid if self.account else os.geteuid()}
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
            raise EmbeddedPostgresError(f"{folder} belongs to somebody else; remove it.")
        self.own(folder, 0o700)
        return folder

    def remove_socket_dir(self) -> None:
        shutil.rmtree(self.socket_dir(), ignore_errors=True)

    def open_log(self) -> int:
        """A descriptor to append to, private to us; a log that grew over 16 MiB is moved to `.1` first."""
        self.trim_log()
        return os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def trim_log(self) -> None:
        """Keep it below 16 MiB although a running server has it open."""
        trim(self.log)

    def log_since(self, offset: int) -> str:
        """The end of the log from byte `offset` on, at most 4,000 characters."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as file:
            file.seek(offset)
            return file.read().decode(errors="replace")[-_LOG_TAIL:]


class FolderLock:
    """Held by the one process that looks after a server; released by the kernel when that process dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        return self._descriptor is not None

    def acquire(self) -> None:
        """Raises DataFolderLockedError that names the process that holds it."""
        if self._descriptor is not None:
            return
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(descriptor, 32).decode(errors="replace").strip()
            os.close(descriptor)
            pid = int(holder) if holder.isdigit() else None
            raise DataFolderLockedError(
                f"{self._path.parent} is looked after by process {pid or '(unknown)'} already.", pid=pid
            ) from error
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def failure_from(text: str, summary: str) -> EmbeddedPostgresError:
    """The typed error that fits what a program of PostgreSQL printed."""
    if _FULL_DISK in text:
        return DataDiskFullError(f"{summary}: no space left on the disk.")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return EmbeddedPostgresError(f"{summary}: {' / '.join(lines[-3:]) or 'it printed nothing'}")


def write_failure(path: Path, error: OSError) -> EmbeddedPostgresError:
    """The typed error for a folder we could not write."""
    return failure_from(str(error), f"{path} cannot be written")


def _settings_text(socket_dir: Path, settings: Mapping[str, str]) -> str:
    quoted = str(socket_dir).replace("'", "''")
    lines = ["# Written at each start; changes made here are lost."]
    lines += [f"{name} = {value}" for name, value in settings.items()]
    lines += [f"unix_socket_directories = '{quoted}'", f"port = {SOCKET_PORT}", ""]
    return "\n".join(lines)


def _replace_text(path: Path, text: str) -> bool:
    if path.exists() and path.read_text() == text:
        return False
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.write_text(text)
        fresh.chmod(0o644)
        fresh.replace(path)
    except OSError as error:
        raise write_failure(path, error) from error
    return True


def _socket_fits(folder: Path) -> bool:
    return len(os.fsencode(folder / f".s.PGSQL.{SOCKET_PORT}")) <= _SOCKET_PATH_LIMIT


def _short_root() -> Path:
    """A folder with a short path that we may write to."""
    names = ["/run"] if os.geteuid() == 0 else [os.environ.get("XDG_RUNTIME_DIR", "")]
    for folder in (Path(name) for name in (*names, tempfile.gettempdir()) if name):
        if os.access(folder, os.W_OK) and _socket_fits(folder / "codex32-0123456789ab"):
            return folder
    return Path("/tmp")  # noqa: S108 - the folder made in it is private and its owner is checked
