"""Envelope encryption: values under a data key of their workspace, data keys under a key-encryption key.

AES-256-GCM (NIST SP 800-38D) with random nonces of 96 bits. What is sealed names its format and its key; it
opens only where it belongs: workspace, secret and version are authenticated along with it.
Where key-encryption keys come from is `wrapping`; rows are elsewhere.

    sealed value   0x01 | id of the data key, 16 bytes | nonce, 12 bytes | ciphertext and tag
    wrapped key    0x01 | id of the wrapping key, 8 bytes | nonce, 12 bytes | ciphertext and tag
"""

from __future__ import annotations

import os
from typing import NamedTuple, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from codex32_server.kit.errors import Codex32Error

KEY_BYTES = 32
WRAPPER_ID_BYTES = 8
_FORMAT = b"\x01"
_NONCE_BYTES = 12
_TAG_BYTES = 16
_KEY_ID_BYTES = 16


class SealBrokenError(Codex32Error):
    """The bytes were changed, belong to another workspace, secret or version, or to another key."""

    code = "seal_broken"
    title = "An encrypted value cannot be opened"
    next_step = "Set the secret again; if nobody changed the database by hand, look at who did."


class DataKey(NamedTuple):
    """A key of one workspace. Never printed, never stored unwrapped."""

    id: UUID
    value: bytes

    def __repr__(self) -> str:
        return f"DataKey({self.id}, ***)"


class KeyEncryption(Protocol):
    """The port to whatever holds the key-encryption keys: a file, a setting, a key management service.

    A wrapped key names the key it was wrapped with, so that older ones stay readable while keys are rotated.
    """

    async def current_id(self) -> bytes:
        """The id of the key that wraps now, WRAPPER_ID_BYTES long. Asked anew each time: it may change."""
        ...

    async def wrap(self, key: bytes, context: bytes) -> bytes:
        """Under the present key; opens only with the same `context`."""
        ...

    async def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Raises SealBrokenError, WrappingKeyMissingError."""
        ...


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


def seal(key: DataKey, plaintext: bytes, about: bytes) -> bytes:
    """Encrypt; `about` says what it belongs to and must be given again to open it."""
    return _encrypt(key.value, _FORMAT + key.id.bytes, plaintext, about)


def unseal(key: DataKey, sealed: bytes, about: bytes) -> bytes:
    """Raises SealBrokenError."""
    if data_key_of(sealed) != key.id:
        raise SealBrokenError("The value was sealed with another key.")
    return _decrypt(key.value, 1 + _KEY_ID_BYTES, sealed, about)


def data_key_of(sealed: bytes) -> UUID:
    """The id of the data key in the header. Raises SealBrokenError."""
    return UUID(bytes=_checked(sealed, _KEY_ID_BYTES)[1 : 1 + _KEY_ID_BYTES])


def wrap_with(wrapper_id: bytes, wrapper: bytes, key: bytes, context: bytes) -> bytes:
    """A data key under a key-encryption key that is at hand."""
    return _encrypt(wrapper, _FORMAT + wrapper_id, key, context)


def unwrap_with(wrapper: bytes, wrapped: bytes, context: bytes) -> bytes:
    """Raises SealBrokenError."""
    _checked(wrapped, WRAPPER_ID_BYTES)
    return _decrypt(wrapper, 1 + WRAPPER_ID_BYTES, wrapped, context)


def wrapper_of(wrapped: bytes) -> bytes:
    """The id of the key-encryption key in the header. Raises SealBrokenError."""
    return _checked(wrapped, WRAPPER_ID_BYTES)[1 : 1 + WRAPPER_ID_BYTES]


def about_secret(workspace_id: UUID, environment: str | None, name: str, version: int) -> bytes:
    """What a secret's value is bound to: workspace|secret|version, the secret by environment and name.

    Neither may hold `|` or `/`, and no environment is called `*`, so that no two places spell the same.
    """
    return f"{workspace_id}|{environment or '*'}/{name}|{version}".encode()


def about_key(workspace_id: UUID, key_id: UUID) -> bytes:
    """What a workspace's data key is bound to."""
    return f"codex32-data-key|{workspace_id}|{key_id}".encode()


def _encrypt(key: bytes, header: bytes, plaintext: bytes, about: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return header + nonce + AESGCM(key).encrypt(nonce, plaintext, header + about)


def _decrypt(key: bytes, header: int, sealed: bytes, about: bytes) -> bytes:
    """`header` is its length; it is authenticated with `about`."""
    nonce, rest = sealed[header : header + _NONCE_BYTES], sealed[header + _NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, rest, sealed[:header] + about)
    except InvalidTag:
        raise SealBrokenError(
            "The encrypted value was changed, or belongs to another place or key."
        ) from None


def _checked(sealed: bytes, id_bytes: int) -> bytes:
    if sealed[:1] != _FORMAT or len(sealed) < 1 + id_bytes + _NONCE_BYTES + _TAG_BYTES:
        raise SealBrokenError("The encrypted value has another format.")
    return sealed
