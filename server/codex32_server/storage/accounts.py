"""System accounts: PostgreSQL refuses to run as root, so root hands it to an account without rights."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

SERVICE_ACCOUNT = "codex32"
FALLBACK_ACCOUNT = "nobody"
_NOLOGIN = "/usr/sbin/nologin"
_CREATE_TIMEOUT = 20.0


@dataclass(frozen=True)
class Account:
    """An account of the operating system that owns files and processes for us."""

    name: str
    uid: int
    gid: int


def service_account() -> Account | None:
    """The account that owns the database as root (made if it is missing); None for an ordinary user.

    Bots must never run under this uid: it may read the data folder. Where no account can be made (a read-only
    /etc), `nobody` serves.
    """
    if os.geteuid() != 0:
        return None
    return _lookup(SERVICE_ACCOUNT) or _create(SERVICE_ACCOUNT) or _lookup(FALLBACK_ACCOUNT)


def others_may_enter(folder: Path) -> bool:
    """Whether any account may traverse `folder` and all its parents (which must exist)."""
    resolved = folder.resolve()
    return all(entry.stat().st_mode & stat.S_IXOTH for entry in (resolved, *resolved.parents))


def _lookup(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)


def _create(name: str) -> Account | None:
    for command in _creation_commands(name):
        if shutil.which(command[0]) is None:
            continue
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_CREATE_TIMEOUT)
        except (subprocess.SubprocessError, OSError):
            continue
        return _lookup(name)
    return None


def _creation_commands(name: str) -> list[list[str]]:
    """shadow-utils first, then BusyBox."""
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    return [
        ["useradd", *options, "--shell", _NOLOGIN, name],
        ["adduser", "-S", "-D", "-H", "-s", "/sbin/nologin", name],
    ]
