"""Runs with a network, with secrets on the wire and with models, forked from a zygote: as cold, and alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.contract import Injection
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.errors import EgressFailedError
from codex32_server.runtime.proxy import child
from codex32_server.runtime.proxy.client import EgressProxy
from codex32_server.runtime.proxy.grants import Outside
from codex32_server.runtime.sandbox.uid import proxy_uid
from runtime.conftest import zygote_ready
from runtime.test_network import SURROUNDINGS
from support.models import KEY, Platform
from support.networked import HOST, OTHER, NetworkBench
from support.origins import Authority, Web, serving, write_pem

pytestmark = pytest.mark.sandbox


@asynccontextmanager
async def reaching(
    bench: Any, backend: LocalBackend, warm: Any, folder: Path
) -> AsyncGenerator[tuple[NetworkBench, Platform]]:
    """Warm starts with everything: hosts, an authority of an administrator, and a model gateway."""
    authority, platform = Authority(HOST, OTHER), Platform()
    async with platform.listening() as port:
        names = {HOST: ["127.0.0.1"], OTHER: ["127.0.0.1"]}
        outside = Outside("127.0.0.0/8", names, uid=proxy_uid(), gateway=f"http://127.0.0.1:{port}")
        proxy = EgressProxy(outside, None, write_pem(folder, authority))
        bench.driver = Driver(backend, work=bench.work, grace=0.5, egress=proxy, warm=warm)
        try:
            yield NetworkBench(bench, proxy, authority), platform
        finally:
            await warm.settle()
            await proxy.close()


@pytest.fixture
async def net(
    bench: Any, backend: LocalBackend, warm_starts: Any, tmp_path: Path
) -> AsyncGenerator[tuple[NetworkBench, Platform]]:
    await zygote_ready(warm_starts)  # another test may have ended it, or says why there is none
    async with reaching(bench, backend, warm_starts, tmp_path) as made:
        yield made


EVERYTHING = """
import os, socket, urllib.request
from codex32_bot import llm
def main(url, host, port):
    request = urllib.request.Request(url, headers={"Authorization": "Bearer stand-in"})
    answer = urllib.request.urlopen(request, timeout=20).read().decode()
    with socket.create_connection((host, port), timeout=20) as way:  # knows no proxy
        way.sendall(b"GET /raw HTTP/1.1\\r\\nHost: " + host.encode() + b"\\r\\n\\r\\n")
        raw = way.recv(1000).split(b"\\r\\n")[0].decode()
    return [answer, raw, llm.ask("hello"), open("/etc/hosts").read()]
"""


async def test_all_of_it_at_once(net: tuple[NetworkBench, Platform], warm_starts: Any) -> None:
    bench, platform = net
    web, before = Web(), warm_starts.started
    async with serving(web, bench.authority.server(HOST)) as secure, serving(Web()) as plain:
        entries = [f"{HOST}:{secure}", f"{OTHER}:{plain}"]
        outcome = await bench.run(
            EVERYTHING,
            entries,
            {"url": f"https://{entries[0]}/pay", "host": OTHER, "port": plain},
            secrets={"KEY": "stand-in"},
            injections=[Injection("KEY", entries[0], "Authorization", "sk-live-1")],
            model_key=KEY,
        )
    assert outcome.output is not None, outcome.error
    answer, raw, said, hosts = json.loads(outcome.output)
    assert (answer, raw, said) == ("GET /pay HTTP/1.1|", "HTTP/1.1 200 OK", "you said hello")
    assert hosts == f"127.0.0.1 localhost\n127.64.0.1 {HOST}\n127.64.0.2 {OTHER}\n"
    assert "Authorization: Bearer sk-live-1\r\n" in web.heads[0]
    assert f"Authorization: Bearer {KEY}\r\n" in platform.heads[0]
    assert sorted(record.host for record in outcome.egress) == [HOST, OTHER]
    assert warm_starts.started == before + 1


async def test_a_bot_finds_the_same_around_it_as_cold(
    net: tuple[NetworkBench, Platform], backend: LocalBackend, warm_starts: Any
) -> None:
    bench, _ = net
    network = [HOST, f"{HOST}:25", "*.example.test", f"{OTHER}:5432"]
    before = warm_starts.started
    warm = await bench.result(SURROUNDINGS, network)
    assert warm_starts.started == before + 1
    bench.bench.driver = Driver(backend, work=bench.bench.work, grace=0.5, egress=bench.proxy)
    assert warm == await bench.result(SURROUNDINGS, network)


REACHED = """
import urllib.request, urllib.error
def main(urls):
    told = []
    for url in urls:
        try: told.append(urllib.request.urlopen(url, timeout=20).status)
        except urllib.error.HTTPError as error: told.append(error.code)
    return told
