"""Starts the proxy's process and notices its end. What is said to it is in `client`."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from dataclasses import asdict

from codex32_server.runtime.proxy.control import Channel
from codex32_server.runtime.proxy.grants import Outside

START_SECONDS = 15.0
_MODULE = "codex32_server.runtime.proxy.process"
KEPT = (
    "PATH", "PYTHONPATH", "LANG", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "RES_OPTIONS",
    "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG",
)  # fmt: skip
"""Of the worker's environment, what a process of its own that holds no secret of it needs."""


class Child:
    """One process of the proxy. `channel` speaks to it."""

    def __init__(self, channel: Channel, process: subprocess.Popen[bytes]) -> None:
        self.channel = channel
        self._process = process

    @property
    def pid(self) -> int:
        return self._process.pid

    async def end(self) -> None:
        """Kill it and collect it. Idempotent."""
        self.channel.close()
        self._process.kill()
        await asyncio.to_thread(self._process.wait)


async def start(outside: Outside) -> Child:
    """Raises OSError or TimeoutError where it does not come up. Its environment holds none of the worker's
    secrets.
    """
    ours, theirs = socket.socketpair()
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    try:
        process = subprocess.Popen(  # noqa: ASYNC220 - posix_spawn, a millisecond
            [sys.executable, "-P", "-s", "-m", _MODULE, str(theirs.fileno())],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, pass_fds=[theirs.fileno()],
            env=environment, cwd="/", start_new_session=True,
        )  # fmt: skip
    except OSError:
        ours.close()
        raise
    finally:
        theirs.close()
    child = Child(Channel(ours), process)
    try:
        async with asyncio.timeout(START_SECONDS):
            await child.channel.send({"outside": asdict(outside)})
            if await child.channel.receive() is None:
                raise OSError("it ended before it was ready")
    except BaseException:
        await child.end()
        raise
    return child
