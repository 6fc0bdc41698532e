"""Requests with an absolute address: passed on, refused, and everything that could be read in two ways."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from codex32_server.runtime.proxy import exchange
from codex32_server.runtime.proxy.grants import RunLimits
from support.origins import Names, Web, serving

HOST = "api.example.test"


async def test_a_listed_host_answers(opened: Any) -> None:
    web = Web()
    async with serving(web) as port, opened([f"{HOST}:{port}"]) as way:
        answer = await way.get(f"http://{HOST}:{port}/path?query=1#fragment")
    assert answer.endswith(b"GET /path?query=1 HTTP/1.1|")
    assert f"Host: {HOST}:{port}\r\n" in web.heads[0]
    assert "connection" not in web.heads[0].lower()
    (record,) = way.records
    assert (record["host"], record["port"], record["allowed"], record["reason"]) == (
        HOST, port, True, "in_manifest",
    )  # fmt: skip
    assert record["sent"] == len(web.heads[0])
    assert record["received"] > 20


async def test_another_host_is_refused_with_the_line_to_add_and_never_resolved(opened: Any) -> None:
    async with opened([f"{HOST}:80"]) as way:
        answer = await way.get("http://other.example.test/secret-in-a-name")
    line = 'network = ["other.example.test:80"] is missing in the manifest'
    assert answer.startswith(f"HTTP/1.1 403 {line}\r\n".encode())
    assert answer.endswith(f"{line}\n".encode())
    assert way.names.asked == []
    assert way.reasons == ["not_in_manifest"]


async def test_one_connection_serves_many_requests_and_keeps_the_hosts(opened: Any) -> None:
    web = Web()
    async with serving(web) as port, opened([f"{HOST}:{port}"]) as way:
        reader, writer = await way.connect()
        for number in range(5):
            writer.write(
                f"GET http://{HOST}:{port}/{number} HTTP/1.1\r\nHost: {HOST}:{port}\r\n\r\n".encode()
            )
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            assert b"GET /%d " % number in await reader.readexactly(length)
        writer.close()
    assert (web.connections, len(web.heads)) == (1, 5)
    assert way.names.asked == [HOST]


async def test_bodies_go_both_ways(opened: Any) -> None:
    web = Web()
    async with serving(web) as port, opened([f"{HOST}:{port}"]) as way:
        start = f"POST http://{HOST}:{port}/ HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n"
        fixed = await way.say(f"{start}Content-Length: 5\r\n\r\nhello".encode())
        chunked = await way.say(f"{start}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n".encode())
        answered = await way.get(f"http://{HOST}:{port}/chunked")
    assert fixed.endswith(b"|hello")
    assert b"|5\r\nhello" in chunked
    assert b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n" in answered


async def test_a_change_of_protocol_is_passed_on(opened: Any) -> None:
    async def upgrading(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"Upgrade: websocket" in head
        assert b"Connection: Upgrade" in head
        writer.write(b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nfirst")
        writer.write(b"echo " + await reader.readexactly(4))
        await writer.drain()

    async with serving(upgrading) as port, opened([f"{HOST}:{port}"]) as way:
        answer = await way.say(
            f"GET http://{HOST}:{port}/ws HTTP/1.1\r\nHost: {HOST}:{port}\r\n"
            "Connection: keep-alive, Upgrade\r\n"
            f"Upgrade: websocket\r\n\r\nPING".encode()
        )
    assert answer.startswith(b"HTTP/1.1 101 ")
    assert answer.endswith(b"firstecho PING")


@pytest.mark.parametrize(
    "request_text",
    [
        "GET http://{h}/ HTTP/1.1\r\nHost: {h}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET http://{h}/ HTTP/1.1\r\nHost: {h}\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
        "GET http://{h}/ HTTP/1.1\r\nHost: {h}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "GET http://{h}/ HTTP/1.1\r\nHost: {h}\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
        "GET http://{h}/ HTTP/1.1\r\nHost: {h}\r\nContent-Length: -1\r\n\r\n",
        "GET http://{h}/ HTTP/1.1\r\nHost: {h}\r\nContent-Length: +4\r\n\r\nabcd",
        "GET http://{h}/ HTTP/1.1\r\nHost: {h}\r\nContent-Length : 4\r\n\r\nabcd",
        "GET http://{h}/ HTTP/1.1\r\nHost: {h}\r\nX: a\rb\r\n\r\n",
        "GET http://{h}/ HTTP/1.1\r\nHost: {h}\r\nX: a\0b\r\n\r\n",
        "GET http://{h}/ HTTP/1.1\r\nHost: {h}\r\nX\r\n\r\n",
        "GET http://{h}/ HTTP/1.1\r\nHost: {h}\r\nHost: other.example.test\r\n\r\n",
        "GET http://{h}/ HTTP/1.1\r\nHost: other.example.test\r\n\r\n",
        "GET http://{h}/ HTTP/1.1\r\n\r\n",
        "GET http://{h}/ HTTP/1.1\r\nHost: a@{h}\r\n\r\n",
        "GET http://user:pw@{h}/ HTTP/1.1\r\nHost: {h}\r\n\r\n",
        "GET http://{h}\\@other.example.test/ HTTP/1.1\r\nHost: {h}\r\n\r\n",
        "GET http:///path HTTP/1.1\r\nHost: {h}\r\n\r\n",
        "GET https://{h}/ HTTP/1.1\r\nHost: {h}\r\n\r\n",
        "GET ftp://{h}/ HTTP/1.1\r\nHost: {h}\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: {h}\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: {h}\r\n\r\n",
        "GET http://{h}/ HTTP/9.9\r\nHost: {h}\r\n\r\n",
        "GET http://{h}/ x HTTP/1.1\r\nHost: {h}\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
        "nonsense\r\n\r\n",
    ],
)
async def test_what_could_be_read_in_two_ways_reaches_nobody(opened: Any, request_text: str) -> None:
    web = Web()
    async with serving(web) as port, opened([f"{HOST}:{port}", f"other.example.test:{port}"]) as way:
        answer = await way.say(request_text.replace("{h}", f"{HOST}:{port}").encode("latin-1"))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert web.heads == []
    assert {record["allowed"] for record in way.records} <= {False} or web.connections == 1


async def test_what_follows_a_request_is_a_request_of_its_own(opened: Any) -> None:
    """A second request in the same bytes is judged like the first one."""
    web = Web()
    async with serving(web) as port, opened([f"{HOST}:{port}"]) as way:
        answer = await way.say(
            f"GET http://{HOST}:{port}/1 HTTP/1.1\r\nHost: {HOST}:{port}\r\n\r\n"
            f"GET http://other.example.test/2 HTTP/1.1\r\nHost: other.example.test\r\n\r\n".encode()
        )
    assert b"GET /1 " in answer
    assert b"403 network = " in answer
    assert len(web.heads) == 1


async def test_headers_of_the_hop_stay_here(opened: Any) -> None:
    web = Web()
    async with serving(web) as port, opened([f"{HOST}:{port}"]) as way:
        await way.get(
            f"http://{HOST}:{port}/",
            more="Proxy-Authorization: Basic eDp5\r\nConnection: x-private\r\nX-Private: 1\r\n"
            "TE: trailers\r\nX: 2\r\n",
        )
    head = web.heads[0].lower()
    assert "x: 2" in head
    for name in ("proxy-authorization", "x-private", "te:", "connection"):
        assert name not in head


async def test_a_head_without_an_end_is_given_up(opened: Any) -> None:
    async with opened([f"{HOST}:80"]) as way:
        answer = await way.say(b"GET http://api.example.test/ HTTP/1.1\r\nX: " + b"a" * 300_000)
        many = await way.say(b"GET http://api.example.test/ HTTP/1.1\r\n" + b"X: 1\r\n" * 500 + b"\r\n")
    assert answer.split(b" ")[1] in (b"400", b"431")
    assert many.startswith(b"HTTP/1.1 400 ")


async def test_a_client_that_sends_a_byte_at_a_time_is_cut_off(opened: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(exchange, "REQUEST_SECONDS", 0.3)
    async with opened([f"{HOST}:80"]) as way:
        reader, writer = await way.connect()
        answer = asyncio.create_task(reader.read())
        while not answer.done():
            writer.write(b"G")
            await asyncio.sleep(0.02)
        writer.close()
    assert (await answer).startswith(b"HTTP/1.1 408 ")
    assert way.reasons == ["silent"]


async def test_silence_ends_a_connection(opened: Any) -> None:
    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    limits = RunLimits(idle=0.3)
    async with serving(silent) as port, opened([f"{HOST}:{port}"], limits=limits) as way:
        answer = await way.get(f"http://{HOST}:{port}/")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert way.reasons == ["silent"]


async def test_bytes_are_counted_and_limited(opened: Any) -> None:
    async def large(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(1000):
            writer.write(b"x" * 10_000)
            await writer.drain()

    limits = RunLimits(bytes=100_000)
    async with serving(large) as port, opened([f"{HOST}:{port}"], limits=limits) as way:
        answer = await way.get(f"http://{HOST}:{port}/")
        again = await way.get(f"http://{HOST}:{port}/")
    assert len(answer) < 200_000
    assert again.startswith(b"HTTP/1.1 429 ")
    assert way.reasons[0] == "too_many_bytes"


async def test_a_host_that_breaks_off_or_is_not_there(opened: Any) -> None:
    async def torn(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")

    async with serving(torn) as port, opened([f"{HOST}:{port}", f"{HOST}:1", "gone.example.test:80"]) as way:
        assert (await way.get(f"http://{HOST}:{port}/")).startswith(b"HTTP/1.1 502 ")
        assert (await way.get(f"http://{HOST}:1/")).startswith(b"HTTP/1.1 502 ")
        assert (await way.get("http://gone.example.test/")).startswith(b"HTTP/1.1 502 ")
    assert way.reasons == ["unreachable", "unreachable", "unresolved"]


async def test_a_redirect_to_a_private_address_is_an_answer_that_leads_nowhere(opened: Any) -> None:
    web = Web()
    names = Names(**{HOST: [["127.0.0.1"]], "inner.example.test": [["10.0.0.7"]]})
    async with serving(web) as port, opened([f"{HOST}:{port}", "inner.example.test:80"], names=names) as way:
        answer = await way.get(f"http://{HOST}:{port}/redirect?http://inner.example.test/")
        assert b"302 Found" in answer
        assert b"Location: http://inner.example.test/" in answer
        for url in ("http://inner.example.test/", "http://169.254.169.254/latest/", "http://[::1]/"):
            assert (await way.get(url)).startswith(b"HTTP/1.1 403 "), url
    assert way.reasons == ["in_manifest", "not_public", "not_public", "not_public"]


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::ffff:127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fe80::1%lo"]
)
async def test_a_listed_name_at_a_private_address_is_refused(opened: Any, address: str) -> None:
    web = Web()
    names = Names(**{HOST: [[address]]})
    async with serving(web) as port, opened([f"{HOST}:{port}"], names=names, private="") as way:
        answer = await way.get(f"http://{HOST}:{port}/")
    assert answer.startswith(b"HTTP/1.1 403 api.example.test is not at a public address")
    assert (web.connections, way.reasons) == (0, ["not_public"])


async def test_rebinding_finds_no_second_question(opened: Any) -> None:
    """The answer that was checked is the one that is dialled; the next connection is checked again."""
    web = Web()
    names = Names(**{HOST: [["127.0.0.1"], ["10.0.0.1"]]})
    async with serving(web) as port, opened([f"{HOST}:{port}"], names=names) as way:
        assert b"200 OK" in await way.get(f"http://{HOST}:{port}/")
        assert names.asked == [HOST]
        assert (await way.get(f"http://{HOST}:{port}/")).startswith(b"HTTP/1.1 403 ")
    assert way.reasons == ["in_manifest", "not_public"]


async def test_of_many_addresses_only_public_ones_are_tried(opened: Any) -> None:
    web = Web()
    names = Names(**{HOST: [["10.0.0.1", "::1", "127.0.0.1"]]})
    async with serving(web) as port, opened([f"{HOST}:{port}"], names=names) as way:
        assert b"200 OK" in await way.get(f"http://{HOST}:{port}/")
