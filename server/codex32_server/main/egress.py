"""Builds the egress proxy from the settings; for the worker and for runs without a server."""

from __future__ import annotations

from codex32_server.runtime.proxy.client import EgressProxy
from codex32_server.runtime.proxy.grants import MIB, Outside, RunLimits
from codex32_server.runtime.sandbox.uid import proxy_uid
from codex32_server.settings.model import EgressSettings, Settings

_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - what the API may listen on


def egress_proxy(settings: EgressSettings, gateway: str | None = None) -> EgressProxy:
    """Its process starts with the first run that needs it. `gateway` is where runs' models are."""
    outside = Outside(settings.allow_private, settings.addresses, uid=proxy_uid(), gateway=gateway)
    limits = RunLimits(settings.connections, settings.mib * MIB, settings.idle_seconds)
    return EgressProxy(outside, limits, settings.ca_file)


def gateway_address(settings: Settings) -> str:
    """The model gateway of runs: the one that is set, or the API of this machine."""
    if settings.egress.gateway is not None:
        return settings.egress.gateway
    host = settings.server.host
    host = "127.0.0.1" if host in _EVERYWHERE else host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.server.port}"
