"""Addresses, signing secrets and tokens of webhooks, derived from the installation's key: nothing is stored.

An address carries the webhook's id, its generation and a code over both, so that an address that was never
given out is refused without asking the database. A secret belongs to a webhook and a generation; which
generations are valid is in the webhook's row. Who holds the database alone can forge nothing.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from codex32_server.kit.standard_webhooks import secret_text

TOKEN_PREFIX: Final = "c32h_"  # noqa: S105 - how tokens begin, not one
PATH: Final = "/hooks/"
_HEAD = struct.Struct(">16sH")
_CODE = 14
"""Bytes of the code in an address: 112 bits."""
_LENGTH = 43
"""Characters of an address: 32 bytes in base64 without padding."""


@dataclass(frozen=True)
class Address:
    """What a URL says it is, once its code was checked."""

    webhook_id: UUID
    generation: int


class WebhookKeys:
    """Everything secret about webhooks, made from one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def address(self, webhook_id: UUID, generation: int) -> str:
        """The last part of a webhook's URL."""
        head = _HEAD.pack(webhook_id.bytes, generation)
        return base64.urlsafe_b64encode(head + self._code(head)).decode().rstrip("=")

    def read_address(self, text: str) -> Address | None:
        """None for what was never given out."""
        if len(text) != _LENGTH or not text.isascii():
            return None
        try:
            data = base64.b64decode(text + "=", altchars=b"-_", validate=True)
        except binascii.Error:
            return None
        head, code = data[: _HEAD.size], data[_HEAD.size :]
        if not hmac.compare_digest(self._code(head), code):
            return None
        identifier, generation = _HEAD.unpack(head)
        return Address(UUID(bytes=identifier), generation)

    def signing_key(self, webhook_id: UUID, generation: int) -> bytes:
        return self._derive(b"sign", webhook_id, generation)

    def secret(self, auth: str, webhook_id: UUID, generation: int) -> str | None:
        """What a sender must be given: a signing secret, a token, or nothing."""
        if auth == "signature":
            return secret_text(self.signing_key(webhook_id, generation))
        return self._token(webhook_id, generation) if auth == "token" else None

    def is_token(self, presented: str, webhook_id: UUID, generations: Sequence[int]) -> bool:
        """Whether a token is that of one of the generations; compares in constant time."""
        given = presented.encode("utf-8", "surrogatepass")
        found = False
        for generation in generations:
            found |= hmac.compare_digest(self._token(webhook_id, generation).encode(), given)
        return found

    def _token(self, webhook_id: UUID, generation: int) -> str:
        value = self._derive(b"token", webhook_id, generation)
        return TOKEN_PREFIX + base64.urlsafe_b64encode(value).decode().rstrip("=")

    def _code(self, head: bytes) -> bytes:
        return hmac.digest(self._key, b"address|" + head, "sha256")[:_CODE]

    def _derive(self, purpose: bytes, webhook_id: UUID, generation: int) -> bytes:
        return hmac.digest(self._key, purpose + b"|" + _HEAD.pack(webhook_id.bytes, generation), "sha256")

    def __repr__(self) -> str:
        return "WebhookKeys(***)"
