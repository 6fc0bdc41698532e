"""The door of a worker: who gets through, and to whom."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from codex32_server.kit import knock
from codex32_server.kit.ids import new_id
from codex32_server.kit.manifest.services import Service
from codex32_server.runtime.metering import Meters
from codex32_server.worker.services.door import Door
from codex32_server.worker.services.living import Life

from .test_service_lane import a_replica

KEY = b"k" * 32


class Inner:
    """Stands for the port of a bot: answers each chunk with itself, upside down."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.open = True

    def door(self, port: int) -> Path | None:
        return self.path if self.open and port == 8080 else None


@pytest.fixture
async def life(tmp_path: Path) -> AsyncIterator[Life]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65536):
            writer.write(chunk[::-1])
            await writer.drain()
        writer.write(b"END")
        writer.close()

    server = await asyncio.start_unix_server(answer, tmp_path / "bot")
    life = Life(a_replica(spec=Service(port=8080), fence=3))
    life.standing = Inner(tmp_path / "bot")  # type: ignore[assignment]
    yield life
    server.close()


@pytest.fixture(params=["unix", "tcp", "far"])
async def door(request: Any, tmp_path: Path, life: Life) -> AsyncIterator[str]:
    folder = tmp_path / ("x" * 120 if request.param == "far" else "doors")
    listen = "127.0.0.1:0" if request.param == "tcp" else None
    made = Door(KEY, folder, listen, "worker", Meters())
    address = await made.open(lambda replica_id: life if replica_id == life.replica.id else None)
    yield address
    await made.close()
    await made.close()
    if address.startswith("unix:"):
        assert not Path(address.removeprefix("unix:")).exists()


async def enter(address: str, line: bytes) -> tuple[bytes, asyncio.StreamReader, asyncio.StreamWriter]:
    kind, _, place = address.partition(":")
    if kind == "unix":
        reader, writer = await asyncio.open_unix_connection(place)
    else:
        host, _, port = place.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(line)
    async with asyncio.timeout(10):
        return await reader.readline(), reader, writer


def line(replica_id: UUID, fence: int = 3, key: bytes = KEY, age: float = 0) -> bytes:
    return knock.write(key, knock.Knock(replica_id, fence), time.time() - age)


async def test_bytes_go_both_ways(door: str, life: Life) -> None:
    said, reader, writer = await enter(door, line(life.replica.id))
    assert said == knock.OK
    writer.write(b"abc")
    assert await reader.readexactly(3) == b"cba"
    writer.write_eof()
    assert await reader.read() == b"END"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"key": b"x" * 32}, b"NO key\n"),
        ({"age": 120}, b"NO key\n"),
        ({"fence": 2}, b"NO replica\n"),
        ({"replica_id": new_id()}, b"NO replica\n"),
    ],
)
async def test_who_is_refused(door: str, life: Life, changes: dict[str, Any], said: bytes) -> None:
    found, reader, _ = await enter(door, line(**{"replica_id": life.replica.id, **changes}))
    assert found == said
    assert await reader.read() == b""


async def test_a_process_that_is_not_up(door: str, life: Life, tmp_path: Path) -> None:
    inner: Any = life.standing
    inner.open = False
    assert (await enter(door, line(life.replica.id)))[0] == b"NO replica\n"
    inner.open, inner.path = True, tmp_path / "nothing"
    assert (await enter(door, line(life.replica.id)))[0] == b"NO process\n"


async def test_rubbish_is_refused(door: str) -> None:
    for rubbish in (b"\n", b"GET / HTTP/1.1\n", b"x" * 1000 + b"\n"):
        assert (await enter(door, rubbish))[0] == b"NO key\n"


async def test_the_doors_of_workers_that_were_killed_are_removed(tmp_path: Path, life: Life) -> None:
    """Not one that somebody listens at, nor one that was made just now."""
    for name in ("deserted", "young"):
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(tmp_path / f"{name}.sock"))
    server = await asyncio.start_unix_server(lambda _reader, _writer: None, tmp_path / "open.sock")
    for name in ("deserted", "open"):
        os.utime(tmp_path / f"{name}.sock", (0, 0))
    made = Door(KEY, tmp_path, None, "worker", Meters())
    await made.open(lambda _replica_id: life)
    assert sorted(path.name for path in tmp_path.glob("*.sock")) == ["open.sock", "worker.sock", "young.sock"]
    await made.close()
    server.close()
