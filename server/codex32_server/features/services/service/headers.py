"""Which headers pass between a caller and a bot, both ways. Pure.

The platform's credentials never reach a bot; a bot cannot act as the platform's page: it sets no cookies here
and its pages are sandboxed by the browser (an origin of their own). Hop-by-hop fields: RFC 9110, 7.6.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

Pairs = list[tuple[bytes, bytes]]

_HOP = frozenset(
    {
        *(b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection"),
        *(b"te", b"trailer", b"transfer-encoding", b"upgrade"),
    }
)
_OURS = frozenset({b"forwarded", b"x-real-ip", b"x-codex32-request", b"x-codex32-member", b"x-request-id"})
_KEY = b"bearer c32_"
_NOT_FROM_BOTS = frozenset(
    {
        *(b"set-cookie", b"set-cookie2", b"clear-site-data", b"service-worker-allowed", b"alt-svc"),
        *(b"strict-transport-security", b"public-key-pins", b"nel", b"report-to", b"reporting-endpoints"),
        *(
            b"access-control-allow-credentials",
            b"date",
            b"x-request-id",
            b"x-content-type-options",
            b"server",
        ),
        *(
            b"www-authenticate",
            b"proxy-authenticate",
            b"x-frame-options",
            b"referrer-policy",
            b"cross-origin-opener-policy",
            b"origin-agent-cluster",
        ),
    }
)
_RESERVED = re.compile(
    rb"x-(accel|codex32|dns|download|forwarded|http|original|permitted|real|request|rewrite|sendfile)(-.*)?"
    rb"|x-lighttpd-send-file|content-security-policy-report-only"
)
"""What means something to the proxies in front of the platform, or to the platform."""
SANDBOX = b"sandbox allow-scripts allow-forms allow-popups allow-modals allow-downloads"
"""Without allow-same-origin: a page of a bot is no page of the platform, whatever its scripts do."""


@dataclass(frozen=True)
class Visit:
    """What the platform says about a request. `prefix`: where the service is mounted, without the last /."""

    prefix: str
    scheme: str
    address: str
    request_id: str
    member: str | None
    """Who calls, where that was asked for; None for a public service."""


def to_bot(headers: Iterable[tuple[bytes, bytes]], visit: Visit, *, public: bool) -> Pairs:
    """What the bot gets: the caller's headers without credentials of ours, and where they came from."""
    given = [(name.lower(), value) for name, value in headers]
    dropped = _HOP | _OURS | _named(given) | {b"cookie"}
    kept = [
        (name, value)
        for name, value in given
        if name not in dropped and not name.startswith(b"x-forwarded-") and not _secret(name, value, public)
    ]
    host = next((value for name, value in given if name == b"host"), b"")
    told: Pairs = [
        (b"x-forwarded-for", visit.address.encode("latin-1", "replace")),
        (b"x-forwarded-proto", visit.scheme.encode("ascii")),
        (b"x-forwarded-host", host),
        (b"x-forwarded-prefix", visit.prefix.encode()),
        (b"x-request-id", visit.request_id.encode()),
    ]
    if visit.member is not None:
        told.append((b"x-codex32-member", visit.member.encode()))
    return kept + told


def from_bot(headers: Iterable[tuple[bytes, bytes]], prefix: str, *, public: bool) -> Pairs:
    """What the caller gets of a bot's headers."""
    given = [(name.lower(), value) for name, value in headers]
    dropped = _HOP | _NOT_FROM_BOTS | _named(given) | {b"content-security-policy"}
    kept: Pairs = []
    for name, value in given:
        if not (name in dropped or _RESERVED.fullmatch(name) or name == b"cross-origin-resource-policy"):
            kept.append((name, _located(value, prefix.encode()) if name == b"location" else value))
    policies = [value for name, value in given if name == b"content-security-policy"]
    kept.append((b"content-security-policy", b", ".join([*policies, SANDBOX])))
    if public:
        # The sandboxed page of a public service has an origin of its own and must still load its files.
        kept.append((b"cross-origin-resource-policy", b"cross-origin"))
    return kept


def _named(headers: Pairs) -> frozenset[bytes]:
    """Fields that `Connection` says are for the next hop only."""
    listed = b",".join(value for name, value in headers if name == b"connection")
    return frozenset(word.strip().lower() for word in listed.split(b",") if word.strip())


def _secret(name: bytes, value: bytes, public: bool) -> bool:
    """A private service's Authorization is ours; a public one may have its own, but never a key of ours."""
    if name != b"authorization":
        return False
    return not public or b" ".join(value.lower().split()).startswith(_KEY)


def _located(value: bytes, prefix: bytes) -> bytes:
    """A redirect inside the service stays below where it is mounted."""
    inside = value.startswith(b"/") and not value.startswith(b"//")
    if not inside or value == prefix or value.startswith(prefix + b"/"):
        return value
    return prefix + value
