"""The proxy dies, or cannot start; the forwarder dies: what runs notice, and what comes after."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.contract import End
from codex32_server.runtime.errors import EgressFailedError
from codex32_server.runtime.proxy import child
from codex32_server.runtime.proxy.grants import RunLimits
from support.networked import HOST, NetworkBench, networked
from support.origins import Web, echo, serving
from support.waiting import until

pytestmark = [pytest.mark.sandbox, pytest.mark.chaos]

HOLDING = """
import socket, time
def main(host, port):
    with socket.create_connection((host, port), 20) as connection:
        connection.sendall(b"x")
        print("holding" + connection.recv(1).decode(), flush=True)
        time.sleep(60)
"""
LATER = """
import os, time, urllib.request
def main(url):
    print("waiting", flush=True)
    last = None
    for _ in range(600):
        try: return urllib.request.urlopen(url, timeout=20).read().decode()
        except OSError as error: last = error
        time.sleep(0.05)
    raise last
"""


@pytest.fixture
async def net(bench: Any, backend: LocalBackend, tmp_path: Path) -> AsyncGenerator[NetworkBench]:
    async with networked(bench, backend, tmp_path) as made:
        yield made


async def test_a_run_that_used_the_proxy_ends_and_the_next_one_works(net: NetworkBench) -> None:
    async with serving(echo) as port, serving(Web()) as web:
        given = {"host": HOST, "port": port}
        held = asyncio.create_task(net.run(HOLDING, [f"{HOST}:{port}"], given))
        await until(_printed(net, "holdingx"), wanted=True)
        assert net.proxy.pid
        os.kill(net.proxy.pid, signal.SIGKILL)
        outcome = await asyncio.wait_for(held, 30)
        assert (outcome.end, outcome.error and outcome.error.code) == (End.FAILED, "egress_failed")
        assert outcome.error.retryable
        entry = f"{HOST}:{web}"
        assert await net.result(LATER, [entry], {"url": f"http://{entry}/"}) == "GET / HTTP/1.1|"


async def test_a_run_without_a_connection_keeps_its_way_out(net: NetworkBench) -> None:
    """Its socket stays, and the next process serves it within a second, whoever ended the one before."""
    waits = 'print("waiting", flush=True)\n    while not state.get("go"): time.sleep(0.02)'
    source = "from codex32_bot import state\n" + LATER.replace('print("waiting", flush=True)', waits)
    async with serving(Web()) as port:
        entry = f"{HOST}:{port}"
        running = asyncio.create_task(net.result(source, [entry], {"url": f"http://{entry}/"}))
        await until(_printed(net, "waiting"), wanted=True)
        took = [await _replaced(net) for _ in range(3)]
        net.bench.state.values["go"] = True
        assert await running == "GET / HTTP/1.1|"
    assert median(took) < 1, "0.1 s where nothing else runs"


SPENDING = """
import socket, time
def pull(host, port):
    with socket.create_connection((host, port), 20) as connection:
        connection.sendall(b"x" * 30_000)
        got = b""
        while len(got) < 30_000:
            chunk = connection.recv(65536)
            if not chunk: return "cut off"
            got += chunk
    return "all"
def main(host, port):
    told = [pull(host, port)]
    print("pulled", flush=True)
    time.sleep(1)
    try: told.append(pull(host, port))
    except OSError: told.append("cut off")
    return told
"""


async def test_bytes_that_were_used_stay_used_when_the_proxy_is_replaced(
    bench: Any, backend: LocalBackend, tmp_path: Path
) -> None:
    async with networked(bench, backend, tmp_path, RunLimits(bytes=100_000)) as net, serving(echo) as port:
        given = {"host": HOST, "port": port}
        assert await net.result(SPENDING, [f"{HOST}:{port}"], given) == ["all", "cut off"]
        net.bench.lines.lines.clear()
        running = asyncio.create_task(net.result(SPENDING, [f"{HOST}:{port}"], given))
        await until(_printed(net, "pulled"), wanted=True)
        await until(_idle(net), wanted=True)
        first = net.proxy.pid
        assert first
        os.kill(first, signal.SIGKILL)
        await until(_another(net, first), wanted=True)
        assert await running == ["all", "cut off"]


async def test_the_proxy_ends_with_its_worker(net: NetworkBench) -> None:
    assert await net.result("def main(): return 1", [HOST]) == 1
    pid = net.proxy.pid
    await net.proxy.close()
    assert pid
    assert not Path(f"/proc/{pid}").exists()
    with pytest.raises(EgressFailedError):
        await net.run("def main(): return 1", [HOST])


async def test_a_proxy_that_does_not_start_is_said(net: NetworkBench, monkeypatch: Any) -> None:
    monkeypatch.setattr(child, "_MODULE", "codex32_server.no_such_module")
    with pytest.raises(EgressFailedError, match="does not answer"):
        await net.run("def main(): return 1", [HOST])
    monkeypatch.undo()
    assert await net.result("def main(): return 1", [HOST]) == 1


async def test_a_forwarder_that_is_killed_comes_back(net: NetworkBench) -> None:
    """From outside: a bot cannot, where Landlock knows signals."""
    async with serving(Web()) as port:
        entry = f"{HOST}:{port}"
        source = LATER.replace(
            'print("waiting", flush=True)', 'print("waiting", flush=True); time.sleep(0.5)'
        )
        running = asyncio.create_task(net.result(source, [entry], {"url": f"http://{entry}/"}))
        await until(_printed(net, "waiting"), wanted=True)
        assert _kill_forwarder()
        assert await running == "GET / HTTP/1.1|"


async def _replaced(net: NetworkBench) -> float:
    """Kill the proxy as the kernel does where memory is short; seconds from its end to the next one."""
    ended, opened = asyncio.Event(), asyncio.Event()
    first = net.proxy._child
    assert first
    end, open_ = first.end, net.proxy._open

    async def told_end() -> None:
        ended.set()
        await end()

    async def told_open(lease: Any, listeners: Any) -> None:
        await open_(lease, listeners)
        opened.set()

    first.end, net.proxy._open = told_end, told_open  # type: ignore[method-assign]
    os.kill(first.pid, signal.SIGKILL)
    await asyncio.wait_for(ended.wait(), 30)
    began = time.monotonic()
    await asyncio.wait_for(opened.wait(), 30)
    return time.monotonic() - began


def _kill_forwarder() -> bool:
    """The child of a guest's init that has the listeners and an epoll, and is not the bot."""
    for path in Path("/proc").glob("[0-9]*"):
        try:
            links = [str(link.readlink()) for link in (path / "fd").iterdir()]
            command = (path / "cmdline").read_bytes()
        except OSError:
            continue
        if b"codex32_guest.init" in command and any("eventpoll" in link for link in links):
            os.kill(int(path.name), signal.SIGKILL)
            return True
    return False


def _printed(net: NetworkBench, text: str) -> Any:
    async def look() -> bool:
        return text in net.bench.lines.texts("stdout")

    return look


def _idle(net: NetworkBench) -> Any:
    async def look() -> bool:
        return not any(lease.busy or not lease.spent for lease in net.proxy._leases.values())  # pyright: ignore[reportPrivateUsage]

    return look


def _another(net: NetworkBench, first: int) -> Any:
    async def look() -> bool:
        return net.proxy.pid not in (None, first)

    return look
