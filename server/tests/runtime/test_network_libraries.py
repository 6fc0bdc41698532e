"""Libraries that bots use, unchanged: by the proxy's variables, or by the hosts file."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.contract import MIB, Injection, Limits
from codex32_server.runtime.environments import Environments
from codex32_server.runtime.files import RuntimeFiles
from support.models import KEY, with_models
from support.networked import HOST, OTHER, NetworkBench, networked
from support.origins import Web, http2, serving

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]

LIBRARIES = ["httpx[http2]", "requests", "aiohttp", "websockets", "openai", "anthropic", "psycopg[binary]"]
ROOM = Limits(memory=512 * MIB, timeout=60)


@pytest.fixture(scope="module")
async def libraries(shared: Path, runtime_files: RuntimeFiles) -> Path:
    """Installed once on a machine and kept, as the environments of bots are."""
    environments = Environments(runtime_files, folder=shared / "network-libraries")
    folder = await environments.ensure(await environments.lock(LIBRARIES), UUID(int=0))
    assert folder
    return folder


@pytest.fixture
async def net(bench: Any, backend: LocalBackend, tmp_path: Path) -> AsyncGenerator[NetworkBench]:
    async with networked(bench, backend, tmp_path) as made:
        yield made


CLIENTS = {
    "httpx": "import httpx\ndef get(url): return httpx.get(url, timeout=20, follow_redirects=True).text",
    "httpx async": (
        "import asyncio, httpx\n"
        "async def fetch(url):\n"
        "    async with httpx.AsyncClient(timeout=20, follow_redirects=True) as client:\n"
        "        return (await client.get(url)).text\n"
        "def get(url): return asyncio.run(fetch(url))"
    ),
    "requests": "import requests\ndef get(url): return requests.get(url, timeout=20).text",
    "aiohttp": (
        "import asyncio, aiohttp\n"
        "async def fetch(url):\n"
        "    async with aiohttp.ClientSession() as session, session.get(url) as answer:\n"
        "        return await answer.text()\n"
        "def get(url): return asyncio.run(fetch(url))"
    ),
    "aiohttp with the proxy": (
        "import asyncio, aiohttp\n"
        "async def fetch(url):\n"
        "    async with aiohttp.ClientSession(trust_env=True) as session, session.get(url) as answer:\n"
        "        return await answer.text()\n"
        "def get(url): return asyncio.run(fetch(url))"
    ),
    "urllib": (
        "import urllib.request\ndef get(url): return urllib.request.urlopen(url, timeout=20).read().decode()"
    ),
}
MAIN = """
def main(urls, refused):
    got = [get(url) for url in urls]
    try: get(refused)
    except Exception as error: return [*got, f"{type(error).__name__}: {error}"]
"""


@pytest.mark.parametrize("name", list(CLIENTS))
async def test_http_clients(net: NetworkBench, libraries: Path, name: str) -> None:
    async with serving(Web()) as plain, serving(Web(), net.authority.server(HOST)) as secure:
        urls = [
            f"http://{HOST}:{plain}/a",
            f"https://{HOST}:{secure}/b",
            f"https://{HOST}:{secure}/redirect?/c",
        ]
        given = {"urls": urls, "refused": f"https://{OTHER}/"}
        network = [f"{HOST}:{plain}", f"{HOST}:{secure}"]
        got = await net.result(CLIENTS[name] + MAIN, network, given, dependencies=libraries, limits=ROOM)
    assert got[:3] == ["GET /a HTTP/1.1|", "GET /b HTTP/1.1|", "GET /c HTTP/1.1|"]
    if name != "aiohttp":  # it resolves names itself, and there is none
        assert f'network = ["{OTHER}"] is missing in the manifest' in got[3]


async def test_http2(net: NetworkBench, libraries: Path) -> None:
    source = """
import httpx
def main(url):
    with httpx.Client(http2=True, timeout=20) as client:
        answer = client.get(url)
        return [answer.http_version, answer.text]
"""
    async with serving(http2, net.authority.server(HOST, "h2")) as port:
        given = {"url": f"https://{HOST}:{port}/"}
        got = await net.result(source, [f"{HOST}:{port}"], given, dependencies=libraries, limits=ROOM)
    assert got == ["HTTP/2", "two"]


async def _websocket(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Accepts, and sends back one text (RFC 6455)."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    key = next(
        line.split(": ")[1] for line in head.splitlines() if line.lower().startswith("sec-websocket-key")
    )
    accept = base64.b64encode(hashlib.sha1(f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest())
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )
    size = (await reader.readexactly(2))[1] & 0x7F
    mask, data = await reader.readexactly(4), await reader.readexactly(size)
    text = bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))
    writer.write(bytes([0x81, len(text)]) + text)
    await writer.drain()
    await reader.read(1)  # the client closes


@pytest.mark.parametrize("scheme", ["ws", "wss"])
async def test_websockets(net: NetworkBench, libraries: Path, scheme: str) -> None:
    source = """
