"""Whether a delivery may start a run: method, signature or token, and by which id repeats are known. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from codex32_server.features.triggers.errors import DeliveryIdError, HookMethodError, HookUnauthenticatedError
from codex32_server.features.triggers.service.keys import WebhookKeys
from codex32_server.features.triggers.service.payload import Delivery
from codex32_server.kit import standard_webhooks
from codex32_server.kit.standard_webhooks import SignatureError

TOKEN_HEADER = "x-codex32-token"  # noqa: S105 - the header's name
_KEY = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?")


class Protected(Protocol):
    """What verifying needs to know of a webhook."""

    @property
    def id(self) -> UUID: ...
    @property
    def auth(self) -> str: ...
    @property
    def methods(self) -> Sequence[str]: ...
    @property
    def delivery_header(self) -> str | None: ...


def verify(
    keys: WebhookKeys, webhook: Protected, generations: Sequence[int], delivery: Delivery, now: float
) -> str | None:
    """The id by which a repeat of this delivery is known; None if it has none.

    `generations` are those of the secrets that are valid; `now` is Unix time. Raises HookMethodError,
    HookUnauthenticatedError, DeliveryIdError.
    """
    if delivery.method not in webhook.methods:
        raise HookMethodError(f"{delivery.method} is not a method of this webhook.", webhook.methods)
    if webhook.auth == "signature":
        signing = (keys.signing_key(webhook.id, generation) for generation in generations)
        try:
            return standard_webhooks.verify(signing, delivery.headers, delivery.body, now)
        except SignatureError as error:
            raise HookUnauthenticatedError(error.detail) from error
    if webhook.auth == "token":
        presented = _token_of(delivery)
        if presented is None:
            raise HookUnauthenticatedError("There is no token in Authorization or X-Codex32-Token.")
        if not keys.is_token(presented, webhook.id, generations):
            raise HookUnauthenticatedError("The token is not valid.")
    return _delivery_key(webhook, delivery)


def _token_of(delivery: Delivery) -> str | None:
    own = delivery.headers.get(TOKEN_HEADER)
    if own is not None:
        return own.strip()
    kind, _, value = delivery.headers.get("authorization", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" and value.strip() else None


def _delivery_key(webhook: Protected, delivery: Delivery) -> str | None:
    named = webhook.delivery_header
    given = delivery.headers.get(named or standard_webhooks.ID)
    if given is None:
        if named is not None:
            raise DeliveryIdError(f"The header {named} is missing.")
        return None
    if not _KEY.fullmatch(given):
        raise DeliveryIdError("The id of the delivery is not 1 to 255 printable ASCII characters.")
    return given
