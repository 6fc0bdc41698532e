"""Secrets that only exist on the wire, to the one host they are for."""

from __future__ import annotations

import asyncio
import base64
import ssl
from typing import Any

import pytest
from codex32_server.runtime.proxy.authority import identities
from codex32_server.runtime.proxy.grants import WireSecret
from codex32_server.runtime.proxy.injecting import injected
from support.origins import Authority, Web, serving

HOST, OTHER = "api.example.test", "other.example.test"
VALUE = "sk-live-very-secret"
SECRET = WireSecret(HOST, 443, "Authorization", "placeholder-1", f"Bearer {VALUE}")
PLAIN = WireSecret(HOST, 443, "Authorization", "placeholder-1", VALUE)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority(HOST, OTHER)


class Run:
    """What a run is given: the authority it trusts, and the grant's identities."""

    def __init__(self) -> None:
        self.pem, self.identities = identities([HOST])

    def context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cadata=self.pem)
        context.set_alpn_protocols(["h2", "http/1.1"])
        return context


async def _talk(way: Any, context: ssl.SSLContext, request: str, name: str = HOST) -> bytes:
    status, (reader, writer) = await way.tunnel(f"{HOST}:443")
    assert b" 200 " in status, status
    await writer.start_tls(context, server_hostname=name)
    writer.write(request.encode())
    answer = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    return answer


def _head(host: str = HOST, header: str = "") -> str:
    return f"GET /charges HTTP/1.1\r\nHost: {host}\r\n{header}Connection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("header", "secret", "seen"),
    [
        ("Authorization: Bearer placeholder-1\r\n", PLAIN, f"Authorization: Bearer {VALUE}\r\n"),
        ("authorization: placeholder-1\r\n", PLAIN, f"authorization: {VALUE}\r\n"),
        ("", SECRET, f"Authorization: Bearer {VALUE}\r\n"),
        ("Authorization: Bearer of-its-own\r\n", PLAIN, "Authorization: Bearer of-its-own\r\n"),
        (
            f"Authorization: Basic {base64.b64encode(b'placeholder-1:').decode()}\r\n",
            PLAIN,
            f"Authorization: Basic {base64.b64encode(f'{VALUE}:'.encode()).decode()}\r\n",
        ),
    ],
)
async def test_the_value_reaches_the_host_and_nobody_else(
    opened: Any, authority: Authority, header: str, secret: WireSecret, seen: str
) -> None:
    web, run = Web(), Run()
    grant = {"secrets": [secret], "identities": run.identities, "trusted": authority.pem}
    async with serving(web, authority.server(HOST)) as port, opened([HOST], **grant) as way:
        way.ports[443] = port
        answer = await _talk(way, run.context(), _head(header=header))
    assert answer.endswith(b"GET /charges HTTP/1.1|")
    assert seen in web.heads[0]
    assert VALUE not in repr(way.told)
    assert way.reasons == ["in_manifest"]


async def test_requests_follow_each_other_and_the_host_is_dialled_once(
    opened: Any, authority: Authority
) -> None:
    web, run = Web(), Run()
    grant = {"secrets": [SECRET], "identities": run.identities, "trusted": authority.pem}
    async with serving(web, authority.server(HOST)) as port, opened([HOST], **grant) as way:
        way.ports[443] = port
        two = f"GET /1 HTTP/1.1\r\nHost: {HOST}\r\n\r\n" + _head()
        answer = await _talk(way, run.context(), two)
    assert answer.count(b"HTTP/1.1 200 ") == 2
    assert web.connections == 1
    assert all(VALUE in head for head in web.heads)


async def test_a_host_without_a_trusted_certificate_gets_nothing(opened: Any, authority: Authority) -> None:
    web, run, stranger = Web(), Run(), Authority(HOST)
    grant = {"secrets": [SECRET], "identities": run.identities, "trusted": authority.pem}
    async with serving(web, stranger.server(HOST)) as port, opened([HOST], **grant) as way:
        way.ports[443] = port
        answer = await _talk(way, run.context(), _head())
    assert answer.startswith(b"HTTP/1.1 502 TLS with api.example.test is not possible")
    assert (web.heads, way.reasons) == ([], ["certificate"])


