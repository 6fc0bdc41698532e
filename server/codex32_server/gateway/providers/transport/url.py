"""Addresses of providers, read once and strictly. Nothing is resolved here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from codex32_server.kit.network.names import BadNameError, canonical_authority

_PORTS = {"https": 443, "http": 80}
_LONGEST = 2000


class BadUrlError(ValueError):
    """A text that is not the address of a provider; says why."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where connections go. `host` is canonical (`kit.network.names`)."""

    secure: bool
    host: str
    port: int

    @property
    def header(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = self.port == _PORTS["https" if self.secure else "http"]
        return host if usual else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class BaseUrl:
    """An origin and the path that all of a provider's paths begin with, without a slash at its end."""

    origin: Origin
    path: str


@lru_cache(1024)
def parse_base_url(text: str) -> BaseUrl:
    """`https://host[:port][/path]`. Raises BadUrlError.

    User information, queries, fragments and everything that two programs may read differently are refused.
    """
    if len(text) > _LONGEST or not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        raise BadUrlError("it must be printable ASCII without blanks")
    scheme, separator, rest = text.partition("://")
    if not separator or scheme.lower() not in _PORTS:
        raise BadUrlError("it must begin with https:// or http://")
    try:
        parts = urlsplit(f"{scheme.lower()}://{rest}")
    except ValueError:
        raise BadUrlError("its brackets hold no IPv6 address") from None
    if "@" in parts.netloc or "?" in text or "#" in text:
        raise BadUrlError("it must have no user, query or fragment; keys are secrets")
    try:
        host, port = canonical_authority(parts.netloc, _PORTS[parts.scheme])
    except BadNameError as error:
        raise BadUrlError(str(error)) from None
    return BaseUrl(Origin(parts.scheme == "https", host, port), parts.path.rstrip("/"))
