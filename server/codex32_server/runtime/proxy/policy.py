"""What a manifest's `network` allows: decided on a canonical name and a port, before anything is resolved.

Pure: no socket, no clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codex32_server.kit.network.names import canonical_authority

HTTPS = 443
_ANY_BELOW = "*."


@dataclass(frozen=True)
class Rule:
    """One entry: a host and a port; `below` allows every name below the host, and not the host itself."""

    host: str
    port: int
    below: bool = False

    def allows(self, host: str, port: int) -> bool:
        """For a canonical host."""
        if port != self.port:
            return False
        return host.endswith("." + self.host) if self.below else host == self.host


class AllowList:
    """The entries `host`, `host:port`, `*.host`, `*.host:port`; without a port 443 is meant.

    Raises BadNameError (a ValueError) for an entry that is none.
    """

    def __init__(self, entries: Sequence[str]) -> None:
        self.rules = tuple(_rule(entry) for entry in entries)

    def allows(self, host: str, port: int) -> bool:
        """Whether a run may reach a canonical host."""
        return any(rule.allows(host, port) for rule in self.rules)


def entry_for(host: str, port: int) -> str:
    """How a manifest names this host and port."""
    return host if port == HTTPS else f"{host}:{port}"


def missing_entry(host: str, port: int) -> str:
    """The sentence that tells an author what to add."""
    return f'network = ["{entry_for(host, port)}"] is missing in the manifest'


def not_in_workspace(host: str, port: int) -> str:
    """The sentence that tells who can open the way again."""
    return f"the workspace does not allow {entry_for(host, port)} (codex32 workspaces hosts)"


def _rule(entry: str) -> Rule:
    below = entry.startswith(_ANY_BELOW)
    host, port = canonical_authority(entry.removeprefix(_ANY_BELOW), HTTPS)
    return Rule(host, port, below)
