"""Builds the egress proxy from the settings; for the worker and for runs without a server."""

from __future__ import annotations

from codex32_server.runtime.proxy.client import EgressProxy
from codex32_server.runtime.proxy.grants import MIB, Outside, RunLimits
from codex32_server.runtime.sandbox.uid import proxy_uid
from codex32_server.settings.model import EgressSettings


def egress_proxy(settings: EgressSettings) -> EgressProxy:
    """Its process starts with the first run that needs it."""
    outside = Outside(settings.allow_private, settings.addresses, uid=proxy_uid())
    limits = RunLimits(settings.connections, settings.mib * MIB, settings.idle_seconds)
    return EgressProxy(outside, limits, settings.ca_file)
