"""The process behind `codex32 up`: PostgreSQL, `prepare`, then api, worker and scheduler under supervision.

It stays for as long as the platform runs, so it imports neither the API nor the command line. Started by `up`
as `python -m codex32_server.main.serve`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import structlog
from codex32_sdk.profile import Profile, profile_path, save_profile

from codex32_server.kit.errors import Codex32Error, ConflictError
from codex32_server.main.derived import role_url, secrets_ring
from codex32_server.main.detach import REPORT_OPTION, report_failure, report_ready
from codex32_server.main.options import Options, home_of
from codex32_server.main.present import present, served
from codex32_server.main.probes import http_probe
from codex32_server.main.running import UpLock, running_state
from codex32_server.main.serving import CLI_KEY_FILE, UP_LOG, Served, lines, python_module
from codex32_server.main.stamp import fingerprint, is_prepared, remember
from codex32_server.main.supervisor import (
    ChildSpec,
    Dependency,
    ProcessStatus,
    StartFailedError,
    Supervisor,
    alive,
)
from codex32_server.settings.loading import SettingsError
from codex32_server.settings.model import Settings
from codex32_server.storage.binaries import Binaries
from codex32_server.storage.embedded import EmbeddedPostgres
from codex32_server.storage.homes import Home
from codex32_server.storage.keys import MasterKey
from codex32_server.storage.logfiles import trim
from codex32_server.telemetry.logs import configure_logs

MIGRATIONS = Path(__file__).parents[1] / "_migrations"
_CHILDREN = {"api": "codex32_app", "worker": "codex32_worker", "scheduler": "codex32_scheduler"}
"""Each process and the database role it gets; nobody but `prepare` gets the owner's."""
_ONLY_FOR_PREPARE = ("CODEX32_BOOTSTRAP_API_KEY", "CODEX32_BOOTSTRAP_API_KEY_FILE")
_DATABASE_VARIABLES = ("CODEX32_DATABASE_URL", "CODEX32_DATABASE_URL_FILE", "DATABASE_URL")
_READY_TIMEOUT = 60.0
_POLL = 0.05
_WRONG_USE = 2
_LOOK_AT_LOG = 10.0

Report = Callable[[Served], None]
_log = structlog.stdlib.get_logger(__name__)


class PortBusyError(ConflictError):
    """Something else listens there."""

    code = "port_busy"
    title = "The port is taken"
    next_step = "Choose another one with --port, or stop what listens there."


class PrepareFailedError(StartFailedError):
    """Migration or bootstrap did not work."""

    code = "prepare_failed"
    title = "The database could not be prepared"


