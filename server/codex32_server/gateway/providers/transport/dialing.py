"""From a provider's name to a connection: one resolution, every address checked, that one dialled.

Redirects are never followed, so this is the only way out. What may be dialled is an administrator's matter.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path

from codex32_server.gateway.errors import AddressRefusedError, UpstreamFailedError
from codex32_server.gateway.providers.transport.url import Origin
from codex32_server.kit.network.addresses import AddressRule
from codex32_server.kit.network.names import is_address
from codex32_server.kit.network.resolving import Resolve

CONNECT_SECONDS = 10.0
MOST_ADDRESSES = 4
"""Addresses of a name that are tried, one after the other."""

_PUBLIC = AddressRule()


class Dialer:
    """Opens connections to the addresses that `rule` permits; in clear only to those that are not public."""

    def __init__(self, resolve: Resolve, rule: AddressRule, tls: ssl.SSLContext) -> None:
        self._resolve = resolve
        self._rule = rule
        self._tls = tls

    async def dial(self, origin: Origin, protocol: Callable[[], asyncio.Protocol]) -> asyncio.Protocol:
        """Raises AddressRefusedError, UpstreamFailedError."""
        failure: str = ""
        for address in (await self._checked(origin))[:MOST_ADDRESSES]:
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    return await self._connect(origin, address, protocol)
            except ssl.SSLError as error:
                reason = getattr(error, "verify_message", "") or error.reason or "it failed"
                raise UpstreamFailedError(f"TLS with {origin.host} is not possible: {reason}.") from error
            except OSError as error:
                failure = "no answer" if isinstance(error, TimeoutError) else error.strerror or "it failed"
        raise UpstreamFailedError(f"{origin.host} port {origin.port} cannot be reached: {failure}.")

    async def _connect(
        self, origin: Origin, address: str, protocol: Callable[[], asyncio.Protocol]
    ) -> asyncio.Protocol:
        """The certificate is checked against the name."""
        loop = asyncio.get_running_loop()
        _, made = await loop.create_connection(
            protocol,
            address,
            origin.port,
            ssl=self._tls if origin.secure else None,
            server_hostname=origin.host if origin.secure else None,
        )
        return made

    async def _checked(self, origin: Origin) -> Sequence[str]:
        """The addresses of the name that may be dialled."""
        host = origin.host
        if is_address(host):
            found: Sequence[str] = [host]
        else:
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    found = await self._resolve(host)
            except OSError as error:
                raise UpstreamFailedError(f"{host} has no address in DNS.") from error
        permitted = [address for address in found if self._rule.permits(address)]
        if not permitted:
            raise AddressRefusedError(f"{host} is not at a public address.")
        if not origin.secure:
            permitted = [address for address in permitted if not _PUBLIC.permits(address)]
            if not permitted:
                raise AddressRefusedError(
                    f"{host} is at a public address and would get the key in clear.",
                    next_step="Use an address that begins with https://.",
                )
        return permitted


def tls_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """Certificates of the system's authorities and of those in `ca_file`; HTTP/1.1 only. Raises OSError."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context
