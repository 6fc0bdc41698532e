"""The dependencies of a bot: from requirements to a lock with hashes, from a lock to a folder.

Only wheels are used unless an administrator consents, so nothing of a package is executed here. uv runs as an
unprivileged uid with a clean environment. Each workspace has its own copies: a shared page cache has been a
way between containers before. Never imports a package. The parts are in `runtime.dependencies`.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias
from uuid import UUID

from packaging.requirements import InvalidRequirement, Requirement

from codex32_server.kit.errors import FieldProblem
from codex32_server.runtime.dependencies.cache import Cache, Collected
from codex32_server.runtime.dependencies.contents import refuse_harmful, take_over
from codex32_server.runtime.dependencies.explaining import explain, undated
from codex32_server.runtime.dependencies.policy import Policy
from codex32_server.runtime.dependencies.uv import Uv, UvFailedError
from codex32_server.runtime.errors import (
    DependencyCacheError,
    DependencyCacheFullError,
    EnvironmentFailedError,
)
from codex32_server.runtime.files import RuntimeFiles
from codex32_server.runtime.sandbox.cgroup import Cgroups
from codex32_server.runtime.sandbox.uid import builder_uid

Progress: TypeAlias = Callable[[str], Awaitable[None]]
"""Hears in a few words what is being done, for people who wait."""

_COLLECT_EVERY = 3600.0


@dataclass(frozen=True)
class Lock:
    """What `uv pip compile` decided: requirement lines with hashes. `digest` also names interpreter and
    machine.
    """

    text: str

    @property
    def digest(self) -> str:
        parts = (self.text, f"{sys.version_info.major}.{sys.version_info.minor}", platform.machine())
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    @property
    def packages(self) -> int:
        """How many are installed."""
        return sum(1 for line in self.text.splitlines() if line[:1].isalnum())


async def _silent(_stage: str) -> None:
    return None


class Environments:
    """Locks and builds below `folder`, which other users must be able to traverse where this runs as root.

    `environ` is where index, certificate and proxy settings are taken from, `cgroups` where builds from
    source are limited.
    """

    def __init__(
        self,
        files: RuntimeFiles,
        *,
        folder: Path,
        policy: Policy | None = None,
        environ: Mapping[str, str] | None = None,
        cgroups: Cgroups | None = None,
    ) -> None:
        self._policy = policy or Policy()
        self._cache = Cache(folder, self._policy)
        self._uv = Uv(files, self._policy, os.environ if environ is None else environ, cgroups)
        self._busy: dict[Path, asyncio.Lock] = {}
        self._collected_at = 0.0
        self._collecting: asyncio.Task[Collected] | None = None

    async def lock(self, dependencies: Sequence[str], progress: Progress = _silent) -> Lock:
        """Resolve PEP 508 requirements for the interpreter that runs bots.

        Raises EnvironmentFailedError and its kinds, of which IndexUnavailableError and DependencyCacheError
        say nothing about the dependencies.
        """
        requirements = _checked(dependencies)
        if not requirements:
            return Lock("")
        await progress("resolving the dependencies")
        async with self._workshop("requirements.in", "\n".join(requirements) + "\n") as shop:
            return Lock(await self._resolve(shop, set()))

    async def ensure(
        self, lock: Lock, workspace_id: UUID, progress: Progress = _silent, *, owner: UUID | None = None
    ) -> Path | None:
        """The folder with that lock installed, for that workspace; None for an empty lock. With `owner`
        (a bot) it is a copy that no other bot uses.

        Many callers, in many processes, cause one build. Raises as `lock` does.
        """
        if not lock.text.strip():
            return None
        target = self._cache.place(workspace_id.hex, lock.digest, owner.hex if owner else None)
        try:
            if not self._cache.use(target):
                await self._build_once(lock, target, progress)
        except OSError as error:
            raise _unusable(error, target) from error
        self._collect_now_and_then()
        return target

    async def collect(self) -> Collected:
        """Remove what is too old or too much; see dependencies.cache."""
        return await asyncio.to_thread(self._cache.collect)

    async def forget(self, workspace_id: UUID) -> None:
        """Delete all copies of a workspace."""
        await asyncio.to_thread(self._cache.forget, workspace_id.hex)

    async def _resolve(self, shop: Path, without_dates: set[str]) -> str:
        """An index that does not tell when a package was uploaded is taken as it is, package by package."""
        arguments = [
            *("pip", "compile", "--generate-hashes", "--no-header", "--no-annotate"),
            *self._wheels(),
            *self._cutoff(without_dates),
            *("--python", str(self._uv.python), "requirements.in"),
        ]
        try:
            return (await self._uv.call(shop, arguments)).output
        except UvFailedError as error:
            found = undated(error.errors) - without_dates
            if not found:
                raise explain(error.errors) from None
        return await self._resolve(shop, without_dates | found)

    def _cutoff(self, without_dates: set[str]) -> list[str]:
        if self._policy.exclude_newer is None:
            return []
        newest = datetime.now(UTC) - self._policy.exclude_newer
        excepted = [
            part for name in sorted(without_dates) for part in ("--exclude-newer-package", f"{name}=false")
        ]
        return ["--exclude-newer", newest.strftime("%Y-%m-%dT%H:%M:%SZ"), *excepted]

    def _wheels(self) -> tuple[str, ...]:
        return () if self._policy.allow_sdist else ("--only-binary", ":all:")

    async def _build_once(self, lock: Lock, target: Path, progress: Progress) -> None:
        busy = self._busy.setdefault(target, asyncio.Lock())
        if busy.locked():
            await progress("waiting for another build of the same dependencies")
        try:
            async with busy, self._cache.building(target) as waited:
                del waited
                if not self._cache.use(target):
                    await self._build_with_room(lock, target, progress)
        finally:
            if not busy.locked():
                self._busy.pop(target, None)

    async def _build_with_room(self, lock: Lock, target: Path, progress: Progress) -> None:
        """Once more after everything that may go was removed, if there was no room."""
        try:
            await self._build(lock, target, progress)
        except (OSError, DependencyCacheFullError) as error:
            if isinstance(error, OSError) and error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            await progress("making room in the dependency cache")
            await asyncio.to_thread(self._cache.collect, bound=0)
            await self._build(lock, target, progress)

    async def _build(self, lock: Lock, target: Path, progress: Progress) -> None:
        many = "1 package" if lock.packages == 1 else f"{lock.packages} packages"
        await progress(f"downloading and installing {many}")
        async with self._workshop("lock.txt", lock.text) as shop:
            staging = shop / "installed"
            await self._call(
                shop,
                [
                    *(
                        "pip",
                        "install",
                        "--quiet",
                        "--python",
                        str(self._uv.python),
                        "--target",
                        str(staging),
                    ),
                    *(
                        "--require-hashes",
                        "--no-deps",
                        *self._wheels(),
                        "--compile-bytecode",
                        "-r",
                        "lock.txt",
                    ),
                ],
            )
            await asyncio.to_thread(self._publish, staging, target)

    async def _call(self, shop: Path, arguments: Sequence[str]) -> None:
        try:
            await self._uv.call(shop, arguments)
        except UvFailedError as error:
            raise explain(error.errors) from None

    def _publish(self, staging: Path, target: Path) -> None:
        """Check what was installed, take it away from the builder, and move it to its place at once."""
        staging.mkdir(exist_ok=True)
        refuse_harmful(staging)
        take_over(staging)
        self._cache.publish(staging, target)

    def _collect_now_and_then(self) -> None:
        """In the background: whoever waits for dependencies does not wait for this."""
        if time.monotonic() - self._collected_at > _COLLECT_EVERY or not self._collected_at:
            self._collected_at = time.monotonic()
            self._collecting = asyncio.create_task(self.collect(), name="codex32-dependency-cache")

    @contextlib.asynccontextmanager
    async def _workshop(self, name: str, text: str) -> AsyncGenerator[Path]:
        """A folder of its own for one call of uv, owned by the builder's uid, with one file in it.

        Raises DependencyCacheError.
        """
        with contextlib.ExitStack() as held:
            try:
                shop = await asyncio.to_thread(self._new_shop, name, text)
                held.enter_context(self._cache.downloading())
            except OSError as error:
                raise _unusable(error, self._cache.builder) from error
            try:
                yield shop
            finally:
                await asyncio.to_thread(shutil.rmtree, shop, ignore_errors=True)

    def _new_shop(self, name: str, text: str) -> Path:
        home = self._cache.builder
        if not home.is_dir():
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            _give(home)
        shop = Path(tempfile.mkdtemp(prefix="build-", dir=home))
        # Written while the folder is still ours: the builder could put a link in its place.
        (shop / name).write_text(text)
        (shop / name).chmod(0o644)
        _give(shop)
        return shop


def _checked(dependencies: Sequence[str]) -> list[str]:
    """Names with versions only: no paths, no addresses, no options of an installer."""
    problems: list[FieldProblem] = []
    requirements: list[str] = []
    for place, text in enumerate(dependencies):
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            problems.append(
                FieldProblem(f"dependencies.{place}", f"{text[:200]!r}: {str(error).splitlines()[0]}")
            )
            continue
        if requirement.url:
            problems.append(
                FieldProblem(f"dependencies.{place}", f"{requirement.name}: an address is not allowed")
            )
        requirements.append(str(requirement))
    if problems:
        raise EnvironmentFailedError(problems[0].detail, fields=problems)
    return requirements


def _unusable(error: OSError, place: Path) -> DependencyCacheError:
    return DependencyCacheError(f"The dependency cache {place} cannot be used: {error.strerror or error}.")


def _give(folder: Path) -> None:
    owner = builder_uid()
    if owner is not None:
        os.chown(folder, owner, owner)
