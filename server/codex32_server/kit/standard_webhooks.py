"""Signatures of Standard Webhooks 1.0 (standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`.

Small enough to have no dependency; held to the specification's own vectors by its test. Only the symmetric
scheme (`v1`) is here.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Iterable, Mapping
from typing import Final

ID: Final = "webhook-id"
TIMESTAMP: Final = "webhook-timestamp"
SIGNATURE: Final = "webhook-signature"
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - how secrets begin, not one
TOLERANCE: Final = 300.0
"""Seconds by which the timestamp may differ from our clock: what is older could be a replay."""
_MOST_SIGNATURES = 20
_ID = re.compile(r"[\x21-\x7e]{1,255}")


class SignatureError(Exception):
    """A delivery that is not signed as it must be; the text is for people. `code` is stable."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def secret_text(key: bytes) -> str:
    """A key as senders are given it."""
    return SECRET_PREFIX + base64.b64encode(key).decode()


def secret_key(text: str) -> bytes:
    """The key behind `whsec_…`. Raises ValueError."""
    try:
        return base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a signing secret is base64") from error


def sign(key: bytes, delivery_id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`."""
    signed = f"{delivery_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def verify(keys: Iterable[bytes], headers: Mapping[str, str], body: bytes, now: float) -> str:
    """The id of a delivery that one of the keys signed.

    `headers` have names in lower case; `now` is Unix time. Compares in constant time. Raises SignatureError.
    """
    missing = [name for name in (ID, TIMESTAMP, SIGNATURE) if not headers.get(name)]
    if missing:
        raise SignatureError("signature_missing", f"The header {missing[0]} is missing.")
    delivery_id, stamp = headers[ID], headers[TIMESTAMP]
    if not _ID.fullmatch(delivery_id):
        raise SignatureError("signature_invalid", "webhook-id is not 1 to 255 printable ASCII characters.")
    if not re.fullmatch(r"[0-9]{1,12}", stamp):
        raise SignatureError("signature_invalid", "webhook-timestamp is not a Unix time in seconds.")
    late = now - int(stamp)
    if abs(late) > TOLERANCE:
        when = f"{abs(late):.0f} seconds {'old' if late > 0 else 'ahead'}"
        raise SignatureError(
            "signature_expired", f"The delivery is {when}; {TOLERANCE:.0f} seconds are allowed."
        )
    presented = [part.encode() for part in headers[SIGNATURE].split(" ")[:_MOST_SIGNATURES]]
    for key in keys:
        wanted = sign(key, delivery_id, int(stamp), body).encode()
        # Signed is the text that was sent: a timestamp such as 0017 is another one.
        if str(int(stamp)) == stamp and any(hmac.compare_digest(wanted, one) for one in presented):
            return delivery_id
    raise SignatureError("signature_invalid", "No signature fits the body and a valid secret.")