"""


async def test_a_child_that_waited_serves_a_run_of_the_same_manifest_only(
    net: tuple[NetworkBench, Platform], warm_starts: Any
) -> None:
    bench, _ = net
    async with serving(Web()) as one, serving(Web()) as two:
        urls = {"urls": [f"http://{HOST}:{one}/", f"http://{OTHER}:{two}/"]}
        for network, expected in (
            ([f"{HOST}:{one}"], [200, 403]),
            ([f"{HOST}:{one}"], [200, 403]),
            ([f"{OTHER}:{two}"], [403, 200]),
            ([f"{HOST}:{one}", f"{OTHER}:{two}"], [200, 200]),
        ):
            before = warm_starts.started
            assert await bench.result(REACHED, network, urls) == expected
            assert warm_starts.started == before + 1
            await asyncio.sleep(0.05)  # a child is made for the next one


async def test_runs_beside_each_other_use_their_own_way(net: tuple[NetworkBench, Platform]) -> None:
    bench, platform = net
    source = """
import socket, threading
from codex32_bot import llm
def main(word):
    server = socket.create_server(("127.0.0.1", 4000))
    threading.Thread(target=lambda: server.accept()[0].sendall(word.encode())).start()
    with socket.create_connection(("127.0.0.1", 4000), 20) as own: heard = own.recv(20).decode()
    return [heard, llm.ask(word)]
"""
    runs = (bench.run(source, [], {"word": f"w{n}"}, model_key=f"sk-c32-key-of-run-{n}") for n in range(6))
    outcomes = await asyncio.gather(*runs)
    assert [json.loads(one.output or b"null") for one in outcomes] == [
        [f"w{n}", f"you said w{n}"] for n in range(6)
    ]
    for head, body in zip(platform.heads, platform.bodies, strict=True):
        word = json.loads(body)["messages"][0]["content"]
        assert f"Bearer sk-c32-key-of-run-{word[1:]}\r\n" in head


async def test_a_zygote_with_packages_may_have_listeners_and_nothing_else(
    bench: Any, backend: LocalBackend, warm: Any, install: Any, ready: Any, tmp_path: Path
) -> None:
    folder = install({"helper": "import socket"})
    key = await ready(folder)
    assert warm.pool.refusal(key) == ""
    source = "import helper, urllib.request\ndef main(url): return urllib.request.urlopen(url).status"
    async with reaching(bench, backend, warm, tmp_path) as (net, _), serving(Web()) as port:
        entry = f"{HOST}:{port}"
        given = {"url": f"http://{entry}/"}
        for _ in range(2):
            assert await net.result(source, [entry], given, dependencies=folder) == 200
    assert warm.started == 2


async def test_a_proxy_that_does_not_start_is_said(
    net: tuple[NetworkBench, Platform], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, _ = net
    monkeypatch.setattr(child, "_MODULE", "codex32_server.no_such_module")
    with pytest.raises(EgressFailedError, match="does not answer"):
        await bench.run("def main(): return 1", [HOST])
    monkeypatch.undo()
    assert await bench.result("def main(): return 1", [HOST]) == 1


async def test_a_child_that_fails_is_a_cold_start_with_the_same_network(
    bench: Any, backend: LocalBackend, warm: Any, ready: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(*_: Any) -> None:
        raise OSError("no room")

    key = await ready()
    monkeypatch.setattr("codex32_server.runtime.zygote.networking.handover.fill", torn)
    async with reaching(bench, backend, warm, tmp_path) as (net, _), serving(Web()) as port:
        entry = f"{HOST}:{port}"
        assert await net.result(REACHED, [entry], {"urls": [f"http://{entry}/"]}) == [200]
    assert warm.started == 0
    assert warm.pool.refusal(key)


async def test_reuse_is_for_runs_without_a_network(
    net: tuple[NetworkBench, Platform], warm_starts: Any
) -> None:
    bench, _ = net
    source = "count = 0\ndef main():\n    global count\n    count += 1\n    return count"
    before = warm_starts.started
    assert [await bench.result(source, [HOST], reuse=True) for _ in range(2)] == [1, 1]
    assert warm_starts.started == before + 2
