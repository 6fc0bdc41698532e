"""The proxy's own process: takes grants from its worker, opens a gate for each, and ends with the worker.

Started as `python -m codex32_server.runtime.proxy.process DESCRIPTOR`. It has no environment to speak of, no
file open but its sockets, and as root it becomes an unprivileged uid before the first client is served.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import resource
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codex32_server.kit.network.addresses import AddressRule, parse_networks
from codex32_server.kit.network.gateway import parse_gateway
from codex32_server.runtime.proxy.cleaning import Cleaner
from codex32_server.runtime.proxy.control import Channel, Message
from codex32_server.runtime.proxy.dialing import Dialer, SystemResolver
from codex32_server.runtime.proxy.entrance import Entrance
from codex32_server.runtime.proxy.gate import Gate
from codex32_server.runtime.proxy.grants import Grant, Identity, Outside, RunLimits, WireSecret
from codex32_server.runtime.proxy.models import ModelDoor
from codex32_server.runtime.proxy.terminating import client_context
from codex32_server.runtime.proxy.visit import visit

_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_KILLED_EARLIER = "300"
"""oom_score_adj: where memory is short the proxy goes before its worker."""


@dataclass
class _Run:
    """One run's entrances: the way out if it has a network, the door to the models if it has a key."""

    gate: Gate | None
    door: ModelDoor | None

    @property
    def entrances(self) -> list[Entrance]:
        """In the order in which their listeners come, see `inside.prepare`."""
        return [one for one in (self.gate, self.door) if one is not None]

    def renew(self) -> int:
        """Begin another window; gives what was only counted in the last one."""
        if self.gate is None:
            return 0
        untold = self.gate.meter.untold
        self.gate.meter.renew()
        return untold

    def bound(self, hosts: Sequence[str]) -> None:
        """The hosts of the workspace have changed."""
        if self.gate is not None:
            self.gate.bound(hosts)

    async def close(self) -> int:
        """The connections out that were only counted."""
        for entrance in self.entrances:
            await entrance.close()
        return self.gate.meter.untold if self.gate else 0


@dataclass
class _Proxy:
    channel: Channel
    outside: Outside
    runs: dict[str, _Run] = field(default_factory=dict[str, _Run])
    told: asyncio.Queue[Message] = field(default_factory=asyncio.Queue[Message])

    def __post_init__(self) -> None:
        rule = AddressRule(parse_networks(self.outside.allow_private))
        self._dialer = Dialer(SystemResolver(self.outside.names), rule)
        self._upstream = client_context(self.outside.authorities)

    async def serve(self) -> None:
        """Until the worker is gone."""
        telling = asyncio.create_task(self._tell())
        try:
            while (message := await self.channel.receive()) is not None:
                await self._obey(message)
        finally:
            telling.cancel()

    async def _obey(self, message: Message) -> None:
        if message["kind"] == "open":
            grant = grant_of(message["grant"])
            if former := self.runs.pop(grant.run, None):  # its sandbox did not come up, and another does
                await former.close()
            run = self.runs[grant.run] = self._run(grant, message["spent"])
            for entrance in run.entrances:
                await entrance.open(socket.socket(fileno=self.channel.take_descriptor()))
            self.told.put_nowait({"kind": "opened", "run": grant.run})
        elif message["kind"] == "renew":
            run = self.runs.get(message["run"])
            untold = run.renew() if run else 0
            self.told.put_nowait({"kind": "renewed", "run": message["run"], "untold": untold})
        elif message["kind"] == "bound":
            if run := self.runs.get(message["run"]):
                run.bound(message["hosts"])
            self.told.put_nowait({"kind": "bounded", "run": message["run"]})
        else:
            run = self.runs.pop(message["run"], None)
            untold = await run.close() if run else 0
            self.told.put_nowait({"kind": "closed", "run": message["run"], "untold": untold})

    def _run(self, grant: Grant, spent: int) -> _Run:
        gate = door = None
        tell = self.told.put_nowait
        if grant.network:
            gate = Gate(grant, self._dialer, self._upstream, visit, tell, spent)
        if grant.model_key is not None and self.outside.gateway is not None:
            gateway, most = parse_gateway(self.outside.gateway), grant.limits.connections
            cleaner = Cleaner(grant.hidden)
            door = ModelDoor(grant.run, grant.model_key, gateway, most, self._upstream, tell, cleaner)
        return _Run(gate, door)

    async def _tell(self) -> None:
        while True:
            await self.channel.send(await self.told.get())


def grant_of(document: dict[str, Any]) -> Grant:
    """What `dataclasses.asdict` made of a Grant."""
    return Grant(
        run=document["run"],
        network=document["network"],
        limits=RunLimits(**document["limits"]),
        bounds=document["bounds"],
        secrets=[WireSecret(**secret) for secret in document["secrets"]],
        identities={host: Identity(**identity) for host, identity in document["identities"].items()},
        model_key=document["model_key"],
        hidden=document["hidden"],
    )


def harden(uid: int | None) -> None:
    """Give up what serving needs no more."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_KILLED_EARLIER)
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if uid is not None and os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


async def _serve(descriptor: int) -> None:
    channel = Channel(socket.socket(fileno=descriptor))
    first = await channel.receive()
    if first is None:
        return
    outside = Outside(**first["outside"])
    proxy = _Proxy(channel, outside)
    for codec in ("idna", "punycode"):
        "".encode(codec)  # imported at its first use: while it can still be read
    harden(outside.uid)
    await channel.send({"kind": "ready"})
    await proxy.serve()


def main() -> None:
    """Never returns: threads that still resolve a name do not keep the process."""
    with contextlib.suppress(KeyboardInterrupt, ConnectionError):
        asyncio.run(_serve(int(sys.argv[1])))
    os._exit(0)


if __name__ == "__main__":
    main()
