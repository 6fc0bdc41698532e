"""Calls uv as the builder: an unprivileged uid, a clean environment, limits of time and size, and an end at
once when nobody wants the result any more.

Where sources may be built, which executes them, uv runs in namespaces of its own: it sees the machine read-
only and no other process, and nothing of it outlives the call.
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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from codex32_server.runtime import index
from codex32_server.runtime.dependencies.contents import size_of
from codex32_server.runtime.dependencies.policy import Policy
from codex32_server.runtime.errors import DependencyTooLargeError, EnvironmentFailedError
from codex32_server.runtime.files import RuntimeFiles
from codex32_server.runtime.sandbox.uid import builder_uid

_LOOK = 0.05
_LOOK_AT_SIZE = 0.5
_LIMITED = ("/bin/sh", "-c", 'ulimit -f "$0" && exec "$@"')
"""No file larger than so many blocks: a limit that another uid cannot be given from outside."""
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

    def __init__(self, files: RuntimeFiles, policy: Policy, environ: Mapping[str, str]) -> None:
        self._files = files
        self._policy = policy
        self._environ = environ

    @property
    def python(self) -> Path:
        """The interpreter that runs bots."""
        return self._files.python

    async def call(self, shop: Path, arguments: Sequence[str]) -> Printed:
        """Run uv in the folder `shop`, which is the builder's.

        Raises UvFailedError, EnvironmentFailedError and OSError. When cancelled, uv ends before this returns.
        """
        environment = self._environment(shop)
        stop = threading.Event()
        command = [
            *_LIMITED,
            str(self._policy.largest // 512),
            *self._confined(shop),
            str(self._files.uv),
            *arguments,
        ]
        working = asyncio.ensure_future(
            asyncio.to_thread(_run, command, shop, environment, self._policy, stop)
        )
        try:
            return await asyncio.shield(working)
        except asyncio.CancelledError:
            stop.set()
            with contextlib.suppress(EnvironmentFailedError, UvFailedError, OSError):
                await working
            raise

    def _confined(self, shop: Path) -> list[str]:
        if not self._policy.allow_sdist:
            return []
        home = str(shop.parent)
        return [
            *(str(self._files.bwrap), "--unshare-all", "--share-net", "--die-with-parent", "--new-session"),
            *("--cap-drop", "ALL", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev"),
            *("--bind", home, home, "--chdir", str(shop), "--"),
        ]

    def _environment(self, shop: Path) -> dict[str, str]:
        environment = index.uv_environment(self._environ, shop.parent)
        environment["LD_LIBRARY_PATH"] = str(self._files.python.parent.parent / "lib")
        environment.pop("UV_CONFIG_FILE", None)
        if config := index.config_file(self._environ):
            shutil.copyfile(config, shop / "uv.toml")
            environment["UV_CONFIG_FILE"] = str(shop / "uv.toml")
        return environment


def _run(
    command: Sequence[str],
    shop: Path,
    environment: Mapping[str, str],
    policy: Policy,
    stop: threading.Event,
) -> Printed:
    """In a thread, so that it works the same under every event loop."""
    owner = builder_uid()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            command, cwd=shop, env=dict(environment), stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            user=owner, group=owner, extra_groups=None if owner is None else [], start_new_session=True,
        )  # fmt: skip
        try:
            _watch(process, shop, policy, stop)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        printed = Printed(_read(out), _read(err))
    if process.returncode:
        raise UvFailedError(printed.errors)
    return printed


def _watch(process: subprocess.Popen[bytes], shop: Path, policy: Policy, stop: threading.Event) -> None:
    """Until it has ended. Raises EnvironmentFailedError when it took too long, too much, or is not wanted."""
    deadline = time.monotonic() + policy.timeout
    free = shutil.disk_usage(shop).free
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
            _check_size(shop, policy)
            if free - shutil.disk_usage(shop).free > 2 * policy.largest:
                raise _too_large(policy)  # it is unpacking what it downloaded, outside its folder
            look_at_size = now + _LOOK_AT_SIZE
    if process.returncode == -signal.SIGXFSZ:
        raise _too_large(policy)
    _check_size(shop, policy)


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