def check_port(host: str, port: int) -> None:
    """Raises PortBusyError; another address family or a name is left to the server itself."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                raise PortBusyError(f"Port {port} on {host} cannot be used: {error.strerror}.") from error
            raise PortBusyError(f"{host} is not an address of this machine: {error.strerror}.") from error


class Platform:
    """Everything of one home, from nothing to healthy and back."""

    def __init__(self, settings: Settings, home: Home, lock: UpLock) -> None:
        self._settings = settings
        self._home = home
        self._lock = lock
        self._master: MasterKey = home.master_key(_secret(settings.keys.master))
        secrets_ring(
            settings, home, self._master
        ).read()  # a fault of the keys is told before anything starts
        self._postgres: EmbeddedPostgres | None = None
        self._supervisor: Supervisor | None = None

    async def start(self) -> Served:
        """Returns when everything is healthy; after an error whatever had started is stopped again."""
        try:
            owner_url = await self._database()
            token = await self._prepare(owner_url)
            dependencies: list[Dependency] = [self._postgres] if self._postgres else []
            self._supervisor = Supervisor(
                self._children(owner_url), dependencies=dependencies, changed=self._changed
            )
            await self._supervisor.start()
            await self._wait_until_ready()
        except BaseException:
            await self.stop()
            raise
        self._lock.write(self._supervisor.status(), ready=True)
        self._write_profile()
        return self._report(token)

    async def stop(self) -> None:
        """Children in reverse order, then the database."""
        if self._supervisor is not None:
            await self._supervisor.stop()
        elif self._postgres is not None:
            await self._postgres.stop()

    async def _database(self) -> str:
        """The owner's URL."""
        configured = _secret(self._settings.database.url)
        if configured is not None:
            return configured
        binaries = await asyncio.to_thread(Binaries.reachable, self._home.runtime_root)
        self._postgres = EmbeddedPostgres(
            self._home.postgres, binaries, password_of=self._master.role_password
        )
        return (await self._postgres.start()).owner_url

    async def _prepare(self, owner_url: str) -> str | None:
        """Migrate and bootstrap unless the last start left all as it must be; the sign-in token if new."""
        key = _secret(self._settings.access.bootstrap_api_key)
        current = await asyncio.to_thread(fingerprint, owner_url, migrations(), self._master, key)
        if is_prepared(self._home.path, current) and (self._home.path / CLI_KEY_FILE).exists():
            return None
        token = await run_prepare(self._environment(owner_url, keep=_ONLY_FOR_PREPARE))
        after = await asyncio.to_thread(fingerprint, owner_url, migrations(), self._master, key)
        remember(self._home.path, after)
        return token

    def _children(self, owner_url: str) -> list[ChildSpec]:
        server = self._settings.server
        probes = {"api": http_probe(_reachable(server.host), server.port)}
        grace = {"worker": self._settings.worker.drain_seconds + 5.0}
        specs: list[ChildSpec] = []
        for name, role in _CHILDREN.items():
            url = role_url(owner_url, role, self._master)
            argv = [*python_module(f"codex32_server.main.{name}"), "--home", str(self._home.path)]
            specs.append(
                ChildSpec(
                    name,
                    argv,
                    self._environment(url),
                    probe=probes.get(name, alive),
                    stop_grace=grace.get(name, 20.0),
                )
            )
        return specs

    def _environment(self, database_url: str, *, keep: Sequence[str] = ()) -> dict[str, str]:
        """Ours, with the options resolved and one database role; without secrets that a child needs not."""
        dropped = {*_DATABASE_VARIABLES, *_ONLY_FOR_PREPARE} - set(keep)
        environment = {name: value for name, value in os.environ.items() if name not in dropped}
        return environment | {
            "CODEX32_HOME": str(self._home.path),
            "CODEX32_HOST": self._settings.server.host,
            "CODEX32_PORT": str(self._settings.server.port),
            "CODEX32_DATABASE_URL": database_url,
            # glibc's arenas cost tens of megabytes in each process and buy single-threaded ones nothing.
            "MALLOC_ARENA_MAX": environment.get("MALLOC_ARENA_MAX", "2"),
        }

    async def _wait_until_ready(self) -> None:
        server = self._settings.server
        ready = http_probe(_reachable(server.host), server.port, "/health/ready")
        deadline = time.monotonic() + _READY_TIMEOUT
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                if await ready():
                    return
            await asyncio.sleep(_POLL)
        raise StartFailedError("The API runs but does not become ready.")

    def _changed(self, processes: Sequence[ProcessStatus]) -> None:
        try:
            self._lock.write(processes, ready=False)
        except OSError as error:
            # A full disk must not stop us from looking after what runs.
            _log.warning("the status file cannot be written", error=str(error))

    def _write_profile(self) -> None:
        key = (self._home.path / CLI_KEY_FILE).read_text().strip()
        profile = Profile(self._settings.server.url, key, str(self._home.path))
        # A home directory that cannot be written must not keep a server from running.
        with contextlib.suppress(OSError):
            save_profile(profile, profile_path())

    def _report(self, token: str | None) -> Served:
        state = running_state(self._home)
        assert state is not None
        now = served(state, self._home)
        link = f"{self._settings.server.url}/sign-in#token={token}" if token else None
        return Served(now.url, now.home, now.healthy, now.processes, sign_in_url=link)