from websockets.sync.client import connect
def main(url):
    with connect(url, open_timeout=20) as socket:
        socket.send("hello")
        return socket.recv(20)
"""
    tls = net.authority.server(HOST) if scheme == "wss" else None
    async with serving(_websocket, tls) as port:
        given = {"url": f"{scheme}://{HOST}:{port}/"}
        assert (
            await net.result(source, [f"{HOST}:{port}"], given, dependencies=libraries, limits=ROOM)
            == "hello"
        )


class Completions(Web):
    """Answers like a model."""

    async def answer(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._body(head, reader)
        body = (
            b'{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,'
            b'"finish_reason":"stop","message":{"role":"assistant","content":"hello"}}]}'
        )
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
        writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))


async def test_openai_with_a_key_that_the_bot_never_has(net: NetworkBench, libraries: Path) -> None:
    source = """
import openai
def main(url):
    client = openai.OpenAI(base_url=url, api_key="stand-in", max_retries=0, timeout=30)
    answer = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}])
    return answer.choices[0].message.content
"""
    web = Completions()
    async with serving(web, net.authority.server(HOST)) as port:
        entry = f"{HOST}:{port}"
        got = await net.result(
            source,
            [entry],
            {"url": f"https://{entry}/v1"},
            dependencies=libraries,
            limits=ROOM,
            secrets={"OPENAI_API_KEY": "stand-in"},
            injections=[Injection("OPENAI_API_KEY", entry, "Authorization", "sk-real")],
        )
    assert got == "hello"
    assert "authorization: bearer sk-real\r\n" in web.heads[0].lower()


async def test_model_libraries_need_no_setting(bench: Any, backend: LocalBackend, libraries: Path) -> None:
    source = """
import anthropic, httpx, openai, os
def main():
    question = [{"role": "user", "content": "hi"}]
    client = openai.OpenAI(timeout=30)
    chat = client.chat.completions.create(model="smart", messages=question)
    pieces = client.chat.completions.create(model="smart", messages=question, stream=True)
    message = anthropic.Anthropic(timeout=30).messages.create(model="smart", max_tokens=9, messages=question)
    try: client.chat.completions.with_raw_response.create(model="dear", messages=question)
    except openai.RateLimitError as error: refused = error.code
    elsewhere = httpx.get(os.environ["ANTHROPIC_BASE_URL"] + "/../api/v1/runs", timeout=30).status_code
    text = "".join(piece.choices[0].delta.content or "" for piece in pieces)
    return [chat.choices[0].message.content, text, message.content[0].text, refused, elsewhere]
"""
    async with with_models(bench, backend) as models:
        models.platform.go_on.set()
        got = await models.result(source, dependencies=libraries, limits=ROOM)
    assert got == ["you said hi", "one two", "from a message", "budget_exceeded", 403]
    assert all(f"bearer {KEY}" in head.lower() for head in models.platform.heads)
    assert not any("x-api-key" in head.lower() for head in models.platform.heads)


async def _postgresql(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Refuses TLS, takes the start of a session and ends it with an error of its own (the v3 protocol)."""
    assert await reader.readexactly(8) == (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")
    writer.write(b"N")
    await reader.readexactly(int.from_bytes(await reader.readexactly(4), "big") - 4)
    fields = b"SFATAL\0VFATAL\0C28000\0Mreached through the tunnel\0\0"
    writer.write(b"E" + (len(fields) + 4).to_bytes(4, "big") + fields)
    await writer.drain()
    await reader.read()


async def test_a_database_driver(net: NetworkBench, libraries: Path) -> None:
    """libpq knows no proxy: it finds its host in the hosts file."""
    source = """
import psycopg
def main(host, port):
    try: psycopg.connect(host=host, port=port, user="x", dbname="x", connect_timeout=20, gssencmode="disable")
    except psycopg.OperationalError as error: return str(error)
"""
    async with serving(_postgresql) as port:
        given = {"host": HOST, "port": port}
        got = await net.result(source, [f"{HOST}:{port}"], given, dependencies=libraries, limits=ROOM)
    assert "reached through the tunnel" in got
