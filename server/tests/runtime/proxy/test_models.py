"""The door to the model gateway, client by client: which paths it lets through, and whose key goes along."""

from __future__ import annotations

import asyncio
import base64
import json
import posixpath
import socket
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from codex32_server.kit.network.gateway import GatewayAddress
from codex32_server.runtime.proxy.cleaning import MOST_BYTES, MOST_HELD, STORE, Cleaner
from codex32_server.runtime.proxy.models import ModelDoor, is_allowed
from codex32_server.runtime.proxy.terminating import client_context
from hypothesis import given
from hypothesis import strategies as st
from support.models import KEY, Platform

ALLOWED = [
    "/llm/v1/chat/completions", "/llm/v1/models", "/llm/v1/models/openai/gpt-5", "/llm/v1/messages?beta=true",
    "/llm/v1/models/openai%2Fgpt-5", "/llm/v1/models/a:free@2", "/llm/v1/models?limit=1&after=a%2Fb",
]  # fmt: skip
REFUSED = [
    "/", "/api/v1/runs", "/llm", "/llm/v1", "/llm/v1/", "/llm/v10/models", "/LLM/v1/x", "//llm/v1/models",
    "/llm/v1/../../api/v1/runs", "/llm/v1/./models", "/llm/v1//models", "/llm/v1/%2e%2e/%2e%2e/api/v1/runs",
    "/llm/v1/%252e%252e/x", "/llm/v1/..%2f..%2fapi", "/llm/v1/..%5capi", "/llm/v1/..\\..\\api", "/llm%2fv1/x",
    "/llm/v1/a;/../../api", "/llm/v1/%00", "/llm/v1/models#x", "/llm/v1/models?a=b#c", "*",
    "http://127.0.0.1:8032/llm/v1/models", "http://127.0.0.1:8032/api/v1/runs", "llm/v1/models", "",
    "/s/team/bot", "/hooks/x", "/llm/v1/models?x=\\", "/llm/v1/é",
]  # fmt: skip


@pytest.mark.parametrize("target", ALLOWED)
def test_paths_of_models_are_allowed(target: str) -> None:
    assert is_allowed(target.encode())


@pytest.mark.parametrize("target", REFUSED)
def test_every_other_path_is_not(target: str) -> None:
    assert not is_allowed(target.encode())


@given(st.text(alphabet="/.%2eEfF5cC\\;?#aé", max_size=24))
def test_what_is_allowed_stays_below_the_gateway_in_every_reading(rest: str) -> None:
    target = f"/llm/v1/{rest}"
    if is_allowed(target.encode()):
        path = target.partition("?")[0]
        for reading in (path, unquote(path), unquote(unquote(path)), unquote(path).replace("\\", "/")):
            assert posixpath.normpath(reading).startswith("/llm/v1/")


