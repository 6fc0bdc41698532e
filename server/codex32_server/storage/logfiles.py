"""Keeping log files small that are open in a running process: copied aside and cut, never renamed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

LIMIT = 16 * 1024 * 1024


def trim(log: Path, limit: int = LIMIT) -> bool:
    """Move what a log holds beyond `limit` bytes to `<name>.1` (replacing that); True if it had to.

    Whoever writes must append (O_APPEND). On a full disk the old lines are given up for the sake of space.
    """
    if not log.exists() or log.stat().st_size <= limit:
        return False
    aside = log.with_name(log.name + ".1")
    try:
        shutil.copy2(log, aside)
    except OSError:
        aside.unlink(missing_ok=True)
    os.truncate(log, 0)
    return True
