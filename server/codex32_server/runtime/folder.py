"""The folder of one run on the host: what the bot is shown, and what it left. Names never lead out of it."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from mimetypes import guess_type
from pathlib import Path, PurePosixPath

from codex32_server.runtime.contract import OutputFile
from codex32_server.runtime.errors import UnsafeSourceError
from codex32_server.runtime.sandbox.process import owner_is_gone, owner_prefix

MOST_FILES = 256
LONGEST_NAME = 255
LONGEST_PATH = 1024
_BLOCK = 1 << 20


class FilesTooLargeError(Exception):
    """What the bot left, or was given, is more than `Limits.files` or `MOST_FILES`."""


@dataclass(frozen=True)
class RunFolder:
    """`source` and `inputs` are shown to the bot, `outputs` receives what it left."""

    root: Path

    @property
    def source(self) -> Path:
        return self.root / "bot"

    @property
    def inputs(self) -> Path:
        return self.root / "input"

    @property
    def outputs(self) -> Path:
        return self.root / "output"

    def remove(self) -> None:
        """Delete all of it."""
        shutil.rmtree(self.root, ignore_errors=True)


class LazyFolder:
    """A folder that is made when somebody asks for it: most warm runs need none."""

    def __init__(self, parent: Path, name: str) -> None:
        self._parent = parent
        self._name = name
        self._made: RunFolder | None = None

    def get(self) -> RunFolder:
        """The folder, made by the first call."""
        if self._made is None:
            self._made = create(self._parent, self._name)
        return self._made

    async def remove(self) -> None:
        """Delete it if it was made."""
        if self._made is not None:
            await asyncio.to_thread(self._made.remove)


def create(parent: Path, name: str) -> RunFolder:
    """An empty folder that nobody else can enter; its name cannot be guessed."""
    parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    folder = RunFolder(Path(tempfile.mkdtemp(prefix=f"{owner_prefix()}-{name}-", dir=parent)))
    folder.source.mkdir(mode=0o755)
    folder.inputs.mkdir(mode=0o755)
    return folder


def sweep(parent: Path) -> int:
    """Delete the folders of workers that are gone; gives how many."""
    left = [path for path in parent.iterdir() if owner_is_gone(path.name)] if parent.is_dir() else []
    for path in left:
        shutil.rmtree(path, ignore_errors=True)
    return len(left)


def write_source(folder: RunFolder, source: Mapping[str, bytes]) -> None:
    """Write the files of a version. Raises UnsafeSourceError for a name that is not plain and relative."""
    for name, content in source.items():
        target = folder.source.joinpath(*safe_parts(name))
        target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        target.write_bytes(content)


def check_inputs(files: Mapping[str, Path | bytes], limit: int) -> None:
    """Raises UnsafeSourceError or FilesTooLargeError for input files that no run may be given, OSError."""
    left = limit
    if len(files) > MOST_FILES:
        raise FilesTooLargeError(f"More than {MOST_FILES} input files.")
    for name, content in files.items():
        safe_parts(name, folders=False)
        left -= len(content) if isinstance(content, bytes) else content.stat().st_size
    if left < 0:
        raise FilesTooLargeError(f"The input files are larger than {limit} bytes together.")


def write_inputs(folder: RunFolder, files: Mapping[str, Path | bytes]) -> None:
    """Put input files that were checked in place. Raises OSError."""
    for name, content in files.items():
        target = folder.inputs / name
        if isinstance(content, bytes):
            target.write_bytes(content)
        else:
            shutil.copyfile(content, target)
        target.chmod(0o444)


def safe_parts(name: str, *, folders: bool = True) -> tuple[str, ...]:
    """The parts of a relative path. Raises UnsafeSourceError where it is absolute, climbs, or is no plain
    name.
    """
    parts = PurePosixPath(name).parts
    plain = bool(parts) and all(_plain(part) for part in parts) and "/".join(parts) == name
    if not plain or len(name) > LONGEST_PATH or (len(parts) > 1 and not folders):
        raise UnsafeSourceError(f"{name[:200]!r} is not a plain relative file name.")
    return parts


def _plain(name: str) -> bool:
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return False
    return name not in {"", ".", ".."} and "/" not in name and name.isprintable() and size <= LONGEST_NAME


def is_empty(descriptor: int) -> bool:
    """Whether a folder holds nothing at all."""
    with os.scandir(descriptor) as entries:
        return next(entries, None) is None


def collect_outputs(descriptor: int, folder: RunFolder, limit: int) -> Sequence[OutputFile]:
    """Copy regular files out of the output tmpfs, once nothing runs in it. Everything else is left behind.

    Raises FilesTooLargeError before anything is copied where the sizes (holes included) are above `limit`.
    """
    os.fchmod(descriptor, 0o700)  # a bot may have closed it to itself, and as an ordinary user to us
    names = [name for name in sorted(os.listdir(descriptor)) if _plain(name)]
    statuses = {name: os.stat(name, dir_fd=descriptor, follow_symlinks=False) for name in names}
    regular = {name: status.st_size for name, status in statuses.items() if stat.S_ISREG(status.st_mode)}
    if len(regular) > MOST_FILES:
        raise FilesTooLargeError(f"The bot left {len(regular)} files; at most {MOST_FILES} are kept.")
    if sum(regular.values()) > limit:
        raise FilesTooLargeError(f"The bot left {sum(regular.values())} bytes of files; {limit} are allowed.")
    if not regular:
        return ()
    folder.outputs.mkdir(mode=0o700)
    return [_copy(descriptor, name, folder.outputs / name, size) for name, size in regular.items()]


def _copy(descriptor: int, name: str, target: Path, size: int) -> OutputFile:
    os.chmod(name, 0o600, dir_fd=descriptor)
    source = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=descriptor)
    with open(source, "rb") as reader, target.open("wb") as writer:  # noqa: PTH123 - opens a descriptor
        left = size
        while left and (block := reader.read(min(left, _BLOCK))):
            writer.write(block)
            left -= len(block)
    return OutputFile(name, target, size - left, guess_type(name)[0] or "application/octet-stream")
