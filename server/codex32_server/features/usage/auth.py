"""Virtual keys as values: how they are made, shown and hashed. Pure; storing them is `repository.keys`."""

from __future__ import annotations

import hmac
import re
import secrets

PREFIX = "sk-c32-"
_BYTES = 32
_HINT = len(PREFIX) + 4
_SHAPE = re.compile(re.escape(PREFIX) + r"[A-Za-z0-9_-]{43}")


def new_key() -> str:
    """`sk-c32-` and 43 URL-safe characters: 256 random bits."""
    return PREFIX + secrets.token_urlsafe(_BYTES)


def looks_like_one(token: str) -> bool:
    """Whether it is worth asking the database."""
    return _SHAPE.fullmatch(token) is not None


def hint_of(key: str) -> str:
    """What may be shown of a key."""
    return key[:_HINT]


def hash_key(pepper: bytes, key: str) -> bytes:
    """HMAC-SHA256. Fast on purpose: the value holds 256 random bits, and every call checks one."""
    return hmac.digest(pepper, key.encode(), "sha256")
