"""Run as a program by test_ordinary_user.py: the whole runtime as a user without any privilege.

Prints one JSON object of what happened. Its arguments: a folder that the user owns.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from codex32_server.runtime import canary, files
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.contract import MIB, Limits, RunSpec
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.errors import SandboxUnavailableError
from codex32_server.runtime.proxy.client import EgressProxy
from codex32_server.runtime.proxy.grants import Outside
from codex32_server.runtime.zygote import probe
from codex32_server.runtime.zygote.pool import Key
from codex32_server.runtime.zygote.warm import WarmStarts

WORKSPACE = UUID(int=32)

BOTS = {
    "plain": "def main(): return 1",
    "files": "def main(): open('/output/x', 'w').write('kept')",
    "memory": "def main():\n    kept = []\n    while True: kept.append(bytearray(5_000_000))",
    "memory of children": """
import os, time
def main():
    for _ in range(10):
        if os.fork() == 0:
            kept = bytearray(40_000_000); time.sleep(30)
    time.sleep(30)
""",
    "forks": "import os\ndef main():\n    while True:\n        try: os.fork()\n        except OSError: pass",
    "daemon": "import os, time\ndef main():\n    if os.fork() == 0:\n"
    "        os.setsid(); time.sleep(77)\n    return 1",
}


NETWORK = """
import socket, urllib.request
def main(port):
    url = f"http://api.example.test:{port}/"
    with socket.create_connection(("api.example.test", port), 20) as connection:
        connection.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
        return [urllib.request.urlopen(url, timeout=20).read().decode(), connection.recv(1000)[-2:].decode()]
"""


class Nothing:
    async def write(self, lines: Any) -> None: ...
    async def get(self, key: str) -> Any: ...
    async def set(self, key: str, value: Any) -> None: ...
    async def delete(self, key: str) -> None: ...
    async def keys(self, prefix: str) -> Any:
        return []


async def network(backend: LocalBackend, home: Path) -> Any:
    """What a bot hears from a server on loopback, through a proxy of this user."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        writer.close()

    proxy = EgressProxy(Outside("127.0.0.0/8", {"api.example.test": ["127.0.0.1"]}))
    driver = Driver(backend, work=home / "runs", grace=0.3, egress=proxy)
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        spec = RunSpec(
            uuid4(), uuid4(), None, "b", "v", "dev", 1, {"bot.py": NETWORK.encode()},
            input=json.dumps({"port": port}).encode(), network=[f"api.example.test:{port}"],
        )  # fmt: skip
        async with driver.run(spec, logs=Nothing(), state=Nothing()) as outcome:
            told = json.loads(outcome.output) if outcome.output else str(outcome.error)
    await proxy.close()
    return told


async def all_bots(driver: Driver) -> dict[str, Any]:
    """How each of BOTS ended."""
    found: dict[str, Any] = {}
    for name, source in BOTS.items():
        limits = Limits(memory=128 * MIB, timeout=3.0, processes=16)
        spec = RunSpec(
            uuid4(), WORKSPACE, None, "b", "v", "dev", 1, {"bot.py": source.encode()}, limits=limits
        )
        async with driver.run(spec, logs=Nothing(), state=Nothing()) as outcome:
            left = [file.path.read_text() for file in outcome.files]
            found[name] = [outcome.end.value, outcome.error.code if outcome.error else None, left]
    return found


async def everything(home: Path) -> dict[str, Any]:
    runtime = files.prepare(home)
    backend = LocalBackend(runtime, locks=home / "uids")
    driver = Driver(backend, work=home / "runs", grace=0.3)
    await canary.check(driver)
    found: dict[str, Any] = {
        "uid": os.geteuid(),
        "layers": {layer.name: layer.ok for layer in backend.layers()},
    }
    found |= await all_bots(driver)
    warm = WarmStarts(backend.means)
    found["warm fault"] = await probe.fault(backend, warm, home / "runs")
    starting = warm.pool.prepare(Key(WORKSPACE.hex, None, "strict"))
    if starting is not None:
        await starting
    before = warm.started
    found["warm"] = await all_bots(Driver(backend, work=home / "runs", grace=0.3, warm=warm))
    found["started warm"] = warm.started - before
    await warm.close()
    found["network"] = await network(backend, home)
    backend.close()
    found["left"] = [path.name for path in (home / "runs").iterdir()]
    try:
        LocalBackend(runtime, locks=home / "uids", require_cgroup=True)
    except SandboxUnavailableError as error:
        found["required"] = [error.detail, error.advice]
    return found


print(json.dumps(asyncio.run(everything(Path(sys.argv[1])))))
