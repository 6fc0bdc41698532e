"""A run under way, while its workspace takes a host away: real sandbox, real proxy process."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from codex32_server.runtime.backends.local import LocalBackend
from runtime.conftest import make_spec
from support.networked import HOST, OTHER, NetworkBench, networked
from support.origins import echo, serving
from support.waiting import until

pytestmark = pytest.mark.sandbox

HOLDING = """
import socket, time
from codex32_bot import state

def opened(host, port):
    connection = socket.create_connection((host, port), 20)
    connection.sendall(b"hello")
    return connection if connection.recv(5) == b"hello" else None

def tried(what):
    try:
        return bool(what())
    except OSError:
        return False

def main(lost, kept, port):
    one, other = opened(lost, port), opened(kept, port)
    print("open", flush=True)
    cut = one.recv(5) == b""
    other.sendall(b"still")
    told = [cut, other.recv(5) == b"still"]
    other.close()
    told += [tried(lambda: opened(lost, port)), tried(lambda: opened(kept, port))]
    print("cut", flush=True)
    while not state.get("go"):
        time.sleep(0.02)
    return told + [tried(lambda: opened(lost, port)), tried(lambda: opened(kept, port))]
"""


async def test_it_loses_that_host_and_goes_on(bench: Any, backend: LocalBackend, tmp_path: Path) -> None:
    """Also when the proxy is replaced afterwards."""
    async with networked(bench, backend, tmp_path) as net, serving(echo) as port:
        network = [f"{HOST}:{port}", f"{OTHER}:{port}"]
        workspace = make_spec("").workspace_id
        running = asyncio.create_task(
            net.run(HOLDING, network, {"lost": HOST, "kept": OTHER, "port": port}, workspace_id=workspace)
        )
        await until(_printed(net, "open"), wanted=True)
        assert net.proxy.workspaces() == {workspace}
        await net.proxy.bound(make_spec("").workspace_id, [HOST])  # another workspace's
        await net.proxy.bound(workspace, [f"{OTHER}:{port}"])
        await until(_printed(net, "cut"), wanted=True)
        first = net.proxy.pid
        assert first
        await until(_idle(net), wanted=True)
        os.kill(first, signal.SIGKILL)
        await until(_another(net, first), wanted=True)
        net.bench.state.values["go"] = True
        outcome = await running
    assert outcome.output == b"[true,true,false,true,false,true]", outcome.error
    found = {(one.host, one.allowed, one.reason) for one in outcome.egress}
    assert (HOST, True, "not_in_workspace") in found
    assert (HOST, False, "not_in_workspace") in found
    told = "the workspace does not allow it; an owner can with `codex32 workspaces hosts`."
    assert f"Network: {HOST}:{port} was cut off: {told}" in net.said
    assert net.proxy.workspaces() == set()


def _printed(net: NetworkBench, text: str) -> Any:
    async def printed() -> bool:
        return text in net.bench.lines.texts("stdout")

    return printed


def _idle(net: NetworkBench) -> Any:
    async def idle() -> bool:
        leases = net.proxy._leases.values()  # pyright: ignore[reportPrivateUsage]
        return not any(lease.busy or not lease.spent for lease in leases)

    return idle


def _another(net: NetworkBench, first: int) -> Any:
    async def another() -> bool:
        return net.proxy.pid not in (None, first)

    return another
