"""Webhooks as people handle them: make, change, rotate, reveal, delete. Deliveries are in `receiving`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.triggers.errors import (
    NoSecretError,
    SecretShownError,
    TooManyWebhooksError,
    WebhookInManifestError,
    WebhookNameTakenError,
    WebhookNotFoundError,
)
from codex32_server.features.triggers.models import Webhook, WebhookDelivery
from codex32_server.features.triggers.repository import webhooks as repository
from codex32_server.features.triggers.repository.schedules import now
from codex32_server.features.triggers.schemas import (
    DeliveryView,
    NewWebhook,
    RotateRequest,
    WebhookChange,
    WebhookView,
)
from codex32_server.features.triggers.service.keys import PATH, WebhookKeys
from codex32_server.kit import json_schema
from codex32_server.kit.errors import FieldProblem, InvalidInputError
from codex32_server.kit.ids import new_id
from codex32_server.storage.session import Tx

MOST_OF_A_BOT = 100
_MOST_SECRETS = 5
"""Valid at one time, the newest included."""
_COLUMNS = {"delivery_id": "delivery_header", "timeout": "timeout_seconds"}
"""Fields whose columns have other names."""


class Webhooks:
    """Changes to webhooks, in the caller's transaction."""

    def __init__(self, keys: WebhookKeys, bots: BotsFacade) -> None:
        self._keys = keys
        self._bots = bots

    async def create(self, tx: Tx, workspace_id: UUID, new: NewWebhook, created_by: UUID | None) -> Webhook:
        """Raises BotNotFoundError, `no_published_version`, TooManyWebhooksError, WebhookNameTakenError."""
        bot = await self._bots.resolve(tx, workspace_id, new.bot, new.environment)
        _check_fixed(bot.input_schema, new.input)
        await repository.hold_names(tx, bot.bot_id)
        present = await repository.of_bot(tx, workspace_id, bot.bot_id)
        if len(present) >= MOST_OF_A_BOT:
            raise TooManyWebhooksError(f"The bot {bot.bot_name} has {len(present)} webhooks already.")
        _check_name(new.name, present)
        webhook = Webhook(
            id=new_id(),
            workspace_id=workspace_id,
            bot_id=bot.bot_id,
            name=new.name or unused_name({other.name for other in present}),
            origin="person",
            environment=new.environment,
            auth=new.auth,
            answer=new.answer,
            methods=list(new.methods),
            payload=new.payload,
            delivery_header=new.delivery_id,
            timeout_seconds=new.timeout,
            input=new.input,
            secrets=first_secret(),
            secret_shown_at=await now(tx),
            created_by=created_by,
        )
        await repository.add(tx, webhook)
        return webhook

    async def change(self, tx: Tx, workspace_id: UUID, webhook_id: UUID, change: WebhookChange) -> Webhook:
        """Raises WebhookNotFoundError, WebhookInManifestError, WebhookNameTakenError, InvalidInputError."""
        webhook = await self.locked(tx, workspace_id, webhook_id)
        given = change.model_dump(exclude_unset=True)
        paused = given.pop("paused", None)
        values = {
            _COLUMNS.get(name, name): value
            for name, value in given.items()
            if value is not None or name in ("environment", "delivery_id")
        }
        _refuse_manifest_keys(webhook, values)
        _check(webhook, values)
        if values.get("name", webhook.name) != webhook.name:
            await repository.hold_names(tx, webhook.bot_id)
            _check_name(values["name"], await repository.of_bot(tx, workspace_id, webhook.bot_id))
        if "input" in values:
            bot = await self._bots.resolve(tx, workspace_id, str(webhook.bot_id), webhook.environment)
            _check_fixed(bot.input_schema, change.input or {})
        if paused is not None and paused != (webhook.paused_at is not None):
            values["paused_at"] = await now(tx) if paused else None
        await repository.change(tx, webhook, values)
        return webhook

    async def rotate(
        self, tx: Tx, workspace_id: UUID, webhook_id: UUID, request: RotateRequest
    ) -> tuple[Webhook, str | None]:
        """With another secret, or URL, or both: with the secret, if that is a new one.

        Raises WebhookNotFoundError, NoSecretError.
        """
        webhook = await self.locked(tx, workspace_id, webhook_id)
        if webhook.auth == "none" and not request.url:
            raise NoSecretError("It is protected by its URL alone.")
        values: dict[str, Any] = {}
        if not request.keep_secret:
            moment = await now(tx)
            values["secrets"] = rotated(webhook.secrets, moment, timedelta(seconds=request.grace))
            values["secret_shown_at"] = moment
        if request.url:
            values["address_generation"] = webhook.address_generation + 1
        await repository.change(tx, webhook, values)
        return webhook, None if request.keep_secret else self.secret(webhook)

    async def reveal(self, tx: Tx, workspace_id: UUID, webhook_id: UUID) -> tuple[Webhook, str | None]:
        """The secret that nobody saw yet. Raises WebhookNotFoundError, NoSecretError, SecretShownError."""
        webhook = await self.locked(tx, workspace_id, webhook_id)
        if webhook.auth == "none":
            raise NoSecretError("It is protected by its URL alone.")
        if webhook.secret_shown_at is not None:
            raise SecretShownError(f"It was shown on {webhook.secret_shown_at:%Y-%m-%d at %H:%M} UTC.")
        await repository.change(tx, webhook, {"secret_shown_at": await now(tx)})
        return webhook, self.secret(webhook)

    async def delete(self, tx: Tx, workspace_id: UUID, webhook_id: UUID) -> None:
        """Raises WebhookNotFoundError or WebhookInManifestError."""
        webhook = await self.locked(tx, workspace_id, webhook_id)
        if webhook.origin == "manifest":
            raise WebhookInManifestError("It would come back with the next deployment.")
        await repository.change(tx, webhook, {"deleted_at": await now(tx)})

    async def locked(self, tx: Tx, workspace_id: UUID, webhook_id: UUID) -> Webhook:
        """Raises WebhookNotFoundError."""
        webhook = await repository.find(tx, workspace_id, webhook_id, lock=True)
        if webhook is None:
            raise WebhookNotFoundError(f"There is no webhook {webhook_id}.")
        return webhook

    def secret(self, webhook: Webhook) -> str | None:
        """The newest secret."""
        return self._keys.secret(webhook.auth, webhook.id, webhook.secrets[0]["generation"])

    def view(self, webhook: Webhook, bot_name: str, base_url: str, moment: datetime) -> WebhookView:
        """A webhook as everybody sees it."""
        address = self._keys.address(webhook.id, webhook.address_generation)
        return WebhookView.model_validate(
            {
                **{name: getattr(webhook, name) for name in _SHOWN},
                "bot_name": bot_name,
                "url": f"{base_url}{PATH}{address}",
                "delivery_id": webhook.delivery_header,
                "timeout": webhook.timeout_seconds,
                "paused": webhook.paused_at is not None,
                "secret_shown": webhook.secret_shown_at is not None,
                "old_secrets": len(_valid(webhook.secrets[1:], moment)),
            }
        )


