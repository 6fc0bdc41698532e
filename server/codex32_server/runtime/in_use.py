"""Which shared folders are in use: whoever uses one holds a lock in it, which the kernel frees when they die.

For folders that can be made again at any time (runtime files). Nothing here makes one.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from pathlib import Path

_MARK = ".in-use"
_held: dict[Path, int] = {}


def hold(folder: Path) -> bool:
    """Use `folder` until this process ends; False if it was taken away meanwhile. Idempotent."""
    if folder in _held:
        return folder.is_dir()
    try:
        descriptor = os.open(folder / _MARK, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except FileNotFoundError:
        return False
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    try:
        if os.path.samestat(os.fstat(descriptor), (folder / _MARK).stat()):
            _held[folder] = descriptor
            return True
    except FileNotFoundError:
        pass
    os.close(descriptor)
    return False


def mark(folder: Path) -> None:
    """Make `folder` one that can be held; before it comes to its place."""
    (folder / _MARK).touch(0o644)


def collect(parent: Path, keep: Path, older_than: float) -> int:
    """Remove the folders beside `keep` that nobody uses, made `older_than` seconds ago or more; how many."""
    removed = 0
    for folder in parent.iterdir():
        if folder == keep or folder.name.startswith(".") or not folder.is_dir():
            continue
        if time.time() - folder.stat().st_mtime > older_than and _take_away(folder):
            removed += 1
    for left in parent.glob(".removing-*"):
        shutil.rmtree(left, ignore_errors=True)
    return removed


def _take_away(folder: Path) -> bool:
    """Rename it so that nobody finds it any more; False while somebody uses it."""
    try:
        descriptor = os.open(folder / _MARK, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        folder.rename(folder.with_name(f".removing-{folder.name}"))
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
