"""Fills a folder of a child from outside, through a descriptor of a tmpfs that only this run sees.

The child sees the same tmpfs read-only. It is hostile all the same: nothing is followed, nothing that is
there is opened, and every file is new.
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from codex32_server.runtime import folder as folders
from codex32_server.runtime.zygote.checks import NotConfinedError

_PAGE = 4096
_ROOM = 64 * 1024
_BLOCK = 1 << 20
_TMPFS = 0x01021994
_LIBC = ctypes.CDLL(None, use_errno=True)
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def size_of(files: Mapping[str, Path | bytes]) -> int:
    """Bytes of a tmpfs that holds the files."""
    sizes = (
        len(content) if isinstance(content, bytes) else content.stat().st_size for content in files.values()
    )
    return _ROOM + sum(size + 2 * _PAGE for size in sizes)


def room_for(files: Mapping[str, Path | bytes]) -> int:
    """`size_of`, rounded up: differences that are small make no difference."""
    return -(-size_of(files) // _ROOM) * _ROOM


def check_own(shown: Sequence[int], foreign: Collection[int]) -> None:
    """Every descriptor is the folder of a tmpfs of its own, and none of a device in `foreign`.

    Who sends them has imported what strangers wrote, and the worker may be root: it must not be led to chmod,
    read or fill any other folder. Raises NotConfinedError, OSError.
    """
    devices = [os.fstat(descriptor).st_dev for descriptor in shown]
    own = len(set(devices)) == len(devices) and not set(devices) & set(foreign)
    folders_only = all(stat.S_ISDIR(os.fstat(descriptor).st_mode) for descriptor in shown)
    if not own or not folders_only or any(_file_system(descriptor) != _TMPFS for descriptor in shown):
        raise NotConfinedError("it showed a folder that is not its own")


def fill(folder: int, files: Mapping[str, Path | bytes], owner: int | None) -> None:
    """Write the files below the descriptor as `owner` (None: as this user).

    Raises UnsafeSourceError for a name that is not plain, OSError. The folder has been through `check_own`.
    """
    with acting_as(owner):
        for name, content in files.items():
            *parents, last = folders.safe_parts(name)
            place = _enter(folder, parents)
            try:
                _write(place, last, content)
            finally:
                if place != folder:
                    os.close(place)


def _enter(folder: int, parents: list[str]) -> int:
    place = folder
    for name in parents:
        with suppress(FileExistsError):
            os.mkdir(name, 0o755, dir_fd=place)
        deeper = os.open(name, _FOLDER, dir_fd=place)
        if place != folder:
            os.close(place)
        place = deeper
    return place


def _write(place: int, name: str, content: Path | bytes) -> None:
    file = os.open(name, _NEW_FILE, 0o644, dir_fd=place)
    try:
        if isinstance(content, bytes):
            _write_all(file, content)
            return
        with content.open("rb") as source:
            while block := source.read(_BLOCK):
                _write_all(file, block)
    finally:
        os.close(file)


def _write_all(file: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(file, left) :]


@contextmanager
def acting_as(owner: int | None) -> Generator[None]:
    """The tmpfs belongs to a user namespace that knows one uid only: not root's. Of this thread alone."""
    if owner is None:
        yield
        return
    _LIBC.setfsuid(owner)
    _LIBC.setfsgid(owner)
    try:
        yield
    finally:
        _LIBC.setfsuid(os.geteuid())
        _LIBC.setfsgid(os.getegid())


def _file_system(folder: int) -> int:
    """The kind of the file system, `f_type` of statfs(2): its first word."""
    answer = (ctypes.c_long * 32)()
    if _LIBC.fstatfs(folder, answer) != 0:
        raise OSError(ctypes.get_errno(), "fstatfs")
    return answer[0]
