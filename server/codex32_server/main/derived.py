"""What processes derive from the master key and must agree on: the pepper of hashes, URLs of roles."""

from __future__ import annotations

from urllib.parse import quote, urlsplit, urlunsplit

from codex32_server.storage.keys import MasterKey


def access_pepper(master: MasterKey) -> bytes:
    """Keys the hashes of API keys, sessions and sign-in links."""
    return master.derive("access-pepper")


def door_key(master: MasterKey) -> bytes:
    """Proves to the door of a worker that a request comes from the API."""
    return master.derive("service-door")


def role_url(owner_url: str, role: str, master: MasterKey) -> str:
    """The same database under a narrower role."""
    parts = urlsplit(owner_url)
    address = parts.netloc.rpartition("@")[2]
    user = f"{role}:{quote(master.role_password(role), safe='')}"
    return urlunsplit(parts._replace(netloc=f"{user}@{address}"))
