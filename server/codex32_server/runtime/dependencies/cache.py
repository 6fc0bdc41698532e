"""The folder of finished environments: who may build one, when it was used, and what is removed.

`workspaces/WORKSPACE/DIGEST` (or `DIGEST-OWNER`) is an environment, complete or absent; its time of change is
when it was last used. Nothing that a run used lately, or that is mounted in a sandbox of this machine now, is
removed, whatever the bounds say. Several workers share the folder.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import re
import secrets
import shutil
import time
from collections.abc import AsyncGenerator, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog

from codex32_server.runtime.dependencies.contents import size_of
from codex32_server.runtime.dependencies.policy import Policy

RECENT = 24 * 3600.0
"""Seconds for which an environment is kept after it was used."""
_ABANDONED = 3600.0
"""Seconds after which the folder of a build is nobody's: its worker died."""
_POLL = 0.1
_NAME = r"[0-9a-f]{64}(?:-[0-9a-f]{32})?"
_MOUNTED = re.compile(rf"workspaces/([0-9a-f]{{32}})/({_NAME})")
_REMOVED = ".removed-"

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True)
class Collected:
    """What a collection did. Bytes."""

    removed: int = 0
    freed: int = 0
    left: int = 0


@dataclass(frozen=True)
class _Kept:
    path: Path
    used: float
    size: int


class Cache:
    """Environments below `folder`."""

    def __init__(self, folder: Path, policy: Policy) -> None:
        self._folder = folder
        self._policy = policy

    @property
    def builder(self) -> Path:
        """The home of the builder: downloads, and a folder for each build."""
        return self._folder / "builder"

    def place(self, workspace: str, digest: str, owner: str | None = None) -> Path:
        """`owner` has a copy of its own."""
        return self._folder / "workspaces" / workspace / (f"{digest}-{owner}" if owner else digest)

    def use(self, target: Path) -> bool:
        """Whether it is there; it is marked as used then."""
        try:
            os.utime(target)
        except FileNotFoundError:
            return False
        return target.is_dir()

    @contextlib.contextmanager
    def downloading(self) -> Generator[None]:
        """The downloads stay while the block runs. Raises OSError."""
        lock = self._open_downloads()
        try:
            fcntl.flock(lock, fcntl.LOCK_SH)
            yield
        finally:
            os.close(lock)

    def publish(self, staging: Path, target: Path) -> None:
        """Put a finished environment in its place, at once."""
        _size_file(target).write_text(str(size_of(staging)))
        os.utime(staging)
        staging.rename(target)

    @contextlib.asynccontextmanager
    async def building(self, target: Path) -> AsyncGenerator[bool]:
        """Held by whoever builds `target`, among all workers of the machine; whether it had to be waited for.

        Freed by the kernel when its holder dies. Can be cancelled while it waits.
        """
        target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        lock = os.open(_lock_file(target), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            waited = False
            while not _taken(lock):
                waited = True
                await asyncio.sleep(_POLL)
            yield waited
        finally:
            os.close(lock)

    def collect(self, *, bound: int | None = None) -> Collected:
        """Remove what is too old, then what was used longest ago while all is larger than the bound (bytes).

        One collection at a time on a machine; a second one does nothing.
        """
        self._folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        lock = os.open(self._folder / "collecting.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            return (
                self._collect(self._policy.cache_bytes if bound is None else bound)
                if _taken(lock)
                else Collected()
            )
        finally:
            os.close(lock)

    def forget(self, workspace: str) -> None:
        """Remove all environments of a workspace."""
        shutil.rmtree(self._folder / "workspaces" / workspace, ignore_errors=True)

    def _collect(self, bound: int) -> Collected:
        self._remove_leftovers()
        now = time.time()
        kept = sorted(self._environments(), key=lambda one: one.used)
        mounted = mounted_environments()
        downloads = size_of(self.builder / "cache")
        total = sum(one.size for one in kept) + downloads
        removed = freed = 0
        for one in kept:
            old = now - one.used > self._policy.cache_age.total_seconds()
            if not old and total <= bound:
                break
            in_use = (one.path.parent.name, one.path.name) in mounted
            if now - one.used <= RECENT or in_use or not self._remove(one):
                continue
            removed, freed, total = removed + 1, freed + one.size, total - one.size
        if total > bound and downloads and self._remove_downloads():
            freed, total = freed + downloads, total - downloads
        if removed or total > bound:
            _log.info("dependency cache collected", removed=removed, freed=freed, left=total, bound=bound)
        return Collected(removed, freed, total)

    def _remove_downloads(self) -> bool:
        """Only a cache: what is needed again is downloaded again. Not while somebody downloads."""
        lock = self._open_downloads()
        try:
            if not _taken(lock):
                return False
            shutil.rmtree(self.builder / "cache", ignore_errors=True)
            return True
        finally:
            os.close(lock)

    def _open_downloads(self) -> int:
        return os.open(self._folder / "downloads.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _environments(self) -> Iterator[_Kept]:
        for path in self._folder.glob("workspaces/*/*"):
            if re.fullmatch(_NAME, path.name) and path.is_dir():
                with contextlib.suppress(FileNotFoundError):
                    yield _Kept(path, path.stat().st_mtime, _size(path))

    def _remove(self, one: _Kept) -> bool:
        """Out of its place first, so that nobody ever sees half of it; not if it was used meanwhile."""
        aside = one.path.with_name(f"{one.path.name}{_REMOVED}{secrets.token_hex(4)}")
        with contextlib.suppress(OSError):
            one.path.rename(aside)
            if aside.stat().st_mtime > one.used:
                aside.rename(one.path)
                return False
            _size_file(one.path).unlink(missing_ok=True)
            shutil.rmtree(aside, ignore_errors=True)
            return True
        return False

    def _remove_leftovers(self) -> None:
        """What dead workers left: builds, and removals that were not finished."""
        for path in self._folder.glob(f"workspaces/*/*{_REMOVED}*"):
            shutil.rmtree(path, ignore_errors=True)
        for path in self.builder.glob("build-*"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > _ABANDONED:
                    shutil.rmtree(path, ignore_errors=True)


def mounted_environments() -> set[tuple[str, str]]:
    """(workspace, digest) of every environment that a process of this machine has mounted.

    What a process of another user has mounted cannot be seen without root: it is another installation's.
    """
    found: set[tuple[str, str]] = set()
    namespaces: set[str] = set()
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            namespace = str((process / "ns" / "mnt").readlink())
            if namespace in namespaces:
                continue
            namespaces.add(namespace)
            found.update(_MOUNTED.findall((process / "mountinfo").read_text()))
        except OSError:
            continue
    return found


def _size(path: Path) -> int:
    try:
        return int(_size_file(path).read_text())
    except (OSError, ValueError):
        return size_of(path)


def _size_file(target: Path) -> Path:
    return target.with_suffix(".size")


def _lock_file(target: Path) -> Path:
    return target.with_suffix(".lock")


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