async def run_prepare(environment: Mapping[str, str]) -> str | None:
    """Run the child that migrates and bootstraps. Raises PrepareFailedError with its sentence."""
    # Should we be killed meanwhile, it ends its one transaction alone and harms nobody.
    process = await asyncio.create_subprocess_exec(
        *python_module("codex32_server.main.prepare"),
        env=dict(environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    output, _ = await process.communicate()
    try:
        answer = json.loads(output)
    except ValueError:
        raise PrepareFailedError(f"Preparing the database ended with code {process.returncode}.") from None
    if problem := answer.get("problem"):
        raise PrepareFailedError(problem["detail"], next_step=problem["next_step"])
    return answer["sign_in_token"]


def migrations() -> Path:
    """As `storage.migrate.migrations_folder`, which would bring Alembic along."""
    return MIGRATIONS if MIGRATIONS.is_dir() else MIGRATIONS.parents[1] / "migrations"


async def serve(options: Options, report: Report) -> None:
    """Start, report, and run until SIGINT or SIGTERM; then stop in order. Raises Codex32Error."""
    settings = options.settings()
    home = home_of(settings)
    found = await asyncio.to_thread(present, home, _READY_TIMEOUT)
    if found is not None:
        report(found)
        return
    stopping = _stop_signals()
    with UpLock(home, settings.server.url) as lock:
        check_port(settings.server.host, settings.server.port)
        platform = Platform(settings, home, lock)
        starting = asyncio.create_task(platform.start())
        told = asyncio.create_task(stopping.wait())
        await asyncio.wait({starting, told}, return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            await asyncio.wait({starting})
            return
        report(await starting)
        tidying = asyncio.create_task(_keep_log_small(home))
        await told
        tidying.cancel()
        await platform.stop()


async def _keep_log_small(home: Home) -> None:
    """Of a detached start; in a terminal there is none."""
    while True:
        with contextlib.suppress(OSError):
            await asyncio.to_thread(trim, home.logs / UP_LOG)
        await asyncio.sleep(_LOOK_AT_LOG)


def main() -> int:
    """Entry point; what it reports goes to `up` over a pipe, or to the terminal."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path)
    parser.add_argument("--host")
    parser.add_argument("--port", type=int)
    parser.add_argument("--json", action="store_true")
    parser.add_argument(REPORT_OPTION, type=int, dest="report")
    given = parser.parse_args()
    options = Options(given.home, given.host, given.port)
    configure_logs(service="up")
    try:
        asyncio.run(serve(options, _reporter(given.report, as_json=given.json)))
    except Codex32Error as error:
        if given.report is not None:
            report_failure(given.report, error)
        else:
            _complain(error, as_json=given.json)
        # The exit codes of the command line: this process has taken the place of `codex32 up`.
        return _WRONG_USE if isinstance(error, SettingsError) else 1
    return 0


def _reporter(descriptor: int | None, *, as_json: bool) -> Report:
    def report(result: Served) -> None:
        document = json.dumps(result.document())
        if descriptor is not None:
            report_ready(descriptor, [document])
        else:
            sys.stdout.write((document if as_json else "\n".join(lines(result))) + "\n")
            sys.stdout.flush()

    return report


def _complain(error: Codex32Error, *, as_json: bool) -> None:
    if as_json:
        problem: dict[str, Any] = {
            "error": {"code": error.code, "detail": error.detail},
            "code": error.code,
            "status": 0,
            "detail": error.detail,
            "fields": [],
            "next_step": error.advice,
        }
        sys.stdout.write(json.dumps(problem) + "\n")
    sys.stderr.write(f"{error.detail}\nNext: {error.advice}\n")


def _stop_signals() -> asyncio.Event:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    return stopping


def _reachable(host: str) -> str:
    """Where a server that listens on `host` is reached from this machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - compared only


def _secret(value: object) -> str | None:
    reveal = getattr(value, "get_secret_value", None)
    return reveal() if reveal is not None else None


if __name__ == "__main__":
    sys.exit(main())
