"""Runs a bot from a file or folder with no server at all: `codex32 run FILE.py`.

The same sandbox, the same limits, the same dependency environments; state is kept in a folder. No database,
no HTTP.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import shutil
from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from codex32_server.kit.isolation import IsolationConsent
from codex32_server.kit.manifest.package import BotPackage, read_package
from codex32_server.runtime import files
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.contract import Limits, LogLine, Outcome, RunSpec
from codex32_server.runtime.delivery import deliver
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.environments import Environments
from codex32_server.runtime.piping import pipe
from codex32_server.runtime.proxy.client import EgressProxy
from codex32_server.runtime.standing import Standing

WORKSPACE = UUID(int=0)
"""Standalone runs belong to nobody's workspace; their dependency environments are kept under this id."""


@dataclass(frozen=True)
class StandaloneRun:
    """What to run. `limits` replaces the manifest's; `outputs` receives the files the bot leaves."""

    path: Path
    input: bytes = b"{}"
    input_files: Mapping[str, Path] = field(default_factory=dict[str, Path])
    outputs: Path | None = None
    limits: Limits | None = None
    environment: str = "dev"
    secrets: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """Name → value of every secret that the manifest names."""
    model_key: str | None = field(default=None, repr=False)
    """A key for the gateway of `egress`; None: the bot has no models."""


@dataclass(frozen=True)
class StandaloneResult:
    """The outcome; `files` are the copies in `outputs` (the outcome's own files are gone)."""

    package: BotPackage
    outcome: Outcome
    files: Sequence[Path]


async def run(
    what: StandaloneRun,
    *,
    home: Path,
    shared: Path,
    on_line: Callable[[LogLine], None],
    require_cgroup: bool = False,
    egress: EgressProxy | None = None,
    consent: IsolationConsent | None = None,
) -> StandaloneResult:
    """Run it and wait. `home` keeps state and environments, `shared` the runtime folder; as root both must
    be traversable. Without `egress` the bot has no network; it is closed at the end.

    Raises BotFileError for a bot that is not sound, IsolationRefusedError, EnvironmentFailedError,
    SandboxUnavailableError, SecretUnusableError.
    """
    package = await asyncio.to_thread(read_package, what.path)
    (consent or IsolationConsent()).check(package.manifest.isolation, WORKSPACE)
    runtime = await asyncio.to_thread(files.prepare, shared)
    backend = LocalBackend(runtime, locks=shared / "uids", require_cgroup=require_cgroup)
    try:
        environments = Environments(runtime, folder=home / "environments")
        dependencies = await environments.ensure(await environments.lock(package.dependencies), WORKSPACE)
        driver = Driver(backend, work=home / "runs", egress=egress, consent=consent)
        state = FolderState(home / "state" / what.environment / f"{package.manifest.name}.json")
        spec = _spec(package, what, dependencies)
        standing = Standing()
        lines = _Lines(on_line)
        async with (
            _at_its_port(spec, standing, on_line),
            driver.run(spec, logs=lines, state=state, standing=standing) as outcome,
        ):
            return StandaloneResult(package, outcome, _kept(outcome, what.outputs))
    finally:
        if egress:
            await egress.close()
        backend.close()


def limits_of(package: BotPackage) -> Limits:
    """The manifest's limits as the driver wants them."""
    asked = package.manifest.limits
    return replace(
        Limits(),
        memory=asked.memory,
        timeout=asked.timeout,
        cpu=asked.cpu,
        processes=asked.processes,
        disk=asked.disk,
        output=asked.output,
        files=asked.files,
    )


def _spec(package: BotPackage, what: StandaloneRun, dependencies: Path | None) -> RunSpec:
    given = deliver(package.manifest.secrets, what.secrets)
    return RunSpec(
        run_id=uuid4(),
        workspace_id=WORKSPACE,
        bot_id=None,
        bot_name=package.manifest.name,
        version=package.digest,
        environment=what.environment,
        attempt=1,
        source=package.files,
        entry=package.entry,
        mode="service" if package.manifest.kind == "service" else "main",
        inbound=(port,) if (port := package.manifest.standing.port) else (),
        input=what.input,
        input_files=what.input_files,
        dependencies=dependencies,
        limits=what.limits or limits_of(package),
        isolation=package.manifest.isolation,
        secrets=given.secrets,
        injections=given.injections,
        model_key=what.model_key,
        network=package.manifest.network,
    )


@contextlib.asynccontextmanager
async def _at_its_port(
    spec: RunSpec, standing: Standing, on_line: Callable[[LogLine], None]
) -> AsyncGenerator[None]:
    """Let this machine connect to the port of a service, inside the block."""
    if spec.mode != "service" or not spec.inbound:
        yield
        return
    port = spec.inbound[0]

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        door = standing.door(port)
        try:
            if door is not None:
                await pipe((reader, writer), await asyncio.open_unix_connection(str(door)))
        except OSError:
            writer.transport.abort()
        finally:
            writer.close()

    try:
        server = await asyncio.start_server(visit, "127.0.0.1", port)
    except OSError as error:
        on_line(_said(f"Port {port} of this machine cannot be used: {error.strerror}."))
        yield
        return
    on_line(_said(f"Reach it at http://127.0.0.1:{port}/ until you press Ctrl-C."))
    try:
        yield
    finally:
        server.close()


def _said(text: str) -> LogLine:
    return LogLine(0, datetime.now(UTC), "system", text)


def _kept(outcome: Outcome, folder: Path | None) -> list[Path]:
    if folder is None:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    return [Path(shutil.copyfile(file.path, folder / file.name)) for file in outcome.files]


class _Lines:
    def __init__(self, on_line: Callable[[LogLine], None]) -> None:
        self._on_line = on_line

    async def write(self, lines: Sequence[LogLine]) -> None:
        for line in lines:
            self._on_line(line)


class FolderState:
    """State in one JSON file, replaced atomically; safe between processes by a lock beside it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def get(self, key: str) -> Any:
        """None if there is no such key."""
        return self._read().get(key)

    async def set(self, key: str, value: Any) -> None:
        """Durable when it returns, as far as the file system is."""
        with self._changing() as values:
            values[key] = value

    async def delete(self, key: str) -> None:
        """No error if there is none."""
        with self._changing() as values:
            values.pop(key, None)

    async def swap(self, key: str, expected: tuple[bool, Any], value: Any) -> bool:
        """Compared as JSON texts with sorted keys."""
        with self._changing() as values:
            present = (key in values, json.dumps(values.get(key), sort_keys=True))
            if present != (expected[0], json.dumps(expected[1], sort_keys=True)):
                return False
            values[key] = value
            return True

    async def keys(self, prefix: str) -> Sequence[str]:
        """Sorted."""
        return sorted(key for key in self._read() if key.startswith(prefix))

    def _read(self) -> dict[str, Any]:
        with contextlib.suppress(FileNotFoundError):
            return json.loads(self._path.read_bytes())
        return {}

    @contextlib.contextmanager
    def _changing(self) -> Generator[dict[str, Any]]:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._path.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            values = self._read()
            yield values
            staged = self._path.with_suffix(".new")
            staged.write_text(json.dumps(values, indent=1, sort_keys=True))
            staged.replace(self._path)
