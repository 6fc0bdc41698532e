"""The network of a run, seen from inside of a real sandbox through the real proxy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.contract import MIB, Injection, Limits
from codex32_server.runtime.proxy.grants import RunLimits
from support.networked import HOST, INNER, OTHER, NetworkBench, networked
from support.origins import Web, echo, serving

pytestmark = pytest.mark.sandbox


@pytest.fixture
async def net(bench: Any, backend: LocalBackend, tmp_path: Path) -> AsyncGenerator[NetworkBench]:
    async with networked(bench, backend, tmp_path) as made:
        yield made


async def test_a_library_that_knows_proxies(net: NetworkBench) -> None:
    web = Web()
    source = """
import urllib.request
def main(url): return urllib.request.urlopen(url, timeout=20).read().decode()
"""
    async with serving(web) as port:
        url = f"http://{HOST}:{port}/hello"
        assert await net.result(source, [f"{HOST}:{port}"], {"url": url}) == "GET /hello HTTP/1.1|"
    assert net.said == [f"Network: {HOST}:{port}: 1 connection, {len(web.heads[0])} bytes sent, 59 received."]


async def test_https_with_an_authority_of_the_administrator(net: NetworkBench) -> None:
    source = """
import urllib.request
def main(url): return urllib.request.urlopen(url, timeout=20).read().decode()
"""
    async with serving(Web(), net.authority.server(HOST)) as port:
        url = f"https://{HOST}:{port}/x"
        assert await net.result(source, [f"{HOST}:{port}"], {"url": url}) == "GET /x HTTP/1.1|"


async def test_a_library_that_knows_no_proxy(net: NetworkBench) -> None:
    source = """
import socket, ssl
def main(plain, secure, host):
    with socket.create_connection((host, plain), timeout=20) as connection:
        connection.sendall(b"hello" * 100_000)
        connection.shutdown(socket.SHUT_WR)
        size = sum(len(chunk) for chunk in iter(lambda: connection.recv(65536), b""))
    context = ssl.create_default_context()
    plain_socket = socket.create_connection((host, secure), timeout=20)
    with context.wrap_socket(plain_socket, server_hostname=host) as tls:
        tls.sendall(b"secret")
        return [size, tls.recv(100).decode()]
"""
    async with serving(echo) as plain, serving(echo, net.authority.server(HOST)) as secure:
        network = [f"{HOST}:{plain}", f"{HOST}:{secure}"]
        given = {"plain": plain, "secure": secure, "host": HOST}
        assert await net.result(source, network, given) == [500_000, "secret"]


async def test_smtplib(net: NetworkBench) -> None:
    received: list[bytes] = []

    async def mail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        while line := await reader.readline():
            if line.upper().startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                received.append(await reader.readuntil(b"\r\n.\r\n"))
            writer.write(b"221 bye\r\n" if line.upper().startswith(b"QUIT") else b"250 ok\r\n")
            await writer.drain()

    source = """
import smtplib
def main(host, port):
    with smtplib.SMTP(host, port, timeout=20) as mail:
        mail.sendmail("a@example.test", ["b@example.test"], "Subject: hello\\r\\n\\r\\nhow are you")
"""
    async with serving(mail) as port:
        await net.result(source, [f"{HOST}:{port}"], {"host": HOST, "port": port})
    assert b"how are you" in received[0]


async def test_a_refused_host_names_the_line_to_add(net: NetworkBench) -> None:
    source = f"import urllib.request\ndef main(): urllib.request.urlopen('https://{OTHER}/', timeout=20)"
    outcome = await net.run(source, [HOST])
    assert outcome.error
    assert f'network = ["{OTHER}"] is missing in the manifest' in outcome.error.detail
    assert f'Network: {OTHER} was refused: network = ["{OTHER}"] is missing in the manifest.' in net.said
    assert [(record.host, record.allowed, record.reason) for record in outcome.egress] == [
        (OTHER, False, "not_in_manifest")
    ]


UNLISTED = [
    ("import socket", f"socket.create_connection(('{OTHER}', 443), timeout=20)", OTHER),
    ("import smtplib", f"smtplib.SMTP('{OTHER}', 587)", f"{OTHER}:587"),
    ("import http.client", f"http.client.HTTPSConnection('{OTHER}').request('GET', '/')", OTHER),
    ("import urllib.request", f"urllib.request.urlopen('https://{OTHER}/')", OTHER),
]


@pytest.mark.parametrize("network", [[], [HOST]])
@pytest.mark.parametrize(("line", "call", "entry"), UNLISTED, ids=[line for line, _, _ in UNLISTED])
async def test_an_unlisted_name_is_an_error_that_says_what_to_add(
    net: NetworkBench, network: list[str], line: str, call: str, entry: str
) -> None:
    outcome = await net.run(f"{line}\ndef main(): {call}", network)
    assert outcome.error
    assert f'network = ["{entry}"] is missing in the manifest' in outcome.error.detail
    assert not any("only those names exist" in said for said in net.said)


async def test_a_pattern_gives_no_name_to_libraries_that_know_no_proxy(net: NetworkBench) -> None:
    source = f"import socket\ndef main(): socket.create_connection(('{OTHER}', 5432), timeout=20)"
    outcome = await net.run(source, ["*.example.test:5432"])
    assert outcome.error
    assert f'list it exactly, network = ["{OTHER}:5432"]' in outcome.error.detail


async def test_a_fault_that_names_no_host_is_explained_in_the_log(net: NetworkBench) -> None:
    source = "def main(): raise RuntimeError('Could not resolve host')"
    outcome = await net.run(source, [])
    assert outcome.error
    assert outcome.error.detail == "RuntimeError: Could not resolve host"
    assert any("only those names exist that its manifest lists" in line for line in net.said)


async def test_a_private_address_is_not_a_line_to_add(net: NetworkBench) -> None:
    source = """