_SHOWN = (
    *("id", "bot_id", "name", "auth", "answer", "methods", "payload", "environment", "input", "origin"),
    "created_at",
)


def first_secret() -> list[dict[str, Any]]:
    """The secrets of a new webhook."""
    return [{"generation": 1, "expires_at": None}]


def rotated(secrets: Any, moment: datetime, grace: timedelta) -> list[dict[str, Any]]:
    """A further generation before the others, which end after `grace` at the latest; the oldest fall out."""
    listed = cast("list[dict[str, Any]]", secrets)
    end = moment + grace
    kept: list[dict[str, Any]] = []
    for one in _valid(listed, moment):
        expires = one["expires_at"]
        sooner = expires is not None and datetime.fromisoformat(expires) < end
        kept.append(one if sooner else {**one, "expires_at": end.isoformat()})
    newest = {"generation": listed[0]["generation"] + 1, "expires_at": None}
    return [newest, *(kept if grace else [])][:_MOST_SECRETS]


def _valid(secrets: list[dict[str, Any]], moment: datetime) -> list[dict[str, Any]]:
    return [
        one
        for one in secrets
        if one["expires_at"] is None or datetime.fromisoformat(one["expires_at"]) > moment
    ]


def _refuse_manifest_keys(webhook: Webhook, values: Mapping[str, Any]) -> None:
    """Raises WebhookInManifestError for what a manifest says and a person would change here."""
    if webhook.origin != "manifest":
        return
    wrong = [name for name, value in values.items() if value != getattr(webhook, name)]
    if wrong:
        raise WebhookInManifestError(
            f"{' and '.join(wrong)} cannot be changed here: the bot's manifest says it.",
            fields=[FieldProblem(name, "is said by the bot's manifest") for name in wrong],
        )


def _check_fixed(schema: Mapping[str, Any], fixed: Mapping[str, Any]) -> None:
    """Raises InvalidInputError for fixed arguments that no delivery could complete to an input of the bot."""
    problems = json_schema.check({**schema, "required": []}, fixed)
    if problems:
        raise InvalidInputError(f"{problems[0].field} {problems[0].detail}.", fields=problems)


def _check(webhook: Webhook, values: Mapping[str, Any]) -> None:
    """Raises InvalidInputError for what does not fit together after a change."""
    auth = values.get("auth", webhook.auth)
    header = values.get("delivery_header", webhook.delivery_header)
    methods: list[str] = values.get("methods", webhook.methods)
    if auth == "signature" and header not in (None, "webhook-id"):
        raise InvalidInputError(
            "delivery_id cannot be chosen with auth = signature: webhook-id is signed.",
            fields=[FieldProblem("delivery_id", "must be null with auth = signature")],
        )
    if len(set(methods)) < len(methods):
        raise InvalidInputError(
            "A method is listed twice.", fields=[FieldProblem("methods", "lists a method twice")]
        )


def _check_name(name: str | None, present: Sequence[Webhook]) -> None:
    """Raises WebhookNameTakenError."""
    if any(other.name == name for other in present):
        raise WebhookNameTakenError(f"The bot has a webhook named {name!r} already.")


def unused_name(taken: set[str]) -> str:
    """`webhook`, `webhook-2`, … whichever is free."""
    number = 1
    while (name := "webhook" if number == 1 else f"webhook-{number}") in taken:
        number += 1
    return name


def delivery_view(row: WebhookDelivery) -> DeliveryView:
    return DeliveryView.model_validate(
        {
            **{name: getattr(row, name) for name in DeliveryView.model_fields if name != "delivery_id"},
            "delivery_id": row.delivery_key,
        }
    )
