"""The address of the platform's model gateway, as an administrator writes it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

PREFIX = "/llm/v1"
"""Where the gateway's routes are, whatever the address."""


@dataclass(frozen=True)
class GatewayAddress:
    """Where the model gateway listens."""

    host: str
    port: int
    tls: bool = False
    path: str = ""
    """A unix socket instead of host and port."""


def parse_gateway(address: str) -> GatewayAddress:
    """Of `http://host:port`, `https://host:port` or `unix:/path`, with or without PREFIX.

    Raises ValueError with a sentence for anything else.
    """
    if address.startswith("unix:/"):
        return GatewayAddress("localhost", 80, path=address.removeprefix("unix:"))
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ValueError("the address of the model gateway is http://host:port, https://host or unix:/path")
    if parts.path.rstrip("/") not in ("", PREFIX) or parts.query or parts.fragment:
        raise ValueError(f"the address of the model gateway has no path: {PREFIX} is added to it")
    tls = parts.scheme == "https"
    return GatewayAddress(parts.hostname, parts.port or (443 if tls else 80), tls)
