"""The dependencies of a bot: from requirements to a lock with hashes, from a lock to a folder.

Only wheels are used, so nothing of a package is executed here. uv runs as an unprivileged uid with a clean
environment. Each workspace has its own copies: a shared page cache has been a way between containers before.
Never imports a package.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from packaging.requirements import InvalidRequirement, Requirement

from codex32_server.kit.errors import FieldProblem
from codex32_server.runtime import index
from codex32_server.runtime.errors import EnvironmentFailedError
from codex32_server.runtime.files import RuntimeFiles
from codex32_server.runtime.sandbox.uid import builder_uid

BUILD_TIMEOUT = 300.0
"""Seconds for one call of uv."""

_ONLY_WHEELS = ("--only-binary", ":all:")
_INDEX_FAULTS = (
    "failed to fetch",
    "error sending request",
    "dns error",
    "connect error",
    "timed out",
    "tls",
    "certificate",
)


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


class Environments:
    """Locks and builds below `folder`, which other users must be able to traverse where this runs as root.

    `exclude_newer`: packages younger than that are not considered (needs an index that tells upload times).
    `environ` is where index, certificate and proxy settings are taken from.
    """

    def __init__(
        self,
        files: RuntimeFiles,
        *,
        folder: Path,
        exclude_newer: timedelta | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._files = files
        self._folder = folder
        self._exclude_newer = exclude_newer
        self._environ = os.environ if environ is None else environ
        self._busy: dict[Path, asyncio.Lock] = {}

    async def lock(self, dependencies: Sequence[str]) -> Lock:
        """Resolve PEP 508 requirements for the interpreter that runs bots. Raises EnvironmentFailedError."""
        requirements = _checked(dependencies)
        if not requirements:
            return Lock("")
        async with self._workshop() as shop:
            (shop / "requirements.in").write_text("\n".join(requirements) + "\n")
            arguments = [
                "pip",
                "compile",
                "--quiet",
                "--generate-hashes",
                "--no-header",
                "--no-annotate",
                *_ONLY_WHEELS,
            ]
            if self._exclude_newer:
                newest = datetime.now(UTC) - self._exclude_newer
                arguments += ["--exclude-newer", newest.strftime("%Y-%m-%dT%H:%M:%SZ")]
            return Lock(
                await self._uv(shop, [*arguments, "--python", str(self._files.python), "requirements.in"])
            )

    async def ensure(self, lock: Lock, workspace_id: UUID) -> Path | None:
        """The folder with that lock installed, for that workspace; None for an empty lock.

        Many callers, in many processes, cause one build. Raises EnvironmentFailedError.
        """
        if not lock.text.strip():
            return None
        target = self._folder / "workspaces" / workspace_id.hex / lock.digest
        if _is_there(target):
            return target
        async with self._busy.setdefault(target, asyncio.Lock()), _file_lock(target):
            if not target.is_dir():
                await self._build(lock, target)
        self._busy.pop(target, None)
        return target

    async def collect(self, unused_for: timedelta) -> int:
        """Delete copies that no run has asked for during that time; they are built again if one does."""
        return await asyncio.to_thread(_collect, self._folder / "workspaces", unused_for.total_seconds())

    async def forget(self, workspace_id: UUID) -> None:
        """Delete all copies of a workspace."""
        await asyncio.to_thread(
            shutil.rmtree, self._folder / "workspaces" / workspace_id.hex, ignore_errors=True
        )

    async def _build(self, lock: Lock, target: Path) -> None:
        async with self._workshop() as shop:
            (shop / "lock.txt").write_text(lock.text)
            staging = shop / "installed"
            await self._uv(
                shop,
                [
                    "pip", "install", "--quiet", "--python", str(self._files.python), "--target",
                    str(staging), "--require-hashes", "--no-deps", *_ONLY_WHEELS, "--compile-bytecode", "-r",
                    "lock.txt",
                ],
            )  # fmt: skip
            await asyncio.to_thread(_publish, staging, target)

    @contextlib.asynccontextmanager
    async def _workshop(self) -> AsyncGenerator[Path]:
        """A folder of its own for one call of uv, owned by the builder's uid."""
        builder = await asyncio.to_thread(self._builder_home)
        shop = Path(tempfile.mkdtemp(prefix="build-", dir=builder))
        _give(shop)
        try:
            yield shop
        finally:
            await asyncio.to_thread(shutil.rmtree, shop, ignore_errors=True)

    def _builder_home(self) -> Path:
        home = self._folder / "builder"
        if not home.is_dir():
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            _give(home)
        return home

    async def _uv(self, shop: Path, arguments: Sequence[str]) -> str:
        environment = index.uv_environment(self._environ, shop.parent)
        environment["LD_LIBRARY_PATH"] = str(self._files.python.parent.parent / "lib")
        environment.pop("UV_CONFIG_FILE", None)
        if config := index.config_file(self._environ):
            shutil.copyfile(config, shop / "uv.toml")
            environment["UV_CONFIG_FILE"] = str(shop / "uv.toml")
        return await asyncio.to_thread(_call, [str(self._files.uv), *arguments], shop, environment)


