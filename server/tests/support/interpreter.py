"""Running Python as an ordinary user from a test that runs as root."""

from __future__ import annotations

import os
import pwd
import shutil
import sys
import sysconfig
from pathlib import Path

from codex32_server.storage.accounts import others_may_enter

ORDINARY_USER = "nobody"
_SERVER = Path(__file__).parents[2]


def reachable_python() -> Path | None:
    """An interpreter of our version that any account may execute; None if there is none."""
    names = (
        sys.executable,
        shutil.which(f"python3.{sys.version_info.minor}", path="/usr/bin:/usr/local/bin"),
    )
    for name in names:
        if name and others_may_enter(Path(name).resolve().parent):
            return Path(name)
    return None


def import_path() -> str:
    """PYTHONPATH with the server, the tests' support and the installed packages."""
    return os.pathsep.join([str(_SERVER), str(_SERVER / "tests"), sysconfig.get_path("purelib")])


def ordinary_ids() -> tuple[int, int]:
    """uid and gid of an account without rights."""
    entry = pwd.getpwnam(ORDINARY_USER)
    return entry.pw_uid, entry.pw_gid
