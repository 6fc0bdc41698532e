"""Calls uv as the builder: an unprivileged uid, a clean environment, limits of time and size, and an end at
once when nobody wants the result any more.

Where sources may be built, which executes them, uv runs in a sandbox (`confinement`).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from codex32_server.runtime import index
from codex32_server.runtime.dependencies.confinement import Confinement
from codex32_server.runtime.dependencies.contents import size_of
from codex32_server.runtime.dependencies.policy import Policy
from codex32_server.runtime.dependencies.sources import sources_of
from codex32_server.runtime.errors import DependencyTooLargeError, EnvironmentFailedError
from codex32_server.runtime.files import RuntimeFiles
from codex32_server.runtime.sandbox.cgroup import Cgroups
from codex32_server.runtime.sandbox.uid import builder_uid

_LOOK = 0.05
_LOOK_AT_SIZE = 0.5
_LIMITED = ("/bin/sh", "-c", 'ulimit -f "$0" && exec "$@"')
"""No file larger than so many blocks: a limit that another uid cannot be given from outside."""
_ENDING_WITH_US = (
    "--die-with-parent", "--unshare-pid", "--bind", "/", "/", "--dev-bind", "/dev", "/dev",
    "--proc", "/proc", "--",
)  # fmt: skip
"""Nothing of uv outlives a worker that is killed."""
_MOST_OUTPUT = 4 * 1024 * 1024


@dataclass(frozen=True)
class Printed:
    """What uv wrote."""

    output: str
    errors: str


class UvFailedError(Exception):
    """uv ended with an error; `errors` is what it wrote."""

    def __init__(self, errors: str) -> None:
        super().__init__(errors[-200:])
        self.errors = errors


class Uv:
    """uv, in folders below the builder's home. `environ` is where index settings are taken from."""

    def __init__(
        self,
        files: RuntimeFiles,
        policy: Policy,
        environ: Mapping[str, str],
        cgroups: Cgroups | None = None,
    ) -> None:
        self._files = files
        self._policy = policy
        self._environ = environ
        self._cgroups = cgroups or Cgroups([])

    @property
    def python(self) -> Path:
        """The interpreter that runs bots."""
        return self._files.python

    async def call(self, shop: Path, arguments: Sequence[str]) -> Printed:
        """Run uv in the folder `shop`, which is the builder's.

        Raises UvFailedError, EnvironmentFailedError and OSError. When cancelled, uv ends before this returns.
        """
        stop = threading.Event()
        limited = (*_LIMITED, str(self._policy.largest // 512))
        words = (str(self._files.uv), *arguments)
        call = self._confined if self._policy.allow_sdist else self._plain
        working = asyncio.ensure_future(asyncio.to_thread(call, shop, limited, words, stop))
        try:
            return await asyncio.shield(working)
        except asyncio.CancelledError:
            stop.set()
            with contextlib.suppress(EnvironmentFailedError, UvFailedError, OSError):
                await working
            raise

    def _plain(
        self, shop: Path, limited: Sequence[str], words: Sequence[str], stop: threading.Event
    ) -> Printed:
        """Wheels are unpacked and nothing of them is executed: bubblewrap is there for the end alone."""
        command = [*limited, str(self._files.bwrap), *_ENDING_WITH_US, *words]
        return _run(_Call(command, shop, self._environment(shop), shop), self._policy, stop)

    def _confined(
        self, shop: Path, limited: Sequence[str], words: Sequence[str], stop: threading.Event
    ) -> Printed:
        told = index.uv_environment(self._environ, shop.parent)
        told["LD_LIBRARY_PATH"] = str(self._files.python.parent.parent / "lib")
        sources = sources_of(told, index.config_file(self._environ))
        with Confinement(self._files, self._policy, self._cgroups, shop) as confined:
            confined.open(sources, told)
            call = _Call(
                [*limited, *confined.command(words)],
                shop,
                {},
                shop / "installed",
                confined.passed,
                confined.started,
            )
            return _run(call, self._policy, stop)

    def _environment(self, shop: Path) -> dict[str, str]:
        environment = index.uv_environment(self._environ, shop.parent)
        environment["LD_LIBRARY_PATH"] = str(self._files.python.parent.parent / "lib")
        environment.pop("UV_CONFIG_FILE", None)
        if config := index.config_file(self._environ):
            shutil.copyfile(config, shop / "uv.toml")
            environment["UV_CONFIG_FILE"] = str(shop / "uv.toml")
        return environment


@dataclass(frozen=True)
class _Call:
    command: Sequence[str]
    shop: Path
    environment: Mapping[str, str]
    measured: Path
    """What may not be larger than an environment."""
    passed: Sequence[int] = ()
    started: Callable[[int], object] = int


def _run(call: _Call, policy: Policy, stop: threading.Event) -> Printed:
    """In a thread, so that it works the same under every event loop."""
    owner = builder_uid()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            call.command, cwd=call.shop, env=dict(call.environment), stdin=subprocess.DEVNULL, stdout=out,
            stderr=err, user=owner, group=owner, extra_groups=None if owner is None else [],
            start_new_session=True, pass_fds=call.passed,
        )  # fmt: skip
        try:
            call.started(process.pid)
            _watch(process, call.measured, policy, stop)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        printed = Printed(_read(out), _read(err))
    if process.returncode:
        raise UvFailedError(printed.errors)
    return printed


def _watch(process: subprocess.Popen[bytes], measured: Path, policy: Policy, stop: threading.Event) -> None:
    """Until it has ended. Raises EnvironmentFailedError when it took too long, too much, or is not wanted."""
    deadline = time.monotonic() + policy.timeout
    disk = measured if measured.is_dir() else measured.parent
    free = shutil.disk_usage(disk).free
    look_at_size = time.monotonic() + _LOOK_AT_SIZE
    while process.poll() is None:
        if stop.wait(_LOOK):
            raise EnvironmentFailedError("Nobody waits for these dependencies any more.")
        now = time.monotonic()
        if now > deadline:
            raise EnvironmentFailedError(
                f"Installing the dependencies took longer than {policy.timeout:g} seconds.",
                next_step="Try again; the parts that were downloaded are kept.",
            )
        if now > look_at_size:
            _check_size(measured, policy)
            if free - shutil.disk_usage(disk).free > 2 * policy.largest:
                raise _too_large(policy)  # it is unpacking what it downloaded, outside its folder
            look_at_size = now + _LOOK_AT_SIZE
    if process.returncode in (-signal.SIGXFSZ, 128 + signal.SIGXFSZ):  # bubblewrap says it in a shell's way
        raise _too_large(policy)
    _check_size(measured, policy)


def _check_size(folder: Path, policy: Policy) -> None:
    """Raises DependencyTooLargeError."""
    if size_of(folder) > policy.largest:
        raise _too_large(policy)


def _too_large(policy: Policy) -> DependencyTooLargeError:
    return DependencyTooLargeError(
        f"The dependencies need more than {policy.largest // 1024**2} MiB when they are installed."
    )


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read(_MOST_OUTPUT).decode(errors="replace")
