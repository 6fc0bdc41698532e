"""From a name that was allowed to a connection: one resolution, every address checked, that one dialled.

Whatever dials out for others (webhooks, imports, sign-in) goes through a Dialer too. Resolving is a port.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence

from codex32_server.kit.network.addresses import AddressRule
from codex32_server.kit.network.names import is_address
from codex32_server.kit.network.resolving import Resolve
from codex32_server.kit.network.resolving import SystemResolver as SystemResolver
from codex32_server.runtime.proxy.grants import Reason
from codex32_server.runtime.proxy.refusal import Refusal

RESOLVE_SECONDS = 10.0
CONNECT_SECONDS = 10.0
MOST_ADDRESSES = 4
"""Addresses of a name that are tried, one after the other."""

READ_AHEAD = 64 * 1024

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Dialer:
    """Connects to public addresses only, as `rule` says."""

    def __init__(self, resolve: Resolve, rule: AddressRule) -> None:
        self._resolve = resolve
        self._rule = rule

    async def dial(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> Streams:
        """For a canonical host. With `tls`, the certificate is checked against the name. Raises Refusal."""
        addresses = await self._checked(host, port)
        failure: Refusal | None = None
        for address in addresses[:MOST_ADDRESSES]:
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    return await asyncio.open_connection(
                        address, port, limit=READ_AHEAD, ssl=tls, server_hostname=host if tls else None
                    )
            except ssl.SSLError as error:
                reason = getattr(error, "verify_message", "") or error.reason or "it failed"
                raise Refusal(
                    Reason.CERTIFICATE, f"TLS with {host} is not possible: {reason}", host, port
                ) from error
            except OSError as error:
                what = "no answer" if isinstance(error, TimeoutError) else error.strerror or "it failed"
                failure = Refusal(
                    Reason.UNREACHABLE, f"{host} port {port} cannot be reached: {what}", host, port
                )
        assert failure
        raise failure

    def check_address(self, host: str, port: int) -> None:
        """Raises Refusal for a host that is an address, and none that may be dialled."""
        if is_address(host) and not self._rule.permits(host):
            raise _not_public(host, port)

    async def _checked(self, host: str, port: int) -> Sequence[str]:
        """The addresses of the name that may be dialled."""
        if is_address(host):
            found: Sequence[str] = [host]
        else:
            try:
                async with asyncio.timeout(RESOLVE_SECONDS):
                    found = await self._resolve(host)
            except OSError as error:
                raise Refusal(Reason.UNRESOLVED, f"{host} has no address in DNS", host, port) from error
        permitted = [address for address in found if self._rule.permits(address)]
        if not permitted:
            raise _not_public(host, port)
        return permitted


def _not_public(host: str, port: int) -> Refusal:
    text = f"{host} is not at a public address (CODEX32_EGRESS_ALLOW_PRIVATE names exceptions)"
    return Refusal(Reason.NOT_PUBLIC, text, host, port)
