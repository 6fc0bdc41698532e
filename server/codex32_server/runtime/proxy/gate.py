"""One run's way out: its socket, its allow-list, its limits. What a client says on it is in `visit`."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence

from codex32_server.runtime.proxy.dialing import Dialer, Streams
from codex32_server.runtime.proxy.entrance import Entrance
from codex32_server.runtime.proxy.grants import Grant, Reason, WireSecret
from codex32_server.runtime.proxy.policy import AllowList, missing_entry, not_in_workspace
from codex32_server.runtime.proxy.refusal import Refusal
from codex32_server.runtime.proxy.terminating import server_context
from codex32_server.runtime.proxy.traffic import Meter, Tell, Traffic

Visit = Callable[["Gate", Streams], Awaitable[None]]


class Gate(Entrance):
    """Decides for one run. `visit` serves one client; `upstream` is how hosts' certificates are checked;
    `spent` bytes passed through an earlier process.
    """

    def __init__(
        self,
        grant: Grant,
        dialer: Dialer,
        upstream: ssl.SSLContext,
        visit: Visit,
        tell: Tell,
        spent: int = 0,
    ) -> None:
        super().__init__(Meter(grant.run, grant.limits, tell, spent))
        self._allow = AllowList(grant.network)
        self._bounds = AllowList(grant.bounds)
        self._visits: dict[asyncio.Task[None], Traffic] = {}
        """What each client has open: at most one connection at a time."""
        self._dialer = dialer
        self._visit = visit
        self._secrets = grant.secrets
        self._upstream = upstream
        self.idle = grant.limits.idle
        self.identities = {
            host: server_context(host, identity) for host, identity in grant.identities.items()
        }

    async def serve(self, streams: Streams) -> None:
        task = asyncio.current_task()
        assert task
        try:
            await self._visit(self, streams)
        finally:
            self._visits.pop(task, None)

    def bound(self, hosts: Sequence[str]) -> None:
        """The hosts of the workspace are these now: what is open to another is cut off."""
        self._bounds = AllowList(hosts)
        for client, traffic in list(self._visits.items()):
            if traffic.is_open and not self._within(traffic.host, traffic.port):
                traffic.end(Reason.NOT_IN_WORKSPACE)
                client.cancel()

    def check(self, host: str, port: int) -> None:
        """Raises Refusal for an address that no manifest can open, and where the manifest does not list the
        host or the workspace does not allow it: its name is then never resolved.
        """
        self._dialer.check_address(host, port)
        if not self._allow.allows(host, port):
            raise Refusal(Reason.NOT_IN_MANIFEST, missing_entry(host, port), host, port)
        if not self._within(host, port):
            raise Refusal(Reason.NOT_IN_WORKSPACE, not_in_workspace(host, port), host, port)

    def secrets_for(self, host: str, port: int) -> list[WireSecret]:
        """What is put into requests to this host."""
        return [secret for secret in self._secrets if (secret.host, secret.port) == (host, port)]

    async def dial(self, host: str, port: int, *, tls: bool = False) -> tuple[Streams, Traffic]:
        """Check and connect. The caller ends the traffic. Raises Refusal, which is recorded by `refuse`."""
        self.check(host, port)
        task = asyncio.current_task()
        assert task
        traffic = self._visits[task] = Traffic(self.meter, host, port)
        try:
            return await self._dialer.dial(host, port, self._upstream if tls else None), traffic
        except Refusal:
            del self._visits[task]
            raise

    def _within(self, host: str, port: int) -> bool:
        """A workspace that names no hosts leaves it to the manifest."""
        return not self._bounds.rules or self._bounds.allows(host, port)
