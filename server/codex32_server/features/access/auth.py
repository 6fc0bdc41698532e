"""Credentials as values: how they are made, shown and hashed. Pure; storing them is `repository`."""

from __future__ import annotations

import hmac
import secrets

KEY_PREFIX = "c32_"
MIN_BOOTSTRAP_KEY = 24
_BYTES = 32
_HINT = 8


def new_key() -> str:
    """`c32_` and 43 URL-safe characters: 256 random bits."""
    return KEY_PREFIX + secrets.token_urlsafe(_BYTES)


def new_token() -> str:
    """43 URL-safe characters: 256 random bits. For links and sessions."""
    return secrets.token_urlsafe(_BYTES)


def hint_of(key: str) -> str:
    """What may be shown of a generated key."""
    return key[:_HINT]


def hash_credential(pepper: bytes, value: str) -> bytes:
    """HMAC-SHA256. Fast on purpose: the values hold 256 random bits, and every request checks one."""
    return hmac.digest(pepper, value.encode("utf-8", "surrogatepass"), "sha256")
