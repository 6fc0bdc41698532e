"""What a worker tells its proxy about a run, and what the proxy tells back. Plain data; the frames are in
`control`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

MIB = 1024 * 1024


class Reason(StrEnum):
    """Why a connection was let through or not, or why it ended before its time."""

    IN_MANIFEST = "in_manifest"
    NOT_IN_MANIFEST = "not_in_manifest"
    NOT_IN_WORKSPACE = "not_in_workspace"
    BAD_NAME = "bad_name"
    BAD_REQUEST = "bad_request"
    UNRESOLVED = "unresolved"
    NOT_PUBLIC = "not_public"
    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    NOT_TLS = "not_tls"
    SNI_MISMATCH = "sni_mismatch"
    TOO_MANY_CONNECTIONS = "too_many_connections"
    TOO_MANY_BYTES = "too_many_bytes"
    SILENT = "silent"
    MODELS_ONLY = "models_only"


@dataclass(frozen=True)
class RunLimits:
    """What one run may use of the network."""

    connections: int = 64
    """At a time."""
    bytes: int = 1024 * MIB
    """In both directions together."""
    idle: float = 300.0
    """Seconds in which nothing passes in either direction before a connection is closed."""


@dataclass(frozen=True)
class WireSecret:
    """A value for one header of requests to one host. `placeholder` is what the bot has in its place."""

    host: str
    port: int
    header: str
    placeholder: str = field(repr=False)
    value: str = field(repr=False)


@dataclass(frozen=True)
class Identity:
    """With what the proxy ends TLS in the name of a host: a certificate chain and a key, PEM."""

    chain: str
    key: str = field(repr=False)


@dataclass(frozen=True)
class Grant:
    """What one run may reach. `run` names it between worker and proxy."""

    run: str
    network: Sequence[str]
    limits: RunLimits = RunLimits()
    bounds: Sequence[str] = ()
    """The hosts of its workspace, beyond which nothing of `network` is reached; none: `network` decides."""
    secrets: Sequence[WireSecret] = ()
    identities: Mapping[str, Identity] = field(default_factory=dict[str, Identity])
    """By host, for those of `secrets`."""
    model_key: str | None = field(default=None, repr=False)
    """With what the run's requests go to the model gateway; None: it has no door there."""
    hidden: Mapping[str, str] = field(repr=False, default_factory=dict[str, str])
    """The run's secrets, name → value, that no request to a model may hold."""


@dataclass(frozen=True)
class Outside:
    """What is the same for all runs of a worker."""

    allow_private: str = ""
    names: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """Name → addresses, for names that are not asked of DNS."""
    authorities: str | None = None
    """Certificate authorities that are trusted, PEM; the system's if None."""
    uid: int | None = None
    """Who the proxy becomes once it has started, where it is root."""
    gateway: str | None = None
    """Where the platform's model gateway is, see `kit.network.gateway`; None: runs have no door to it."""
