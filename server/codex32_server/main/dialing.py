"""Connections of the platform's own to providers of models and to what publishes their prices."""

from __future__ import annotations

from codex32_server.gateway.providers.transport.client import HttpClient
from codex32_server.gateway.providers.transport.dialing import Dialer, tls_context
from codex32_server.kit.network.addresses import AddressRule, parse_networks
from codex32_server.kit.network.resolving import SystemResolver
from codex32_server.settings.model import EgressSettings


def http_client(egress: EgressSettings) -> HttpClient:
    """By the rules that hold for everything that the platform dials for others."""
    rule = AddressRule(parse_networks(egress.allow_private))
    return HttpClient(Dialer(SystemResolver(egress.addresses), rule, tls_context(egress.ca_file)))
