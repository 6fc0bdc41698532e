"""Whether a start may skip `prepare`: same release, database and settings as the last that was prepared."""

from __future__ import annotations

import hashlib
import hmac
import json
from importlib.metadata import version
from pathlib import Path

import psycopg

from codex32_server.kit.errors import UnavailableError
from codex32_server.storage.keys import MasterKey

_FILE = "prepared.json"
_WHICH_DATABASE = """
select (select system_identifier from pg_control_system()),
       (select oid from pg_database where datname = current_database()),
       to_regclass('public.alembic_version') is not null
"""
_WHICH_REVISION = "select version_num from public.alembic_version"


class DatabaseUnreachableError(UnavailableError):
    """The configured PostgreSQL does not let us in."""

    code = "database_unreachable"
    title = "The database cannot be reached"
    next_step = "Check CODEX32_DATABASE_URL: host, port, user, password and database."


def fingerprint(owner_url: str, migrations: Path, master: MasterKey, configured_key: str | None) -> str:
    """Names everything that `prepare` depends on, the state of the database included.

    Raises DatabaseUnreachableError.
    """
    parts = [version("codex32-server"), owner_url.rpartition("@")[2], configured_key or ""]
    parts += _database(owner_url)
    for file in sorted(migrations.rglob("*")):
        if file.suffix in {".py", ".sql"}:
            parts += [file.name, hashlib.sha256(file.read_bytes()).hexdigest()]
    # Keyed, because a key that somebody chose goes in.
    return hmac.digest(master.derive("prepared"), "\0".join(parts).encode(), "sha256").hex()


def is_prepared(home: Path, current: str) -> bool:
    """Whether the last prepared start had this very fingerprint."""
    try:
        return json.loads((home / _FILE).read_text())["fingerprint"] == current
    except (OSError, ValueError, KeyError, TypeError):
        return False


def remember(home: Path, current: str) -> None:
    fresh = home / f".{_FILE}"
    fresh.write_text(json.dumps({"fingerprint": current}))
    fresh.replace(home / _FILE)


def _database(owner_url: str) -> list[str]:
    try:
        with psycopg.connect(owner_url, connect_timeout=10, autocommit=True) as connection:
            row = connection.execute(_WHICH_DATABASE).fetchone() or (0, 0, False)
            revision = connection.execute(_WHICH_REVISION).fetchone() if row[2] else None
    except psycopg.OperationalError as error:
        raise DatabaseUnreachableError(f"PostgreSQL does not let us in: {_reason(error)}.") from error
    return [str(value) for value in (*row, *(revision or ()))]


def _reason(error: psycopg.OperationalError) -> str:
    """The last of what was tried, without the hints that libpq indents below it."""
    lines = [line for line in str(error).splitlines() if line.strip() and not line.startswith("\t")]
    return lines[-1].strip().rstrip(".?") if lines else "no reason given"