import urllib.request, urllib.error
def main():
    try: urllib.request.urlopen("http://10.1.2.3/", timeout=20)
    except urllib.error.HTTPError as error: return error.read().decode()
"""
    told = await net.result(source, [HOST])
    assert told == "10.1.2.3 is not at a public address (CODEX32_EGRESS_ALLOW_PRIVATE names exceptions)\n"
    assert any("CODEX32_EGRESS_ALLOW_PRIVATE" in line for line in net.said)


async def test_private_addresses_stay_out_of_reach(net: NetworkBench) -> None:
    source = """
import urllib.request, urllib.error, socket
def main(urls, pairs):
    told = []
    for url in urls:
        try: told.append(urllib.request.urlopen(url, timeout=20).status)
        except urllib.error.HTTPError as error: told.append(error.code)
        except OSError as error: told.append(str(error))
    for pair in pairs:
        try: socket.create_connection(tuple(pair), timeout=20); told.append("connected")
        except OSError as error: told.append(type(error).__name__)
    return told
"""
    async with serving(Web()) as port:
        urls = [
            f"http://{INNER}:80/",
            f"http://127.0.0.2:{port}/",
            "http://169.254.169.254/",
            "http://[::1]:80/",
        ]
        pairs = [["127.0.0.1", port], ["10.0.0.7", 80], ["169.254.169.254", 80], ["::1", port]]
        told = await net.result(source, [f"{INNER}:80"], {"urls": urls, "pairs": pairs})
    assert told[:4] == [403] * 4
    assert "connected" not in told[4:]


async def test_a_redirect_is_judged_again(net: NetworkBench) -> None:
    source = """
import urllib.request, urllib.error
def main(url):
    try: urllib.request.urlopen(url, timeout=20)
    except urllib.error.HTTPError as error: return [error.code, error.url, error.read().decode()]
"""
    async with serving(Web()) as port:
        url = f"http://{HOST}:{port}/redirect?http://{INNER}/"
        code, at, text = await net.result(source, [f"{HOST}:{port}"], {"url": url})
    assert (code, at) == (403, f"http://{INNER}/")
    assert text == f'network = ["{INNER}:80"] is missing in the manifest\n'


SURROUNDINGS = """
import errno, os, signal, socket
def tried(function, *arguments):
    try: return repr(function(*arguments))
    except OSError as error: return errno.errorcode[error.errno]
def status(name):
    return dict(line.split(":\\t", 1) for line in open("/proc/self/status"))[name].strip()
