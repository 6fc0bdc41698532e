"""The master key of an installation and what is derived from it. Encrypting secrets is `crypto`'s work.

One random key in one private file; every other key and password is derived, so that a backup of the home
folder is complete and nothing else needs to be kept in step.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hmac
import os
import secrets
import stat
from pathlib import Path
from typing import NamedTuple

from codex32_server.kit.errors import UnavailableError

_BYTES = 32
_CONTEXT = b"codex32/1|"


class MasterKeyError(UnavailableError):
    """The master key is missing, too easily read, or not a key."""

    code = "master_key_unusable"
    title = "The master key cannot be used"
    next_step = "Put back home/master.key (mode 0600), or set CODEX32_MASTER_KEY or CODEX32_MASTER_KEY_FILE."


class MasterKey(NamedTuple):
    """32 random bytes. Never printed."""

    value: bytes

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose: HKDF-Expand of RFC 5869 with SHA-256 (the key is uniform: no Extract)."""
        return hmac.digest(self.value, _CONTEXT + purpose.encode() + b"\x01", "sha256")

    def role_password(self, role: str) -> str:
        """The password of a database role: `db-role:ROLE`, URL-safe."""
        return base64.urlsafe_b64encode(self.derive(f"db-role:{role}")).rstrip(b"=").decode()

    def __repr__(self) -> str:
        return "MasterKey(***)"


def parse_master_key(text: str) -> MasterKey:
    """From 64 hexadecimal digits or the base64 of 32 bytes (either alphabet). Raises MasterKeyError."""
    compact = text.strip()
    for decode in (bytes.fromhex, _from_base64):
        with contextlib.suppress(ValueError, binascii.Error):
            value = decode(compact)
            if len(value) == _BYTES:
                return MasterKey(value)
    raise MasterKeyError(
        "A master key is 32 random bytes, written as 64 hexadecimal digits or in base64.",
        next_step="Make one with `openssl rand -hex 32`.",
    )


def read_master_key(path: Path) -> MasterKey:
    """From a private file. Raises MasterKeyError, also if others may read the file."""
    try:
        mode = path.stat().st_mode
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise MasterKeyError(f"The master key {path} cannot be read: {error}.") from error
    if stat.S_IMODE(mode) & 0o077:
        raise MasterKeyError(
            f"The master key {path} can be read by others.", next_step=f"Run chmod 600 {path}."
        )
    return parse_master_key(text)


def create_master_key(path: Path) -> MasterKey:
    """A new key in a new file of mode 0600; of two processes that try at once, both get the first's."""
    write_private_once(path, secrets.token_hex(_BYTES) + "\n")
    return read_master_key(path)


def write_private_once(path: Path, text: str) -> None:
    """A file of mode 0600, complete or absent; one that exists stays as it is."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        fresh.unlink()


def _from_base64(text: str) -> bytes:
    padded = text + "=" * (-len(text) % 4)
    return base64.b64decode(padded, altchars=b"-_" if set(text) & set("-_") else None, validate=True)
