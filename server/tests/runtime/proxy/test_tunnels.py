"""CONNECT: TLS meant for the host, other protocols on other ports, and nothing else."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

import pytest
from codex32_server.runtime.proxy.grants import RunLimits
from support.origins import Authority, Web, echo, http2, serving

HOST = "api.example.test"


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority(HOST, "other.example.test")


async def _request(streams: Any) -> bytes:
    reader, writer = streams
    writer.write(b"GET /in-tls HTTP/1.1\r\nHost: api.example.test\r\n\r\n")
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    body = await reader.readexactly(length)
    writer.close()
    return body


async def test_tls_to_the_host_passes_untouched(opened: Any, authority: Authority) -> None:
    web = Web()
    async with serving(web, authority.server(HOST)) as port, opened([HOST]) as way:
        way.ports[443] = port
        assert await _request(await way.secure(f"{HOST}:443", authority)) == b"GET /in-tls HTTP/1.1|"
    assert way.reasons == ["in_manifest"]
    assert way.records[0]["received"] > 500


async def test_http2_passes(opened: Any, authority: Authority) -> None:
    async with serving(http2, authority.server(HOST, "h2")) as port, opened([HOST]) as way:
        way.ports[443] = port
        reader, writer = await way.secure(f"{HOST}:443", authority, HOST, "h2")
        assert writer.get_extra_info("ssl_object").selected_alpn_protocol() == "h2"
        writer.write(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
        writer.write(bytes([0, 0, 1, 1, 5, 0, 0, 0, 1]) + b"\x82")
        assert b"two" in await asyncio.wait_for(reader.readuntil(b"two"), 20)
        writer.close()


@pytest.mark.parametrize("name", ["other.example.test", "example.test", "api.example.test.evil.test"])
async def test_tls_for_another_host_is_closed(opened: Any, authority: Authority, name: str) -> None:
    web = Web()
    async with serving(web, authority.server(HOST)) as port, opened([HOST]) as way:
        way.ports[443] = port
        with pytest.raises((OSError, ssl.SSLError)):
            await way.secure(f"{HOST}:443", authority, name)
        await way.gate.close()
    assert way.reasons == ["sni_mismatch"]
    assert [record["allowed"] for record in way.records] == [False]
    assert web.heads == []


async def test_tls_without_a_name_is_closed(opened: Any, authority: Authority) -> None:
    context = authority.client()
    context.check_hostname = False
    async with serving(Web(), authority.server(HOST)) as port, opened([f"{HOST}:{port}"]) as way:
        _, (_, writer) = await way.tunnel(f"{HOST}:{port}")
        with pytest.raises((OSError, ssl.SSLError)):
            await writer.start_tls(context)
        await way.gate.close()
    assert way.reasons == ["sni_mismatch"]


async def test_port_443_is_for_tls(opened: Any) -> None:
    web = Web()
    async with serving(web) as port, opened([HOST]) as way:
        way.ports[443] = port
        _, (reader, writer) = await way.tunnel(f"{HOST}:443")
        writer.write(b"GET / HTTP/1.1\r\nHost: internal\r\n\r\n")
        assert await _rest(reader) == b""
        writer.close()
        await way.gate.close()
    assert (way.reasons, web.heads) == (["not_tls"], [])


async def _rest(reader: asyncio.StreamReader) -> bytes:
    try:
        return await asyncio.wait_for(reader.read(), 20)
    except ConnectionError:
        return b""


async def test_other_protocols_on_other_ports(opened: Any) -> None:
    async with serving(echo) as port, opened([f"{HOST}:{port}"]) as way:
        _, (reader, writer) = await way.tunnel(f"{HOST}:{port}")
        data = b"EHLO x\r\n" + bytes(range(256)) * 4000
        writer.write(data)
        writer.write_eof()
        assert await asyncio.wait_for(reader.read(), 20) == data
        writer.close()
        await way.gate.close()
    assert (way.records[0]["sent"], way.records[0]["received"]) == (len(data), len(data))


async def test_a_server_may_speak_first(opened: Any) -> None:
    async def greeting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        await writer.drain()
        await reader.read()

    async with serving(greeting) as port, opened([f"{HOST}:{port}"]) as way:
        _, (reader, writer) = await way.tunnel(f"{HOST}:{port}")
        assert await asyncio.wait_for(reader.readline(), 20) == b"220 hello\r\n"
        writer.close()


@pytest.mark.parametrize(
    ("target", "status", "reason"),
    [
        ("other.example.test:443", 403, "not_in_manifest"),
        (f"{HOST}:80", 403, "not_in_manifest"),
        ("127.0.0.1:443", 403, "not_in_manifest"),  # an administrator has allowed the range
        ("[::1]:443", 403, "not_public"),
        ("169.254.169.254:80", 403, "not_public"),
        ("2130706433:443", 400, "bad_name"),
        ("0x7f.1:443", 400, "bad_name"),
        ("0177.0.0.1:443", 400, "bad_name"),
        (HOST, 400, "bad_name"),
        (f"{HOST}:", 400, "bad_name"),
        (f"{HOST}:443443", 400, "bad_name"),
        (f"x@{HOST}:443", 400, "bad_name"),
        (f"{HOST}%00.evil.test:443", 400, "bad_name"),
        (f"http://{HOST}/", 400, "bad_name"),
    ],
)
async def test_tunnels_that_are_refused(opened: Any, target: str, status: int, reason: str) -> None:
    async with opened([HOST]) as way:
        answer = await way.say(f"CONNECT {target} HTTP/1.1\r\nHost: {HOST}:443\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 %d " % status) or (
        status == 403 and answer.startswith(b"HTTP/1.1 400 ")
    )
    assert way.names.asked == []
    assert way.reasons in ([reason], ["bad_request"])


async def test_the_host_header_must_agree(opened: Any) -> None:
    async with opened([HOST]) as way:
        answer = await way.say(
            f"CONNECT {HOST}:443 HTTP/1.1\r\nHost: other.example.test:443\r\n\r\n".encode()
        )
    assert answer.startswith(b"HTTP/1.1 400 the Host header names another host")


async def test_spellings_of_the_name_are_one(opened: Any) -> None:
    async with serving(echo) as port, opened([f"{HOST}:{port}"]) as way:
        status, (_, writer) = await way.tunnel(f"API.Example.TEST.:{port}")
        writer.close()
        await way.gate.close()
    assert status.startswith(b"HTTP/1.1 200 ")
    assert way.names.asked == [HOST]


async def test_a_flood_of_connections_is_bounded(opened: Any) -> None:
    """Of many clients at a time only so many are served; each other one is told why, and few are recorded."""
    limits = RunLimits(connections=20)
    async with serving(echo) as port, opened([f"{HOST}:{port}"], limits=limits) as way:
        held = [await way.tunnel(f"{HOST}:{port}") for _ in range(20)]
        answers = await asyncio.gather(*(way.say(b"") for _ in range(400)))
        assert all(answer.startswith(b"HTTP/1.1 429 more than 20 connections") for answer in answers)
        for _, (_, writer) in held:
            writer.close()
    assert len(way.records) == 200
    assert way.gate.meter.untold == 220
    assert way.gate.meter.clients == 0


async def test_closing_the_gate_ends_every_connection(opened: Any) -> None:
    async with serving(echo) as port, opened([f"{HOST}:{port}"]) as way:
        _, (reader, writer) = await way.tunnel(f"{HOST}:{port}")
        await way.gate.close()
        assert await _rest(reader) == b""
        with pytest.raises(OSError):
            await way.connect()
        writer.close()
    assert way.reasons == ["in_manifest"]
    assert [message["busy"] for message in way.told if message["kind"] == "busy"] == [True, False]