def _is_there(target: Path) -> bool:
    """Notes the use in the folder's time, which `collect` goes by."""
    try:
        os.utime(target)
    except FileNotFoundError:
        return False
    return True


def _collect(workspaces: Path, unused_for: float) -> int:
    removed = 0
    for target in workspaces.glob("*/*"):
        if target.suffix or not target.is_dir() or time.time() - target.stat().st_mtime < unused_for:
            continue
        away = target.with_name(f"{target.name}.removing")
        with contextlib.suppress(OSError):
            target.rename(away)
            if time.time() - away.stat().st_mtime < unused_for:
                away.rename(target)  # a run asked for it between the two looks
                continue
            removed += 1
    for left in workspaces.glob("*/*.removing"):
        shutil.rmtree(left, ignore_errors=True)
    return removed


def _call(command: list[str], folder: Path, environment: Mapping[str, str]) -> str:
    """Run uv as the builder and give what it printed. Works the same under every event loop."""
    owner = builder_uid()
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False,
            timeout=BUILD_TIMEOUT, user=owner, group=owner, extra_groups=None if owner is None else [],
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        detail = f"Installing the dependencies took longer than {BUILD_TIMEOUT:g} seconds."
        raise EnvironmentFailedError(detail) from None
    if done.returncode:
        raise explain(done.stderr.decode(errors="replace"))
    return done.stdout.decode()


def explain(errors: str) -> EnvironmentFailedError:
    """The sentence for what uv said, and what to do about it."""
    words = " ".join(errors.split())
    cause = words.partition("cause: ")[2].partition(" hint: ")[0] or words
    cause = cause.replace(", we can conclude that your requirements are unsatisfiable", "")[-700:]
    lower = words.lower()
    if "not found in the package registry" in lower or "there is no version of" in lower:
        return EnvironmentFailedError(
            f"A dependency does not exist: {cause}", next_step="Check name and version."
        )
    if "no usable wheels" in lower or "no wheels" in lower or "building from source is disabled" in lower:
        return EnvironmentFailedError(
            f"A dependency has no wheel for this machine: {cause}",
            next_step="Choose a version or another package that is published as a wheel.",
        )
    if "hash mismatch" in lower or "no matching hash" in lower:
        return EnvironmentFailedError(
            f"A downloaded package is not the one in the lock: {cause}",
            next_step="Deploy the bot again to make a new lock; if it stays, ask who changed the package.",
        )
    if any(fault in lower for fault in _INDEX_FAULTS):
        return EnvironmentFailedError(
            f"The package index cannot be reached: {cause}",
            next_step="Check the network, or set UV_DEFAULT_INDEX where the worker is started.",
        )
    return EnvironmentFailedError(f"The dependencies do not fit together: {cause}")


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


def _publish(staging: Path, target: Path) -> None:
    """Check what was installed, take it away from the builder, and move it to its place at once."""
    startup_files = sorted(path.name for path in staging.rglob("*.pth"))
    if startup_files:
        raise EnvironmentFailedError(
            f"A dependency brings {startup_files[0]}, a file that would run code at every start.",
            next_step="Choose another package: files that end in .pth are not accepted.",
        )
    owner = os.geteuid()
    for path in [staging, *staging.rglob("*")]:
        if path.is_symlink() or path == staging / ".lock":
            path.unlink()
            continue
        if owner == 0:
            os.chown(path, 0, 0)
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    staging.rename(target)


def _give(folder: Path) -> None:
    owner = builder_uid()
    if owner is not None:
        os.chown(folder, owner, owner)


@contextlib.asynccontextmanager
async def _file_lock(target: Path) -> AsyncGenerator[None]:
    """Between processes: held by whoever builds `target`."""
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    lock = os.open(target.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