@pytest.mark.parametrize(
    "request_text",
    [_head(OTHER), _head(f"{HOST}:8443"), f"GET https://{OTHER}/ HTTP/1.1\r\nHost: {HOST}\r\n\r\n",
     f"CONNECT {OTHER}:443 HTTP/1.1\r\nHost: {OTHER}:443\r\n\r\n"],
)  # fmt: skip
async def test_another_host_inside_of_the_connection(
    opened: Any, authority: Authority, request_text: str
) -> None:
    web, run = Web(), Run()
    grant = {"secrets": [SECRET], "identities": run.identities, "trusted": authority.pem}
    async with serving(web, authority.server(HOST)) as port, opened([HOST, OTHER], **grant) as way:
        way.ports[443] = port
        answer = await _talk(way, run.context(), request_text)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert web.heads == []


async def test_tls_for_another_name_is_not_ended_here(opened: Any) -> None:
    run = Run()
    context = run.context()
    context.check_hostname = False
    grant = {"secrets": [SECRET], "identities": run.identities}
    async with opened([HOST], **grant) as way:
        with pytest.raises((ssl.SSLError, OSError)):
            await _talk(way, context, _head(), OTHER)
        await way.gate.close()
    assert way.reasons == ["sni_mismatch"]


async def test_other_hosts_keep_their_own_tls(opened: Any, authority: Authority) -> None:
    web, run = Web(), Run()
    grant = {"secrets": [SECRET], "identities": run.identities}
    async with serving(web, authority.server(OTHER)) as port, opened([HOST, OTHER], **grant) as way:
        way.names.answers[OTHER] = [["127.0.0.1"]]
        way.ports[443] = port
        reader, writer = await way.secure(f"{OTHER}:443", authority, OTHER)
        writer.write(_head(OTHER, "Authorization: Bearer placeholder-1\r\n").encode())
        assert b" 200 " in await reader.readline()
        writer.close()
    assert "Bearer placeholder-1" in web.heads[0]


@pytest.mark.parametrize(("named", "sent"), [(443, False), (8443, False), (80, True)])
async def test_without_tls_only_to_the_port_of_plain_http(opened: Any, named: int, sent: bool) -> None:
    """Whatever the bot asks for: a secret for any other port is meant for TLS."""
    web, secret = Web(), WireSecret(HOST, named, "Authorization", "placeholder-1", VALUE)
    async with serving(web) as port, opened([f"{HOST}:{named}"], secrets=[secret]) as way:
        way.ports[named] = port
        await way.get(f"http://{HOST}:{named}/", more="Authorization: placeholder-1\r\n")
    assert len(web.heads) == 1
    assert (VALUE in web.heads[0]) is sent


async def test_a_value_that_no_header_can_hold_is_not_quoted(opened: Any, authority: Authority) -> None:
    web, run = Web(), Run()
    broken = WireSecret(HOST, 443, "Authorization", "", f"{VALUE}\r\nX-Other: 1")
    grant = {"secrets": [broken], "identities": run.identities, "trusted": authority.pem}
    async with serving(web, authority.server(HOST)) as port, opened([HOST], **grant) as way:
        way.ports[443] = port
        answer = await _talk(way, run.context(), _head())
    assert answer.startswith(b"HTTP/1.1 400 a secret cannot be a header")
    assert VALUE not in answer.decode() + repr(way.told)
    assert web.heads == []


def test_only_the_named_header_is_touched() -> None:
    headers = [(b"X-Key", b"placeholder-1"), (b"Authorization", b"Basic !!!"), (b"Cookie", b"placeholder-1")]
    assert injected(headers, [PLAIN]) == headers
    assert injected([], []) == []
    assert injected([(b"Authorization", b"x")], [WireSecret(HOST, 443, "Authorization", "", VALUE)]) == [
        (b"Authorization", b"x")
    ]
