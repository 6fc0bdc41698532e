"""Folders for tests that hand files to another account, or that write a lot."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_PLENTY = 2 * 1024**3


def fast_folder() -> Path:
    """Memory where there is plenty: a database is 500 files, which a disk makes ten times more slowly."""
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _PLENTY:
        return memory
    return Path(tempfile.gettempdir())


@contextmanager
def reachable_folder(prefix: str) -> Generator[Path]:
    """A fresh folder that any account may enter (those of pytest are private); removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=fast_folder()))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
