"""What a provider's adapter says about its provider: where to, with which headers, in which format.

Each is one file beside this one. Bodies are `gateway.wire`'s matter and connections `transport`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from codex32_server.gateway.contract import Format, Target


@dataclass(frozen=True, slots=True)
class Way:
    """Where a request goes below the provider's address, and how it shows its key."""

    path: str
    """Begins with a slash; percent-encoded."""
    headers: Mapping[str, str] = field(repr=False)


class Dialect(Protocol):
    """One kind of provider."""

    def spoken(self, asked: Format, target: Target) -> Format | None:
        """The format in which this provider is asked for what a client asked in `asked`; None: not at all."""
        ...

    def way(self, spoken: Format, target: Target, *, stream: bool) -> Way:
        """Where a request in a format that is spoken goes."""
        ...

    def listing(self, target: Target) -> Way:
        """Where to GET the provider's own list of models: costs nothing and shows whether the key is good."""
        ...


def with_extras(headers: dict[str, str], target: Target) -> dict[str, str]:
    """The adapter's headers, with those that were set for the provider; a key is never overwritten."""
    return {**{name.lower(): value for name, value in target.headers.items()}, **headers}
