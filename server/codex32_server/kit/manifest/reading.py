"""A bot's files from a disk, for the command line. What is read is a plain mapping; `package` judges it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from ..errors import FieldProblem
from .errors import PackageError, PackageTooLargeError, describe
from .filenames import printable
from .source import MAX_FILE_BYTES

MAX_FILES = 200
MAX_TOTAL_BYTES = 5 * 1024 * 1024

_IGNORED = {"__pycache__", "node_modules", "venv"}


def read_files(path: Path) -> dict[str, bytes]:
    """Relative path → content of a bot: all of a folder, or a file with the `test_*.py` that belongs to it.

    Hidden files, `__pycache__`, virtual environments and compiled Python are left out. Symbolic links below
    the given path are refused, never followed. Raises PackageError or PackageTooLargeError.
    """
    if not path.exists():
        raise _refusal(str(path), "there is no such file or folder")
    if path.is_dir():
        return _read_folder(path.resolve())
    if path.suffix != ".py":
        raise _refusal(path.name, "a bot is a .py file or a folder with one")
    files = {path.name: _read(path.resolve(), path.name)}
    test = path.resolve().with_name(f"test_{path.name}")
    if test.is_file() and not test.is_symlink() and not path.name.startswith("test_"):
        files[test.name] = _read(test, test.name)
    return files


def _read_folder(root: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    total = 0
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if _is_ignored(entry):
                    continue
                name = Path(entry.path).relative_to(root).as_posix()
                if entry.is_symlink():
                    raise _refusal(name, "is a symbolic link; put the file itself there")
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                    continue
                files[name] = _read(Path(entry.path), name)
                total += len(files[name])
                check_totals(len(files), total)
    return files


def _is_ignored(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith(".") or entry.name in _IGNORED or entry.name.endswith((".pyc", ".pyo", "~")):
        return True
    return entry.is_dir(follow_symlinks=False) and Path(entry.path, "pyvenv.cfg").exists()


def _read(path: Path, name: str) -> bytes:
    """At most one byte more than a file may have; never through a link, never from a pipe or a device."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _refusal(name, f"cannot be read: {error.strerror}") from None
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _refusal(name, "is not a regular file")
        content = stream.read(MAX_FILE_BYTES + 1)
    check_size(name, content)
    return content


def check_size(name: str, content: bytes) -> None:
    """Raises PackageTooLargeError for a file of more than 1 MiB."""
    if len(content) > MAX_FILE_BYTES:
        shown = printable(name)
        problem = FieldProblem(f"files.{shown}", f"{shown} is larger than {MAX_FILE_BYTES // 1024} KiB")
        raise PackageTooLargeError(problem.detail, fields=[problem])


def check_totals(count: int, total: int) -> None:
    """Raises PackageTooLargeError for more than 200 files or 5 MiB in all."""
    if count > MAX_FILES:
        raise PackageTooLargeError(f"the bot has more than {MAX_FILES} files")
    if total > MAX_TOTAL_BYTES:
        raise PackageTooLargeError(
            f"the bot's files have more than {MAX_TOTAL_BYTES // 1024 // 1024} MiB in all"
        )


def _refusal(name: str, detail: str) -> PackageError:
    problem = FieldProblem(f"files.{printable(name)}", detail)
    return PackageError(describe([problem], printable(name)), fields=[problem])
