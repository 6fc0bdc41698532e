"""Passwords of database roles in tests."""

from __future__ import annotations

import hashlib


def password_of(role: str) -> str:
    """The password of a role in tests; any fixed text serves."""
    return hashlib.sha256(f"test:{role}".encode()).hexdigest()
