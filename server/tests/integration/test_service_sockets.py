"""Websockets through the platform to a bot: real API, real worker, real sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import websockets
from codex32_server.features.services.endpoints import lasting
from codex32_server.features.services.service import reaching
from support.folders import reachable_folder
from support.postgres import DatabaseUnderTest
from support.services import Site, a_site
from websockets.exceptions import ConnectionClosed, InvalidStatus

pytestmark = [pytest.mark.sandbox]

WEBSOCKET = """
import base64, hashlib, socket, struct, threading
def read(connection, size):
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            raise ConnectionError
        data += part
    return data
def serve(connection):
    head = b""
    while b"\\r\\n\\r\\n" not in head:
        head += connection.recv(4096)
    lines = head.decode("latin-1").split("\\r\\n")
    fields = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
    if "upgrade" not in fields:
        connection.sendall(b"HTTP/1.1 200 OK\\r\\ncontent-length: 0\\r\\n\\r\\n")
        return connection.close()
    key = next(line for line in lines if line.lower().startswith("sec-websocket-key")).split(": ")[1]
    seen = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
    accept = base64.b64encode(seen).decode()
    extra = "sec-websocket-protocol: chat\\r\\n" if "sec-websocket-protocol" in fields else ""
    connection.sendall(("HTTP/1.1 101 Switching Protocols\\r\\nupgrade: websocket\\r\\n"
                        f"connection: Upgrade\\r\\n{extra}"
                        f"sec-websocket-accept: {accept}\\r\\n\\r\\n").encode())
    secret = "cookie" in fields or "authorization" in fields
    while True:
        first, second = read(connection, 2)
        size = second & 127
        if size == 126:
            size, = struct.unpack(">H", read(connection, 2))
        elif size == 127:
            size, = struct.unpack(">Q", read(connection, 8))
        mask = read(connection, 4)
        data = bytes(byte ^ mask[index % 4] for index, byte in enumerate(read(connection, size)))
        kind = first & 15
        if kind == 8:
            connection.sendall(bytes([0x88, len(data)]) + data)
            return connection.close()
        if data == b"bye":
            connection.sendall(b"\\x88\\x04" + struct.pack(">H", 4001) + b"ok")
            continue
        if data == b"secret":
            data = str(secret).encode()
        half = len(data) // 2
        for opcode, part in ((kind, data[:half]), (0x80, data[half:])):
            length = bytes([len(part)]) if len(part) < 126 else b"\\x7e" + struct.pack(">H", len(part))
            connection.sendall(bytes([opcode]) + length + part)
def safely(connection):
    try:
        serve(connection)
    except ConnectionError:
        connection.close()
def main():
    with socket.create_server(("127.0.0.1", 8080)) as server:
        while True:
            threading.Thread(target=safely, args=(server.accept()[0],), daemon=True).start()
"""


@pytest.fixture
async def site(database: DatabaseUnderTest) -> AsyncIterator[Site]:
    with reachable_folder("codex32-sockets-") as folder:
        async with a_site(database, folder) as made:
            yield made


def connect(site: Site, path: str = "up/", key: str | None = "owner", **more: Any) -> Any:
    url = f"{site.http.base_url}".replace("http://", "ws://").rstrip("/")
    headers = {"Authorization": f"Bearer {site.keys[key]}"} if key else {}
    return websockets.connect(f"{url}/s/{site.slug}/{path}", additional_headers=headers, **more)


async def refused(site: Site, **more: Any) -> tuple[int, bytes]:
    with pytest.raises(InvalidStatus) as error:
        async with connect(site, **more):
            pass
    return error.value.response.status_code, error.value.response.body or b""


async def closed_with(socket: Any) -> tuple[int, str]:
    with pytest.raises(ConnectionClosed) as closed:
        async with asyncio.timeout(30):
            await socket.recv()
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code, closed.value.rcvd.reason


async def may_not_stay(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key that is still valid, or without anything to say."""
    made = await site.call("POST", "/keys", {"name": "for a while", "role": "editor"})
    site.keys["lent"] = made["key"]
    monkeypatch.setattr(lasting, "RECHECK_SECONDS", 0.05)
    async with connect(site, key="lent") as lent, connect(site) as own:
        await lent.send("mine")
        assert await lent.recv() == "mine"
        owner = {"Authorization": f"Bearer {site.keys['owner']}"}
        assert (await site.http.delete(f"/api/v1/keys/{made['id']}", headers=owner)).status_code == 204
        assert await closed_with(lent) == (1008, "unauthenticated")
        await own.send("goes on")
        assert await own.recv() == "goes on"
        monkeypatch.setattr(lasting, "IDLE_SECONDS", 0.2)
        assert await closed_with(own) == (1001, "nothing was sent for too long")
    monkeypatch.undo()


async def test_messages_both_ways(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    await site.deploy(WEBSOCKET, "service = { port = 8080 }")
    async with site.worker() as worker:
        await site.until("running", worker=worker)
        async with connect(site, subprotocols=["chat"]) as socket:
            assert socket.subprotocol == "chat"
            for message in ("hello", "grüße", b"\x00\xff", "x" * 60_000):
                await socket.send(message)
                assert await socket.recv() == message
            await socket.send("secret")
            assert await socket.recv() == "False"
            await socket.send("bye")
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
            assert closed.value.rcvd is not None
            assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4001, "ok")
        await may_not_stay(site, monkeypatch)
        monkeypatch.setattr(reaching, "MOST_SOCKETS", 0)
        status, body = await refused(site)
        assert (status, b"websockets" in body) == (503, True)
        assert (await site.ask("up/")).status_code == 200
        monkeypatch.undo()
        # A session is not enough: any page of the web may open a websocket with it.
        status, body = await refused(site, key=None)
        assert (status, b"unauthenticated" in body) == (401, True)
        assert (await refused(site, key="viewer"))[0] == 403
        assert (await refused(site, path="nothing/"))[0] == 404
        await site.call("POST", "/services/up/pause")
        status, body = await refused(site)
        assert (status, b"service_unavailable" in body) == (503, True)
        assert b"codex32 services resume" in body


async def test_a_bot_that_speaks_no_websocket(site: Site) -> None:
    await site.http_service(1, "service = { port = 8080, public = true }")
    async with site.worker():
        await site.until("running")
        status, body = await refused(site, key=None)
        assert (status, b"bad_gateway" in body) == (502, True)
        assert (await site.ask("up/", key=None)).status_code == 200
