"""Bytes to providers and back: framing, faults, back-pressure, kept connections, and what may be dialled."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest
from codex32_server.gateway.errors import AddressRefusedError, GatewayError, UpstreamFailedError
from codex32_server.gateway.providers.transport import client as client_module
from codex32_server.gateway.providers.transport.client import HttpClient
from codex32_server.gateway.providers.transport.connection import LARGEST_HEAD, MOST_HELD
from codex32_server.gateway.providers.transport.url import BadUrlError, Origin, parse_base_url
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.upstreams import Scripted, Talk, client_allowing, says

Start = Callable[[Talk], Awaitable[Scripted]]
_OK = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nX-Request-Id: r1\r\n\r\nhello"


async def _get(client: HttpClient, server: Scripted, body: bytes = b"{}") -> bytes:
    answer = await client.send(server.origin, "POST", "/v1/x", {"authorization": "Bearer k"}, body)
    return await answer.read()


async def test_a_whole_answer_and_a_kept_connection(client: HttpClient, scripted: Start) -> None:
    server = await scripted(says(_OK))
    answer = await client.send(server.origin, "POST", "/v1/x?y=1", {"a": "b"}, b'{"q":1}')
    assert (answer.status, answer.headers["x-request-id"]) == (200, "r1")
    assert await answer.read() == b"hello"
    assert await _get(client, server) == b"hello"
    assert server.connections == 1
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.split(b"\r\n")[:3] == [
        b"POST /v1/x?y=1 HTTP/1.1",
        f"host: 127.0.0.1:{server.port}".encode(),
        b"a: b",
    ]
    assert body == b'{"q":1}'


async def test_fifty_at_once_get_their_own_answers(client: HttpClient, scripted: Start) -> None:
    async def echo(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
        body = request.partition(b"\r\n\r\n")[2]
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))

    server = await scripted(echo)
    bodies = [str(number).encode() for number in range(50)]
    assert await asyncio.gather(*(_get(client, server, body) for body in bodies)) == bodies
    assert client.idle() == server.connections <= 50


@pytest.mark.parametrize(
    "talk",
    [
        says(
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"3\r\nhel\r\n", b"2\r\nlo\r\n0\r\n\r\n"
        ),
        says(b"HTTP/1.1 200 OK\r\n\r\nhel", b"lo", close=True),
        says(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n", _OK),
        says(*(bytes([byte]) for byte in _OK)),
        says(b"HTTP/1.0 200 OK\r\n\r\nhello", close=True),
        says(_OK.replace(b"\r\nX-R", b"\r\nconnection: close\r\nX-R")),
    ],
    ids=["chunked", "to the end", "interim", "byte by byte", "1.0", "close"],
)
async def test_every_framing(client: HttpClient, scripted: Start, talk: Talk) -> None:
    server = await scripted(talk)
    assert await _get(client, server) == b"hello"


@pytest.mark.parametrize(
    ("talk", "says_why"),
    [
        (says(b"SSH-2.0-nothing\r\n\r\n"), "not HTTP"),
        (says(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhel", close=True), "before the end"),
        (says(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"), "not HTTP"),
        (
            says(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\n", close=True),
            "before the end",
        ),
        (says(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello"), "not HTTP"),
        (says(b"HTTP/1.1 200 OK\r\nx: " + b"y" * (LARGEST_HEAD + 10)), "too large"),
        (says(b"", close=True), "before the end"),
    ],
    ids=["no HTTP", "short", "bad chunk", "no last chunk", "two lengths", "large head", "nothing"],
)
async def test_a_bad_answer_is_a_failure(
    client: HttpClient, scripted: Start, talk: Talk, says_why: str
) -> None:
    server = await scripted(talk)
    with pytest.raises(UpstreamFailedError, match=says_why):
        await _get(client, server)
    assert client.idle() == 0


async def test_more_than_was_asked_for_closes_the_connection(client: HttpClient, scripted: Start) -> None:
    server = await scripted(says(_OK + b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n!"))
    for _ in range(3):
        assert await _get(client, server) == b"hello"
        assert client.idle() == 0


async def test_one_that_was_closed_meanwhile_is_replaced_and_nothing_is_lost(
    client: HttpClient, scripted: Start
) -> None:
    async def once(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _request: bytes) -> None:
        writer.write(_OK)
        await writer.drain()
        writer.close()

    server = await scripted(once)
    for _ in range(5):
        assert await _get(client, server) == b"hello"
    assert len(server.requests) == 5


async def test_a_reused_one_that_closes_without_a_byte_is_asked_again_elsewhere(
    client: HttpClient, scripted: Start
) -> None:
    async def second_time_silent(
        _reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _request: bytes
    ) -> None:
        if len(server.requests) == 2:
            writer.close()
        else:
            writer.write(_OK)

    server = await scripted(second_time_silent)
    assert [await _get(client, server), await _get(client, server)] == [b"hello", b"hello"]
    assert (len(server.requests), server.connections) == (3, 2)


async def test_a_slow_reader_slows_the_sender_down(client: HttpClient, scripted: Start) -> None:
    sent = 0

    async def flood(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _request: bytes) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while sent < 40 * 1024 * 1024:
            writer.write(b"x" * 65536)
            await writer.drain()
            sent += 65536
        writer.close()

    server = await scripted(flood)
    answer = await client.send(server.origin, "POST", "/", {}, b"")
    pieces = answer.pieces()
    await anext(pieces)
    before = -1
    while sent != before:  # until the sender stands still
        before = sent
        await asyncio.sleep(0.05)
    assert sent < 20 * 1024 * 1024
    total = 0
    async for piece in pieces:
        total += len(piece)
        assert len(piece) <= MOST_HELD * 4
    assert total > 39 * 1024 * 1024


async def test_a_reader_that_goes_breaks_the_connection_off(client: HttpClient, scripted: Start) -> None:
    async def endless(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _request: bytes) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"1\r\nx\r\n")
            await writer.drain()
            await asyncio.sleep(0)

    server = await scripted(endless)
    answer = await client.send(server.origin, "POST", "/", {}, b"")
    pieces = answer.pieces()
    assert await anext(pieces)
    await pieces.aclose()
    async with asyncio.timeout(20):
        await server.gone.wait()
    assert client.idle() == 0


async def test_a_cancelled_wait_breaks_the_connection_off(client: HttpClient, scripted: Start) -> None:
    async def hang(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter, _request: bytes) -> None:
        await reader.read()

    server = await scripted(hang)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await _get(client, server)
    async with asyncio.timeout(20):
        await server.gone.wait()


async def test_too_much_is_refused(client: HttpClient, scripted: Start) -> None:
    server = await scripted(says(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000, close=True))
    answer = await client.send(server.origin, "POST", "/", {}, b"", most=50_000)
    with pytest.raises(UpstreamFailedError, match="too large"):
        await answer.read()


async def test_idle_and_old_connections_are_dropped(
    client: HttpClient, scripted: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await scripted(says(_OK))
    await _get(client, server)
    monkeypatch.setattr(client_module, "monotonic", lambda: time.monotonic() + client_module.IDLE_SECONDS + 1)
    await _get(client, server)
    assert server.connections == 2
    monkeypatch.setattr(client_module, "monotonic", lambda: time.monotonic() + client_module.AGE_SECONDS + 1)
    await _get(client, server)
    assert (server.connections, client.idle()) == (3, 0)


@pytest.mark.parametrize("value", ["a\r\nx: y", "a\nb", "\u2603", "a\x00"])
async def test_a_key_that_would_end_its_line_is_refused_and_not_shown(client: HttpClient, value: str) -> None:
    with pytest.raises(UpstreamFailedError) as caught:
        await client.send(Origin(False, "127.0.0.1", 9), "POST", "/", {"x-api-key": value}, b"")
    assert value not in caught.value.detail


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "meta.example"])
async def test_addresses_that_are_not_public_are_refused(host: str) -> None:
    refusing = client_allowing("192.168.0.0/16", {"meta.example": ["169.254.169.254", "::ffff:10.0.0.1"]})
    with pytest.raises(AddressRefusedError, match="not at a public address"):
        await refusing.send(Origin(True, host, 443), "GET", "/", {})


async def test_nothing_goes_in_clear_to_a_public_address() -> None:
    with pytest.raises(AddressRefusedError, match="in clear"):
        await client_allowing().send(Origin(False, "93.184.216.34", 80), "GET", "/", {})


async def test_the_checked_address_is_dialled_and_the_name_is_said(scripted: Start) -> None:
    server = await scripted(says(_OK))
    named = client_allowing(names={"llm.example": ["10.0.0.1", "127.0.0.1"]})
    answer = await named.send(Origin(False, "llm.example", server.port), "GET", "/", {})
    assert await answer.read() == b"hello"
    assert f"host: llm.example:{server.port}".encode() in server.requests[0]
    named.close()


async def test_nobody_there_and_no_tls_are_failures(client: HttpClient) -> None:
    async def no_tls(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        writer.close()

    server = await asyncio.start_server(no_tls, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(UpstreamFailedError, match=r"TLS|reached"):
        await client.send(Origin(True, "127.0.0.1", port), "GET", "/", {})
    server.close()
    with pytest.raises(UpstreamFailedError, match="cannot be reached"):
        await client.send(Origin(False, "127.0.0.1", 1), "GET", "/", {})


@pytest.mark.parametrize(
    ("text", "origin", "path"),
    [
        ("https://api.openai.com/v1", Origin(True, "api.openai.com", 443), "/v1"),
        ("HTTPS://API.OpenAI.com./v1/", Origin(True, "api.openai.com", 443), "/v1"),
        ("http://[::1]:8080", Origin(False, "::1", 8080), ""),
    ],
)
def test_addresses_are_read(text: str, origin: Origin, path: str) -> None:
    url = parse_base_url(text)
    assert (url.origin, url.path) == (origin, path)


@pytest.mark.parametrize(
    "text",
    ["", "ftp://a.b", "api.openai.com", "https://", "https://u:p@a.b", "https://a.b?k=1", "https://a.b#f",
     "https://a b", "https://0x7f.1", "https://a.b/\r\nx: y", "https://a\\b", "https://a:0", "https://ä.b"],
)  # fmt: skip
def test_odd_addresses_are_refused(text: str) -> None:
    with pytest.raises(BadUrlError):
        parse_base_url(text)


@settings(deadline=None)
@given(st.text(max_size=60))
@example("[")
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        url = parse_base_url("https://" + text)
    except BadUrlError:
        return
    assert url.origin.header.isprintable()
    assert url.origin.host.isascii()


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=400))
async def test_any_answer_is_read_or_is_a_gateway_error(data: bytes) -> None:
    async def talk(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _request: bytes) -> None:
        writer.write(b"HTTP/1.1 2" + data)
        await writer.drain()
        writer.close()

    scripted = Scripted(talk)
    server = await asyncio.start_server(scripted.serve, "127.0.0.1", 0)
    scripted.port = server.sockets[0].getsockname()[1]
    client = client_allowing()
    code = "upstream_failed"
    try:
        async with asyncio.timeout(20):
            await _get(client, scripted)
    except GatewayError as error:
        code = error.code
    finally:
        client.close()
        server.close()
    assert code == "upstream_failed"
