"""Puts secrets into the headers of a request in place of the bot's placeholders. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from codex32_server.runtime.proxy.exchange import Headers
from codex32_server.runtime.proxy.grants import WireSecret

_BASIC = b"basic "


def injected(headers: Headers, secrets: Sequence[WireSecret]) -> Headers:
    """Where the header holds the placeholder (also inside of Basic credentials), the value takes its place;
    where the header is missing, the value is the header; another value of the bot's own stays.
    """
    for secret in secrets:
        name = secret.header.encode().lower()
        if any(one.lower() == name for one, _ in headers):
            headers = [
                (one, _replaced(text, secret) if one.lower() == name else text) for one, text in headers
            ]
        else:
            headers = [*headers, (secret.header.encode(), secret.value.encode())]
    return headers


def _replaced(text: bytes, secret: WireSecret) -> bytes:
    placeholder, value = secret.placeholder.encode(), secret.value.encode()
    if not placeholder:
        return text
    if text[: len(_BASIC)].lower() == _BASIC:
        try:
            pair = base64.b64decode(text[len(_BASIC) :].strip(), validate=True)
        except binascii.Error:
            return text
        return text[: len(_BASIC)] + base64.b64encode(pair.replace(placeholder, value))
    return text.replace(placeholder, value)
