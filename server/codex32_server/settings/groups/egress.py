"""Settings of the area `egress`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from codex32_server.kit.network.addresses import parse_networks
from codex32_server.kit.network.gateway import parse_gateway
from codex32_server.kit.network.names import parse_names
from codex32_server.settings.declaring import Group, setting


def _address_ranges(text: str) -> str:
    try:
        parse_networks(text)
    except ValueError as error:
        raise ValueError(f"it must be ranges like 10.1.0.0/16,fd00::/8: {error}") from None
    return text


def _known_names(text: str) -> str:
    try:
        parse_names(text)
    except ValueError as error:
        raise ValueError(f"it must be like api.intra.example=10.1.2.3|10.1.2.4: {error}") from None
    return text


def _gateway_address(value: str | None) -> str | None:
    if value is not None:
        parse_gateway(value)
    return value


class EgressSettings(Group):
    """What bots whose manifest lists hosts may do on the network."""

    title = "Egress"
    connections: int = setting(
        "EGRESS_CONNECTIONS", 64, "Most connections of one run at a time.", ge=1, le=250
    )
    mib: int = setting(
        "EGRESS_MIB", 1024, "Most bytes of one run through the network, both ways together, in MiB.", ge=1
    )
    idle_seconds: float = setting(
        "EGRESS_IDLE_SECONDS", 300.0, "After how long a connection on which nothing passes is closed.", ge=1
    )
    allow_private: Annotated[str, AfterValidator(_address_ranges)] = setting(
        "EGRESS_ALLOW_PRIVATE",
        "",
        "Private addresses that a manifest's hosts may have, for an intranet: 10.1.0.0/16,fd00::/8.",
    )
    names: Annotated[str, AfterValidator(_known_names)] = setting(
        "EGRESS_NAMES",
        "",
        "Names that are not asked of DNS: api.intra.example=10.1.2.3,db.intra.example=10.1.2.4|10.1.2.5.",
    )
    ca_file: Path | None = setting(
        "EGRESS_CA_FILE",
        None,
        "PEM file of certificate authorities that bots and the proxy trust besides the system's.",
    )
    gateway: Annotated[str | None, AfterValidator(_gateway_address)] = setting(
        "LLM_GATEWAY",
        None,
        "Where bots' runs reach the model gateway: http://host:port, https://host or unix:/path."
        " By default the API of this machine.",
    )

    @property
    def addresses(self) -> dict[str, list[str]]:
        """Name → addresses, of `names`."""
        return parse_names(self.names)
