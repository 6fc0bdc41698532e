"""A bench whose runs have a network: the real proxy process, servers on loopback in place of the internet."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.contract import Outcome
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.proxy.client import EgressProxy
from codex32_server.runtime.proxy.grants import Outside, RunLimits
from codex32_server.runtime.sandbox.uid import proxy_uid
from support.origins import Authority, write_pem

HOST, OTHER, INNER = "api.example.test", "other.example.test", "inner.example.test"


@dataclass
class NetworkBench:
    """Runs bots that may reach servers of a test."""

    bench: Any
    proxy: EgressProxy
    authority: Authority

    async def run(self, source: str, network: Sequence[str], value: Any = None, **changes: Any) -> Outcome:
        document = json.dumps(value or {}).encode()
        return await self.bench.run(source, network=network, input=document, **changes)

    async def result(self, source: str, network: Sequence[str], value: Any = None, **changes: Any) -> Any:
        """What `main` returned; fails with the bot's error."""
        outcome = await self.run(source, network, value, **changes)
        assert outcome.output is not None, outcome.error
        return json.loads(outcome.output)

    @property
    def said(self) -> list[str]:
        """The platform's lines in the log."""
        return self.bench.lines.texts("system")


@asynccontextmanager
async def networked(
    bench: Any, backend: LocalBackend, folder: Path, limits: RunLimits | None = None
) -> AsyncGenerator[NetworkBench]:
    """The names HOST and OTHER are on loopback, which is allowed; INNER is at a private address."""
    authority = Authority(HOST, OTHER)
    names = {HOST: ["127.0.0.1"], OTHER: ["127.0.0.1"], INNER: ["10.0.0.7"]}
    outside = Outside("127.0.0.0/8", names, uid=proxy_uid())
    proxy = EgressProxy(outside, limits, write_pem(folder, authority))
    bench.driver = Driver(backend, work=bench.work, grace=0.5, egress=proxy, warm=bench.warm)
    try:
        yield NetworkBench(bench, proxy, authority)
    finally:
        await proxy.close()
        assert list(bench.work.iterdir()) == []
