"""A service's use of the network, window by window: what it did is told, and its bytes count anew."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from codex32_server.runtime import attempt
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.contract import EgressRecord, End
from codex32_server.runtime.proxy.grants import RunLimits
from codex32_server.runtime.standing import Standing
from runtime.conftest import make_spec
from support.networked import HOST, NetworkBench, networked
from support.origins import Web, serving
from support.waiting import until

pytestmark = pytest.mark.sandbox

PULLING = """
import time, urllib.request
def main():
    while True:
        try: urllib.request.urlopen("http://URL/" + "x" * 10_000, timeout=20).read()
        except OSError as error: pass
        time.sleep(0.05)
"""


class Windows:
    """Takes what a service did."""

    def __init__(self) -> None:
        self.taken: list[tuple[Sequence[EgressRecord], int]] = []

    async def __call__(self, records: Sequence[EgressRecord], untold: int) -> None:
        self.taken.append((records, untold))

    def allowed(self) -> int:
        return sum(record.reason == "in_manifest" for records, _ in self.taken for record in records)

    def refused(self) -> int:
        return sum(record.reason == "too_many_bytes" for records, _ in self.taken for record in records)


async def test_a_service_begins_anew_every_hour(
    bench: Any, backend: LocalBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempt, "WINDOW", 0.5)
    windows = Windows()
    async with networked(bench, backend, tmp_path, RunLimits(bytes=60_000)) as net, serving(Web()) as port:
        running, standing = _service(net, port, windows)
        await until(_has(lambda: len(windows.taken) > 2 and windows.allowed() > 6), wanted=True)
        first = net.proxy.pid
        assert first
        os.kill(first, signal.SIGSTOP)  # it does not answer: the window goes on, and so does the service
        monkeypatch.setattr("codex32_server.runtime.proxy.client.ANSWER_SECONDS", 0.3)
        await asyncio.sleep(1.2)
        os.kill(first, signal.SIGCONT)
        before = len(windows.taken)
        await until(_has(lambda: len(windows.taken) > before), wanted=True)
        standing.why = "enough"
        net.bench.cancel.set()
        outcome = await asyncio.wait_for(running, 30)
    assert outcome.end is End.CANCELLED
    assert windows.refused() > 0
    assert all(len(records) <= 200 for records, _ in windows.taken)
    told = [record.at for records, _ in windows.taken for record in records]
    assert len(set(told)) == len(told)
    assert not set(told) & {record.at for record in outcome.egress}


def _service(net: NetworkBench, port: int, windows: Windows) -> tuple[asyncio.Task[Any], Standing]:
    entry = f"{HOST}:{port}"
    standing = Standing()
    standing.on_network = windows
    spec = make_spec(PULLING.replace("URL", entry), mode="service", network=[entry])

    async def live() -> Any:
        async with net.bench.driver.run(
            spec, logs=net.bench.lines, state=net.bench.state, cancel=net.bench.cancel, standing=standing
        ) as outcome:
            return outcome

    return asyncio.create_task(live()), standing


def _has(condition: Any) -> Any:
    async def look() -> bool:
        return bool(condition())

    return look
