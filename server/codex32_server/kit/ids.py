"""UUIDv7 (RFC 9562): ids that sort by the time they were made, so that partitions can be cut by id."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from uuid_utils.compat import uuid7

_MILLISECONDS = 1000
_TIMESTAMP_SHIFT = 80


def new_id() -> UUID:
    """A fresh UUIDv7; ids of one process never go backwards."""
    return uuid7()


def id_at(moment: datetime) -> UUID:
    """The lowest UUIDv7 of that millisecond: a bound for a range of ids, not an id to give away."""
    milliseconds = int(moment.timestamp() * _MILLISECONDS)
    return UUID(int=(milliseconds << _TIMESTAMP_SHIFT) | (0x7 << 76) | (0b10 << 62))


def time_of(identifier: UUID) -> datetime:
    """The millisecond at which a UUIDv7 was made (UTC)."""
    return datetime.fromtimestamp((identifier.int >> _TIMESTAMP_SHIFT) / _MILLISECONDS, tz=UTC)