def main():
    others = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    others = [pid for pid in others if pid not in (1, os.getpid())]
    return {
        "capabilities": [status(name) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")],
        "killed": [tried(os.kill, pid, signal.SIGKILL) for pid in others],
        "memory": [tried(open, f"/proc/{pid}/mem", "rb") for pid in others],
        "descriptors": [tried(os.listdir, f"/proc/{pid}/fd") for pid in others],
        "udp": tried(socket.socket, socket.AF_INET, socket.SOCK_DGRAM),
        "raw": tried(socket.socket, socket.AF_INET, socket.SOCK_RAW, 1),
        "netlink": tried(socket.socket, socket.AF_NETLINK, socket.SOCK_RAW),
        "namespace": tried(lambda: __import__("ctypes").CDLL(None, use_errno=True).unshare(0x10000000)),
        "low port": tried(lambda: socket.socket().bind(("127.0.0.1", 81))),
        "outside": tried(lambda: socket.create_connection(("1.1.1.1", 443), 2)),
        "socket removed": tried(os.unlink, "/run/codex32/egress.sock"),
        "file made": tried(open, "/run/codex32/x", "w"),
        "hosts": open("/etc/hosts").read(),
        "interfaces": [line.split(":")[0].strip() for line in open("/proc/net/dev")][2:],
        "shown": sorted(os.listdir("/run/codex32")),
    }
"""


async def test_what_a_bot_finds_around_it(net: NetworkBench) -> None:
    found = await net.result(SURROUNDINGS, [HOST, f"{HOST}:25", "*.example.test", f"{OTHER}:5432"])
    assert found["capabilities"] == ["0000000000000000"] * 5
    assert found["memory"] == found["descriptors"] == ["EACCES"]
    assert found["killed"] in (["EPERM"], ["None"])  # older kernels have no scope of signals in Landlock
    assert (found["udp"], found["raw"], found["netlink"]) == (
        "EPROTONOSUPPORT",
        "EPROTONOSUPPORT",
        "EAFNOSUPPORT",
    )
    assert (found["namespace"], found["low port"]) == ("-1", "EACCES")
    assert found["outside"] in ("ENETUNREACH", "EACCES")
    assert {found["socket removed"], found["file made"]} <= {"EROFS", "EACCES"}
    assert found["hosts"] == f"127.0.0.1 localhost\n127.64.0.1 {HOST}\n127.64.0.2 {OTHER}\n"
    assert found["interfaces"] == ["lo"]
    assert found["shown"] == ["ca.pem", "egress.sock", "hosts", "plan"]


async def test_a_bot_without_network_has_none(net: NetworkBench) -> None:
    source = """
import os, socket
def main(port):
    seen = {name for name in os.environ if "proxy" in name.lower() or "CERT" in name}
    with socket.socket() as own:
        try: own.connect(("127.0.0.1", port)); return "connected"
        except OSError as error: return [sorted(seen), os.path.exists("/run/codex32"), error.strerror]
"""
    async with serving(echo) as port:
        assert await net.result(source, [], {"port": port}) == [[], False, "Permission denied"]
    assert net.proxy.pid is None


async def test_a_bots_own_servers_are_its_own(net: NetworkBench) -> None:
    source = """
import socket, threading
def main():
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=lambda: server.accept()[0].sendall(b"mine")).start()
    with socket.create_connection(server.getsockname(), 20) as connection:
        return connection.recv(10).decode()
"""
    assert await net.result(source, [HOST]) == "mine"


async def test_a_secret_is_put_in_on_the_wire_and_is_nowhere_inside(net: NetworkBench) -> None:
    web = Web()
    source = """
import os, pathlib, urllib.request
def main(url):
    request = urllib.request.Request(url, headers={"Authorization": "Bearer stand-in"})
    answer = urllib.request.urlopen(request, timeout=20).read().decode()
    shown = [path for path in pathlib.Path("/run/codex32").iterdir() if path.is_file()]
    seen = repr(os.environ) + "".join(path.read_text() for path in shown)
    return [answer, "sk-live" in seen]
"""
    async with serving(web, net.authority.server(HOST)) as port:
        entry = f"{HOST}:{port}"
        outcome = await net.result(
            source,
            [entry],
            {"url": f"https://{entry}/pay"},
            secrets={"KEY": "stand-in"},
            injections=[Injection("KEY", entry, "Authorization", "sk-live-1")],
        )
    assert outcome == ["GET /pay HTTP/1.1|", False]
    assert "Authorization: Bearer sk-live-1\r\n" in web.heads[0]
    assert "sk-live" not in repr(net.said)


async def test_a_flood_is_bounded_and_told_in_few_words(
    bench: Any, backend: LocalBackend, tmp_path: Path
) -> None:
    source = """
import socket
def main(host, port):
    answers = {}
    for _ in range(40):
        batch = []
        for _ in range(50):
            try: batch.append(socket.create_connection((host, port), 5))
            except OSError: pass
        for connection in batch: connection.close()
    return "done"
"""
    async with networked(bench, backend, tmp_path, RunLimits(connections=8)) as net, serving(echo) as port:
        given = {"host": HOST, "port": port}
        outcome = await net.run(
            source, [f"{HOST}:{port}"], given, limits=Limits(memory=128 * MIB, timeout=90)
        )
        assert outcome.output == b'"done"', outcome.error
        assert len(outcome.egress) == 200
        assert outcome.egress_uncounted > 0
        assert len(net.said) < 30
