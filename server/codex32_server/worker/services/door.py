"""Where a worker lets requests to its replicas in: a unix socket, or TCP where the API is on other machines.

It knows no HTTP: after the knock, bytes go both ways between the caller and a port of the bot.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import structlog

from codex32_server.kit import knock
from codex32_server.runtime.metering import Meters
from codex32_server.runtime.piping import Way, pipe
from codex32_server.worker.services.living import Life

Find = Callable[[UUID], Life | None]

_LONGEST_PATH = 107
_KNOCK_SECONDS = 5.0
_YOUNG_SECONDS = 60.0
_log = structlog.stdlib.get_logger(__name__)


class Door:
    """Open from `open` to `close`. `listen`: HOST:PORT, or None for a unix socket in `folder`."""

    def __init__(self, key: bytes, folder: Path, listen: str | None, name: str, meters: Meters) -> None:
        self._meters = meters
        self._key = key
        self._folder = folder
        self._listen = listen
        self._name = name
        self._server: asyncio.Server | None = None
        self._made: list[Path] = []
        self._find: Find = lambda _replica_id: None
        self._visits: set[asyncio.Task[None]] = set()

    async def open(self, find: Find) -> str:
        """Begin to listen; the address that replicas carry."""
        self._find = find
        if self._listen is not None:
            host, _, port = self._listen.rpartition(":")
            self._server = await asyncio.start_server(self._visit, host.strip("[]"), int(port))
            bound = self._server.sockets[0].getsockname()
            return f"tcp:{host}:{bound[1]}"
        path = self._place()
        self._server = await asyncio.start_unix_server(self._visit, path)
        path.chmod(0o600)
        return f"unix:{path}"

    async def close(self) -> None:
        """Listen no more and end what goes through it. Idempotent."""
        if self._server is not None:
            self._server.close()
            for visit in list(self._visits):
                visit.cancel()
            await asyncio.gather(*self._visits, return_exceptions=True)
            self._server = None
        for path in self._made:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)

    def _place(self) -> Path:
        """In the folder, or where the path would be too long for a socket, in a short one of our own."""
        path = self._folder / f"{self._name}.sock"
        if len(os.fsencode(path)) > _LONGEST_PATH:
            short = Path(tempfile.mkdtemp(prefix="codex32-door-"))
            self._made.append(short)
            return short / "s"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _remove_deserted(self._folder)
        self._made.append(path)
        return path

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._visits.add(task)
        try:
            admitted = await self._admit(reader, writer)
            if admitted is not None:
                life, inner = admitted
                carried, run_id = self._meters.carried, life.replica.run_id
                await pipe(
                    (reader, writer),
                    inner,
                    came=lambda size: carried(run_id, bytes_in=size),
                    went=lambda size: carried(run_id, bytes_out=size),
                )
        except (OSError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            self._visits.discard(task)
            writer.close()

    async def _admit(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> tuple[Life, Way] | None:
        """The way to the bot's port, after OK was said; None after NO was."""
        try:
            async with asyncio.timeout(_KNOCK_SECONDS):
                line = await reader.readuntil(b"\n")
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return None
        asked = knock.read(self._key, line, time.time()) if len(line) <= knock.LONGEST else None
        if asked is None:
            _log.warning("a knock at the door of services was not understood")
            writer.write(b"NO key\n")
            return None
        life = self._find(asked.replica_id)
        held = life is not None and life.replica.fence == asked.fence
        port = life.replica.spec.port if life is not None and held else None
        inner = life.standing.door(port) if life is not None and port is not None else None
        if life is None or inner is None:
            writer.write(b"NO replica\n")
            return None
        try:
            way = await asyncio.open_unix_connection(str(inner))
        except OSError:
            writer.write(b"NO process\n")
            return None
        writer.write(knock.OK)
        return life, way


def _remove_deserted(folder: Path) -> None:
    """Remove the sockets of workers that were killed; at a young one somebody may be about to listen."""
    for path in folder.glob("*.sock"):
        with socket.socket(socket.AF_UNIX) as visitor, contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime < _YOUNG_SECONDS:
                continue
            visitor.setblocking(False)
            try:
                visitor.connect(os.fsencode(path))
            except ConnectionRefusedError:
                path.unlink()
