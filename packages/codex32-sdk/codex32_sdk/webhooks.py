"""Webhooks: their calls and models. The other requests of API v1 are in `calls`."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from codex32_sdk.calls import Call
from codex32_sdk.models import Model, Page


class Webhook(Model):
    """A URL that starts runs of a bot."""

    id: str
    name: str
    url: str
    auth: str
    answer: str = "async"
    methods: list[str]
    payload: str = "body"
    bot_id: str | None = None
    bot_name: str | None = None
    environment: str | None = None
    origin: str | None = None
    paused: bool = False
    secret_shown: bool = True
    old_secrets: int = 0


class WebhookSecret(Model):
    """A webhook with its secret, which the server does not show again."""

    webhook: Webhook
    secret: str | None = None


class Delivery(Model):
    """One request to a webhook."""

    id: str
    outcome: str
    http_status: int
    code: str | None = None
    detail: str = ""
    run_id: str | None = None
    method: str = ""
    size: int = 0
    latency_ms: float = 0
    test: bool = False
    created_at: datetime


class Trial(Model):
    """What a test of a webhook started."""

    run_id: str


def list_webhooks(*, bot: str | None = None, cursor: str | None = None) -> Call[Page[Webhook]]:
    """Webhooks with their URLs, newest first."""
    params = {name: value for name, value in (("bot", bot), ("cursor", cursor)) if value is not None}
    return Call("GET", "/webhooks", Page[Webhook].model_validate, params)


def create_webhook(bot: str, **settings: Any) -> Call[WebhookSecret]:
    """A URL that starts runs of `bot`; `settings` as in the API, None for the default."""
    body = {"bot": bot} | {name: value for name, value in settings.items() if value is not None}
    return Call("POST", "/webhooks", WebhookSecret.model_validate, body=body)


def update_webhook(webhook_id: str, **changes: Any) -> Call[Webhook]:
    """Change the named members."""
    return Call("PATCH", _path(webhook_id), Webhook.model_validate, body=changes)


def delete_webhook(webhook_id: str) -> Call[None]:
    """Its URL is unknown from then on."""
    return Call("DELETE", _path(webhook_id), lambda _: None)


def pause_webhook(webhook_id: str) -> Call[Webhook]:
    """It answers 503 until it is resumed."""
    return Call("POST", _path(webhook_id, "pause"), Webhook.model_validate)


def resume_webhook(webhook_id: str) -> Call[Webhook]:
    """It takes deliveries again."""
    return Call("POST", _path(webhook_id, "resume"), Webhook.model_validate)


def rotate_webhook(
    webhook_id: str, *, url: bool = False, keep_secret: bool = False, grace: int | None = None
) -> Call[WebhookSecret]:
    """Another secret (and URL, or with `keep_secret` only that); the old secret stays valid for `grace`
    seconds, a day if not given.
    """
    body: dict[str, Any] = {"url": url} | ({} if grace is None else {"grace": grace})
    if keep_secret:
        body["keep_secret"] = True
    return Call("POST", _path(webhook_id, "rotate"), WebhookSecret.model_validate, body=body)


def reveal_webhook_secret(webhook_id: str) -> Call[WebhookSecret]:
    """The secret of a webhook that a manifest declared, once."""
    return Call("POST", _path(webhook_id, "secret"), WebhookSecret.model_validate)


def try_webhook(webhook_id: str, **delivery: Any) -> Call[Trial]:
    """Start a run as a delivery with this `body` (and `query`, `headers`) would."""
    return Call("POST", _path(webhook_id, "test"), Trial.model_validate, body=delivery)


def list_deliveries(
    webhook_id: str, *, limit: int | None = None, outcome: str | None = None
) -> Call[Page[Delivery]]:
    """What was delivered lately, newest first; `outcome` is accepted, repeated or refused."""
    params = {} if limit is None else {"limit": str(limit)}
    if outcome is not None:
        params["outcome"] = outcome
    return Call("GET", _path(webhook_id, "deliveries"), Page[Delivery].model_validate, params)


def _path(webhook_id: str, *below: str) -> str:
    return "/".join(("/webhooks", quote(webhook_id, safe=""), *below))
