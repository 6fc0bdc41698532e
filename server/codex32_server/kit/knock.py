"""The first line on a connection to a worker's door: which replica is wanted, and a proof that it may be.

`C32 REPLICA FENCE TIME MAC`, answered by `OK` or `NO reason`; then the connection is the bot's. The key is
derived from the master key; a line is worth something for a minute only. Time and key come in as arguments.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from uuid import UUID

LONGEST = 256
"""Bytes of a line, its end included."""
OK = b"OK\n"
_LIFE = 60.0
_WORD = b"C32"


@dataclass(frozen=True)
class Knock:
    """Who is wanted. `fence`: exactly that process, not a later one."""

    replica_id: UUID
    fence: int


def write(key: bytes, knock: Knock, now: float) -> bytes:
    """The line that asks for a replica at `now` (seconds since 1970)."""
    said = _said(knock, int(now))
    return said + b" " + _mac(key, said) + b"\n"


def read(key: bytes, line: bytes, now: float) -> Knock | None:
    """What a line asks for; None if it is not one, is too old, or was written without the key."""
    said, _, mac = line.removesuffix(b"\n").rpartition(b" ")
    words = said.split(b" ")
    if len(words) != 4 or not hmac.compare_digest(_mac(key, said), mac):
        return None
    try:
        knock, moment = Knock(UUID(words[1].decode("ascii")), int(words[2])), int(words[3])
    except ValueError:
        return None
    return knock if abs(now - moment) <= _LIFE else None


def _said(knock: Knock, moment: int) -> bytes:
    return b" ".join((_WORD, str(knock.replica_id).encode(), b"%d" % knock.fence, b"%d" % moment))


def _mac(key: bytes, said: bytes) -> bytes:
    return hmac.digest(key, said, "sha256").hex().encode()
