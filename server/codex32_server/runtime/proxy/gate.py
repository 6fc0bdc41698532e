"""One run's way out: its socket, its allow-list, its limits. What a client says on it is in `visit`."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable

from codex32_server.runtime.proxy.dialing import Dialer, Streams
from codex32_server.runtime.proxy.entrance import Entrance
from codex32_server.runtime.proxy.grants import Grant, Reason, WireSecret
from codex32_server.runtime.proxy.policy import AllowList, missing_entry
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
        self._dialer = dialer
        self._visit = visit
        self._secrets = grant.secrets
        self._upstream = upstream
        self.idle = grant.limits.idle
        self.identities = {
            host: server_context(host, identity) for host, identity in grant.identities.items()
        }

    async def serve(self, streams: Streams) -> None:
        await self._visit(self, streams)

    def check(self, host: str, port: int) -> None:
        """Raises Refusal for an address that no manifest can open, and where the manifest does not list the
        host: its name is then never resolved.
        """
        self._dialer.check_address(host, port)
        if not self._allow.allows(host, port):
            raise Refusal(Reason.NOT_IN_MANIFEST, missing_entry(host, port), host, port)

    def secrets_for(self, host: str, port: int) -> list[WireSecret]:
        """What is put into requests to this host."""
        return [secret for secret in self._secrets if (secret.host, secret.port) == (host, port)]

    async def dial(self, host: str, port: int, *, tls: bool = False) -> tuple[Streams, Traffic]:
        """Check and connect. The caller ends the traffic. Raises Refusal, which is recorded by `refuse`."""
        self.check(host, port)
        traffic = Traffic(self.meter, host, port)
        return await self._dialer.dial(host, port, self._upstream if tls else None), traffic
