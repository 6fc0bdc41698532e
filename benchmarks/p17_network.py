"""P17: what the network costs: how much longer a run with network takes than one without, in milliseconds.

No-op bots through the driver, in turn with and without network, no database. Beside it: the first start of
the proxy, its idle memory (PSS), and requests a second of one bot through it to a server on loopback.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from _harness import report, show, temporary_home
from codex32_server.runtime import files
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.contract import LogLine, Outcome, RunSpec
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.proxy.client import EgressProxy
from codex32_server.runtime.proxy.grants import Outside
from codex32_server.runtime.sandbox.uid import proxy_uid

HOST = "bench.example.test"
NO_OP = b"def main(): return 1"
REQUESTS = b"""
import http.client, os, time
def main(port, count):
    connection = http.client.HTTPConnection("127.0.0.1", 3128)
    began = time.perf_counter()
    for _ in range(count):
        connection.request("GET", f"http://bench.example.test:{port}/")
        connection.getresponse().read()
    return count / (time.perf_counter() - began)
"""


class _Nothing:
    """Neither state nor log."""

    async def write(self, lines: Sequence[LogLine]) -> None: ...
    async def get(self, key: str) -> Any: ...
    async def set(self, key: str, value: Any) -> None: ...
    async def delete(self, key: str) -> None: ...
    async def keys(self, prefix: str) -> Sequence[str]:
        return [prefix][:0]


async def main() -> None:
    arguments = _arguments()
    home = temporary_home()
    backend = LocalBackend(files.prepare(home), locks=home / "uids")
    proxy = EgressProxy(Outside("127.0.0.0/8", {HOST: ["127.0.0.1"]}, uid=proxy_uid()))
    driver = Driver(backend, work=home / "runs", egress=proxy)
    try:
        await _took(driver, [])
        first = await _took(driver, [HOST])
        pss = _pss(proxy.pid)
        differences, plain, networked = await _compare(driver, arguments.runs, arguments.repeats)
        rate = await _requests(driver, arguments.requests)
    finally:
        await proxy.close()
        backend.close()
        shutil.rmtree(home, ignore_errors=True)
    more = {
        "without_ms": round(plain, 2), "with_ms": round(networked, 2), "first_run_ms": round(first, 1),
        "idle_pss_mib": round(pss, 1), "requests_per_second": round(rate),
    }  # fmt: skip
    answer = report("P17", differences, unit="ms more", must=15, aim=5, lower_is_better=True, **more)
    show(answer, [(name, str(value)) for name, value in more.items()])


async def _compare(driver: Driver, runs: int, repeats: int) -> tuple[list[float], float, float]:
    """The difference of medians in each repeat, and the medians of all."""
    differences: list[float] = []
    all_plain: list[float] = []
    all_networked: list[float] = []
    for _ in range(repeats):
        plain: list[float] = []
        networked: list[float] = []
        for _ in range(runs):
            plain.append(await _took(driver, []))
            networked.append(await _took(driver, [HOST, f"{HOST}:587", "*.example.org"]))
        differences.append(statistics.median(networked) - statistics.median(plain))
        all_plain += plain
        all_networked += networked
    return differences, statistics.median(all_plain), statistics.median(all_networked)


async def _took(driver: Driver, network: Sequence[str]) -> float:
    began = time.perf_counter()
    await _run(driver, NO_OP, network, {})
    return (time.perf_counter() - began) * 1000


async def _run(driver: Driver, source: bytes, network: Sequence[str], value: Any) -> Outcome:
    spec = RunSpec(
        run_id=uuid4(), workspace_id=UUID(int=0), bot_id=None, bot_name="bench", version="v", attempt=1,
        environment="dev", source={"bot.py": source}, network=network, input=json.dumps(value).encode(),
    )  # fmt: skip
    async with driver.run(spec, logs=_Nothing(), state=_Nothing()) as outcome:
        assert outcome.output is not None, outcome.error
        return outcome


async def _requests(driver: Driver, count: int) -> float:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        except asyncio.IncompleteReadError:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    outcome = await _run(driver, REQUESTS, [f"{HOST}:{port}"], {"port": port, "count": count})
    server.close()
    return float(outcome.output or b"0")


def _pss(pid: int | None) -> float:
    """MiB of a process, shared pages by share."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=40, help="of each kind in a repeat")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--requests", type=int, default=2000)
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main())
