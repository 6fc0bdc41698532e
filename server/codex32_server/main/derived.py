"""What processes derive from the master key and must agree on: the pepper of hashes, URLs of roles, the keys
that protect secrets.
"""

from __future__ import annotations

import hmac
from urllib.parse import quote, urlsplit, urlunsplit

from codex32_server.settings.model import Settings
from codex32_server.storage.homes import Home
from codex32_server.storage.keys import MasterKey
from codex32_server.storage.wrapping import FileRing, GivenRing, Ring, RingEncryption


def access_pepper(master: MasterKey) -> bytes:
    """Keys the hashes of API keys, sessions and sign-in links."""
    return master.derive("access-pepper")


def door_key(master: MasterKey) -> bytes:
    """Proves to the door of a worker that a request comes from the API."""
    return master.derive("service-door")


def webhook_key(pepper: bytes) -> bytes:
    """What addresses, secrets and tokens of webhooks are made of."""
    return hmac.digest(pepper, b"webhooks", "sha256")


def llm_key_pepper(pepper: bytes) -> bytes:
    """Keys the hashes of virtual keys, which workers make: they cannot make API keys with it."""
    return hmac.digest(pepper, b"llm-keys", "sha256")


def secrets_ring(settings: Settings, home: Home, master: MasterKey) -> Ring:
    """The keys that wrap data keys: those of the setting, else those of the home. Raises MasterKeyError."""
    given = settings.keys.secrets
    if given is not None:
        return GivenRing(given.get_secret_value())
    return FileRing(home.secret_keys_file, master)


def secret_keys(settings: Settings, home: Home, master: MasterKey) -> RingEncryption:
    """Raises MasterKeyError for a setting that holds something else than keys."""
    return RingEncryption(secrets_ring(settings, home, master))


def role_url(owner_url: str, role: str, master: MasterKey) -> str:
    """The same database under a narrower role."""
    parts = urlsplit(owner_url)
    address = parts.netloc.rpartition("@")[2]
    user = f"{role}:{quote(master.role_password(role), safe='')}"
    return urlunsplit(parts._replace(netloc=f"{user}@{address}"))
