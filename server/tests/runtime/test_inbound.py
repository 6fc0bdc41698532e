"""The host connects to ports that a bot serves, through the forwarder of a real sandbox."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from codex32_server.runtime import folder as folders
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.backends.local_sandbox import LocalSandbox
from codex32_server.runtime.backends.port import Launch
from codex32_server.runtime.contract import Limits
from codex32_server.runtime.frames import encode
from support.waiting import until

pytestmark = pytest.mark.sandbox

_ECHO = """
import socket, threading
def serve(connection):
    with connection:
        while chunk := connection.recv(65536):
            connection.sendall(chunk)
        connection.sendall(b"END")
def main():
    with socket.create_server(("127.0.0.1", 8080)) as server:
        while True:
            threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
"""
Serving = Callable[..., AbstractAsyncContextManager[LocalSandbox]]


@pytest.fixture
def serving(backend: LocalBackend, shared: Path) -> Serving:
    @asynccontextmanager
    async def start(source: str = _ECHO, ports: tuple[int, ...] = (8080,)) -> AsyncGenerator[LocalSandbox]:
        work = Path(tempfile.mkdtemp(prefix="inbound-", dir=shared))
        work.chmod(0o711)
        folder = folders.create(work, "x")
        folders.write_source(folder, {"bot.py": source.encode()})
        launch = Launch(
            f"inbound-{os.urandom(4).hex()}", folder.root, folder.source, None, None, Limits(), inbound=ports
        )
        sandbox = await backend.start(launch)
        order: dict[str, Any] = {
            "kind": "order", "mode": "main", "entry": "bot.py", "path": [], "proof": "", "run": {},
            "input_folder": "/input", "output_folder": "/output", "largest_output": 1000,
        }  # fmt: skip
        await asyncio.get_running_loop().sock_sendall(sandbox.control, encode(order, b"{}"))
        try:
            yield sandbox
        finally:
            await sandbox.close()
            folder.remove()
            work.rmdir()

    return start


async def _talk(path: Path, data: bytes) -> bytes:
    reader, writer = await asyncio.open_unix_connection(str(path))
    sending = asyncio.create_task(_send(writer, data))
    try:
        return await reader.read(-1)
    except ConnectionError:
        return b""
    finally:
        await asyncio.gather(sending, return_exceptions=True)
        writer.close()


async def _send(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()
    writer.write_eof()


async def test_bytes_pass_both_ways_and_the_end_of_each_side_is_told(serving: Serving) -> None:
    async with serving() as sandbox:
        path = sandbox.inbound[8080]
        await until(lambda: _answers(path), wanted=True)
        large = os.urandom(3_000_000)
        assert await _talk(path, large) == large + b"END"


async def test_many_connections_at_a_time(serving: Serving) -> None:
    async with serving() as sandbox:
        path = sandbox.inbound[8080]
        await until(lambda: _answers(path), wanted=True)
        answers = await asyncio.gather(*(_talk(path, b"%d" % number) for number in range(40)))
    assert answers == [b"%dEND" % number for number in range(40)]


async def test_a_port_nobody_serves_is_closed_at_once(serving: Serving) -> None:
    async with serving("import time\ndef main(): time.sleep(60)", (8080, 9000)) as sandbox:
        assert await asyncio.wait_for(_talk(sandbox.inbound[9000], b"hello"), 20) == b""


async def test_nothing_is_left_and_nobody_answers_afterwards(serving: Serving) -> None:
    async with serving() as sandbox:
        path = sandbox.inbound[8080]
        assert path.is_socket()
    assert not path.exists()
    with pytest.raises(OSError):
        await asyncio.open_unix_connection(str(path))


async def _answers(path: Path) -> bool:
    return await _talk(path, b"?") == b"?END"