class Door:
    """A door in this process and what it told."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.told: list[dict[str, Any]] = []

    async def say(self, data: bytes) -> bytes:
        reader, writer = await asyncio.open_unix_connection(str(self.path))
        writer.write(data)
        try:
            return await asyncio.wait_for(reader.read(), 20)
        finally:
            writer.close()

    async def get(self, target: str, *headers: str, method: str = "GET") -> bytes:
        more = "".join(f"{header}\r\n" for header in headers)
        head = f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:3129\r\n{more}Connection: close\r\n\r\n"
        return await self.say(head.encode())


@asynccontextmanager
async def door_to(
    address: GatewayAddress, folder: Path, connections: int = 8, hidden: Mapping[str, str] | None = None
) -> AsyncGenerator[Door]:
    made = Door(folder / "models.sock")
    cleaner = Cleaner(hidden or {})
    door = ModelDoor("run", KEY, address, connections, client_context(None), made.told.append, cleaner)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(made.path))
    listener.listen(64)
    await door.open(listener)
    try:
        yield made
    finally:
        await door.close()


async def test_the_runs_key_takes_the_place_of_whatever_the_bot_sends(tmp_path: Path) -> None:
    platform = Platform()
    sent = (
        "Authorization: Bearer sk-c32-of-somebody-else", "X-Api-Key: another", "Cookie: session=1",
        "X-Forwarded-For: 1.2.3.4", "X_Forwarded_For: 1.2.3.4", "anthropic-version: 2023-06-01",
        "X-Codex32-Cache: off",
    )  # fmt: skip
    async with platform.listening() as port, door_to(GatewayAddress("127.0.0.1", port), tmp_path) as door:
        assert (await door.get("/llm/v1/models", *sent)).startswith(b"HTTP/1.1 200 ")
    head = platform.heads[0].lower()
    assert head.count("authorization:") == 1
    assert f"authorization: bearer {KEY}" in head
    assert "anthropic-version: 2023-06-01" in head
    assert "x-codex32-cache: off" in head
    assert f"host: 127.0.0.1:{port}" in head
    for name in ("somebody-else", "x-api-key", "cookie", "forwarded"):
        assert name not in head
    assert KEY not in repr(door.told)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD"])
async def test_only_what_models_need_is_passed_on(tmp_path: Path, method: str) -> None:
    platform = Platform()
    async with platform.listening() as port, door_to(GatewayAddress("127.0.0.1", port), tmp_path) as door:
        assert (await door.get("/llm/v1/models", method=method)).startswith(b"HTTP/1.1 403 ")
    assert platform.heads == []


async def test_it_is_no_proxy(tmp_path: Path) -> None:
    platform = Platform()
    async with platform.listening() as port, door_to(GatewayAddress("127.0.0.1", port), tmp_path) as door:
        tunnel = f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
        assert (await door.say(tunnel.encode())).startswith(b"HTTP/1.1 403 ")
        for target in REFUSED:
            if target and target.isascii():
                answer = await door.get(target)
                assert answer.split(b" ")[1] in (b"403", b"400"), target
        upgraded = await door.get("/llm/v1/models", "Upgrade: websocket")
    assert upgraded.startswith(b"HTTP/1.1 200 ")
    assert platform.lines == ["GET /llm/v1/models HTTP/1.1"]
    assert "upgrade" not in platform.heads[0].lower()
    assert door.told[0]["kind"] == "models"
    assert (door.told[0]["allowed"], door.told[0]["reason"]) == (False, "models_only")


async def test_a_second_request_cannot_hide_in_the_first(tmp_path: Path) -> None:
    platform = Platform()
    smuggled = b"GET /api/v1/runs HTTP/1.1\r\nHost: x\r\n\r\n"
    head = b"POST /llm/v1/messages HTTP/1.1\r\nHost: x\r\n"
    async with platform.listening() as port, door_to(GatewayAddress("127.0.0.1", port), tmp_path) as door:
        both = head + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + smuggled
        assert (await door.say(both)).startswith(b"HTTP/1.1 400 ")
        pipelined = await door.say(head + b"Content-Length: 2\r\n\r\n{}" + smuggled)
    assert b"from a message" in pipelined
    assert pipelined.count(b"HTTP/1.1 403 ") == 1
    assert platform.lines == ["POST /llm/v1/messages HTTP/1.1"]


async def test_a_stream_is_passed_on_as_it_comes(tmp_path: Path) -> None:
    platform = Platform()
    asked = b'POST /llm/v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: 16\r\n\r\n{"stream": true}'
    async with platform.listening() as port, door_to(GatewayAddress("127.0.0.1", port), tmp_path) as door:
        reader, writer = await asyncio.open_unix_connection(str(door.path))
        writer.write(asked)
        first = await asyncio.wait_for(reader.readuntil(b"\n\n"), 20)
        assert not platform.go_on.is_set()
        platform.go_on.set()
        rest = await asyncio.wait_for(reader.readuntil(b"[DONE]"), 20)
        writer.close()
    assert b"one " in first
    assert b"two" in rest


async def test_one_connection_of_the_bot_serves_many_requests(tmp_path: Path) -> None:
    platform = Platform()
    async with platform.listening() as port, door_to(GatewayAddress("127.0.0.1", port), tmp_path) as door:
        reader, writer = await asyncio.open_unix_connection(str(door.path))
        for _ in range(3):
            writer.write(b"GET /llm/v1/models HTTP/1.1\r\nHost: x\r\n\r\n")
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
            assert head.startswith(b"HTTP/1.1 200 ")
            await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]))
        writer.close()
    assert len(platform.lines) == 3


async def test_a_gateway_that_is_away_is_said(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    async with door_to(GatewayAddress("127.0.0.1", port), tmp_path) as door:
        answer = await door.get("/llm/v1/models")
    assert answer.startswith(b"HTTP/1.1 502 the model gateway of the platform does not answer")
    assert [message["reason"] for message in door.told] == ["unreachable"]


async def test_a_gateway_on_a_unix_socket(tmp_path: Path) -> None:
    platform = Platform()
    place = tmp_path / "gateway.sock"
    server = await asyncio.start_unix_server(platform, str(place))
    async with server, door_to(GatewayAddress("localhost", 80, path=str(place)), tmp_path) as door:
        assert (await door.get("/llm/v1/models")).startswith(b"HTTP/1.1 200 ")


async def test_connections_at_a_time_are_limited(tmp_path: Path) -> None:
    platform = Platform()
    async with (
        platform.listening() as port,
        door_to(GatewayAddress("127.0.0.1", port), tmp_path, connections=1) as door,
    ):
        _, first = await asyncio.open_unix_connection(str(door.path))
        first.write(b"GET")
        await first.drain()
        assert (await door.say(b"")).startswith(b"HTTP/1.1 429 ")
        first.close()


SECRETS = {"PASSWORD": "correct horse battery", "PIN": "1234"}


def post(body: bytes, *headers: str) -> bytes:
    more = "".join(f"{header}\r\n" for header in headers)
    head = f"POST /llm/v1/chat/completions HTTP/1.1\r\nHost: x\r\n{more}Connection: close\r\n\r\n"
    return head.encode() + body


def chat(text: str) -> bytes:
    return json.dumps({"model": "smart", "messages": [{"role": "user", "content": text}]}).encode()


async def said(tmp_path: Path, request: bytes) -> tuple[Platform, Door, bytes]:
    """What arrived of a request, by a door that hides SECRETS."""
    platform = Platform()
    async with (
        platform.listening() as port,
        door_to(GatewayAddress("127.0.0.1", port), tmp_path, hidden=SECRETS) as door,
    ):
        answer = await door.say(request)
    return platform, door, answer


async def test_the_secrets_of_a_run_do_not_reach_a_model(tmp_path: Path) -> None:
    password = SECRETS["PASSWORD"]
    encoded = base64.b64encode(password.encode()).decode()
    body = chat(f"why does {password} fail, or {encoded}? The PIN is 1234.")
    platform, door, answer = await said(tmp_path, post(body, f"Content-Length: {len(body)}"))
    assert answer.startswith(b"HTTP/1.1 200 ")
    content = json.loads(platform.bodies[0])["messages"][0]["content"]
    assert content == "why does [secret PASSWORD] fail, or [secret PASSWORD]? The PIN is 1234."
    assert [told["kind"] for told in door.told].count("redacted") == 1


async def test_in_pieces_too(tmp_path: Path) -> None:
    body = chat(SECRETS["PASSWORD"])
    cut = [body[at : at + 7] for at in range(0, len(body), 7)]
    pieces = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in cut)
    platform, _, answer = await said(tmp_path, post(pieces + b"0\r\n\r\n", "Transfer-Encoding: chunked"))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"horse" not in platform.bodies[0]
    assert "transfer-encoding" not in platform.heads[0].lower()


async def test_a_client_that_waits_to_go_on_is_told_to(tmp_path: Path) -> None:
    body = chat("hello")
    request = post(body, f"Content-Length: {len(body)}", "Expect: 100-continue")
    platform, _, answer = await said(tmp_path, request)
    assert b"HTTP/1.1 200 " in answer
    assert platform.bodies == [body]


@pytest.mark.parametrize("body", [b"", b"no json, correct horse", b"[" * 5000, chat("x" * 300_000)])
async def test_what_holds_no_secret_arrives_as_it_was(tmp_path: Path, body: bytes) -> None:
    platform, door, _ = await said(tmp_path, post(body, f"Content-Length: {len(body)}"))
    assert platform.bodies == [body]
    assert "redacted" not in [told["kind"] for told in door.told]


async def test_the_requests_of_all_runs_together_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(STORE, "most", 3000)
    platform, body = Platform(), chat("x" * 1000)
    whole = post(body, f"Content-Length: {len(body)}")
    (tmp_path / "other").mkdir()
    async with (
        platform.listening() as port,
        door_to(GatewayAddress("127.0.0.1", port), tmp_path, hidden=SECRETS) as door,
        door_to(GatewayAddress("127.0.0.1", port), tmp_path / "other", hidden=SECRETS) as other,
    ):
        _, writer = await asyncio.open_unix_connection(str(other.path))
        writer.write(post(b"x" * 2500, "Content-Length: 5000"))
        async with asyncio.timeout(20):
            while STORE.held < 2500:
                await asyncio.sleep(0.005)
        answer = await door.say(whole)
        assert answer.startswith(b"HTTP/1.1 429 the requests to models that are being read take all")
        assert (door.told[0]["allowed"], door.told[0]["reason"]) == (False, "too_many_bytes")
        writer.close()
        async with asyncio.timeout(20):
            while STORE.held:
                await asyncio.sleep(0.005)
        for _ in range(4):
            assert (await door.say(whole)).startswith(b"HTTP/1.1 200 ")
    assert platform.bodies == [body] * 4
    assert STORE.held == 0


async def test_a_request_that_is_passed_on_holds_nothing_while_it_is_answered(tmp_path: Path) -> None:
    platform, body = Platform(), b'{"stream": true}'
    async with (
        platform.listening() as port,
        door_to(GatewayAddress("127.0.0.1", port), tmp_path, hidden=SECRETS) as door,
    ):
        reader, writer = await asyncio.open_unix_connection(str(door.path))
        writer.write(post(body, f"Content-Length: {len(body)}"))
        await asyncio.wait_for(reader.readuntil(b"one "), 20)
        assert STORE.held == 0
        platform.go_on.set()
        await asyncio.wait_for(reader.readuntil(b"[DONE]"), 20)
        writer.close()


@pytest.mark.parametrize("closes", [True, False])
async def test_an_answer_before_the_end_of_the_request_arrives(tmp_path: Path, closes: bool) -> None:
    """A gateway that has heard enough: it answers without reading the rest, and may close its ears."""
    over = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 8\r\n\r\ntoo long")
        await writer.drain()
        if not closes:
            await over.wait()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    body = chat("x" * 6_000_000)
    async with server, door_to(GatewayAddress("127.0.0.1", port), tmp_path, hidden=SECRETS) as door:
        for _ in range(3):
            said = await door.say(post(body, f"Content-Length: {len(body)}"))
            assert said.startswith(b"HTTP/1.1 413 "), said[:100]
            assert said.endswith(b"too long")
        over.set()
    assert STORE.held == 0


def test_there_is_room_for_several_of_the_largest() -> None:
    assert STORE.most == MOST_HELD == 4 * MOST_BYTES
