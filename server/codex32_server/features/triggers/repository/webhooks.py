"""Every query of webhooks and their deliveries but for those on the way of a delivery (`receiving`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, Text, Uuid, and_, column, delete, func, select, table, text, update

from codex32_server.features.triggers.models import Webhook, WebhookDelivery
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

_BOTS = table("bots", column("id", Uuid()), column("workspace_id", Uuid()), column("name", Text()))
"""The one thing webhooks show of a bot is its name; the table itself belongs to `bots`."""

_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended(:what, 0))")
_FORGET = text(
    """
    delete from webhook_deliveries d
     using (select id, row_number() over (partition by webhook_id order by id desc) as place
              from webhook_deliveries where workspace_id = :workspace_id) ranked
     where d.id = ranked.id and d.workspace_id = :workspace_id
       and (d.created_at < now() - cast(:age as interval)
            or (ranked.place > :kept
                and (d.outcome <> 'accepted' or d.delivery_key is null
                     or d.created_at < now() - cast(:remembered as interval))))
    """
)
"""The newest are kept for people; an accepted one with an id also for as long as its sender may repeat it."""


async def find(tx: Tx, workspace_id: UUID, webhook_id: UUID, *, lock: bool = False) -> Webhook | None:
    """A webhook that is not deleted."""
    condition = (owned(Webhook, workspace_id), Webhook.id == webhook_id, Webhook.deleted_at.is_(None))
    query = select(Webhook).where(*condition)
    return await tx.scalar(query.with_for_update() if lock else query)


async def bot_name(tx: Tx, workspace_id: UUID, bot_id: UUID) -> str:
    query = select(_BOTS.c.name).where(_BOTS.c.workspace_id == workspace_id, _BOTS.c.id == bot_id)
    return await tx.scalar(query) or ""


async def newest_first(
    tx: Tx, workspace_id: UUID, bot_id: UUID | None, before: UUID | None, limit: int
) -> Sequence[tuple[Webhook, str]]:
    """Webhooks below the id `before`, each with its bot's name."""
    of_bot = and_(_BOTS.c.id == Webhook.bot_id, _BOTS.c.workspace_id == Webhook.workspace_id)
    query = (
        select(Webhook, func.coalesce(_BOTS.c.name, ""))
        .outerjoin(_BOTS, of_bot)
        .where(owned(Webhook, workspace_id), Webhook.deleted_at.is_(None))
    )
    if bot_id is not None:
        query = query.where(Webhook.bot_id == bot_id)
    if before is not None:
        query = query.where(Webhook.id < before)
    return [(row[0], row[1]) for row in await tx.execute(query.order_by(Webhook.id.desc()).limit(limit))]


async def of_bot(tx: Tx, workspace_id: UUID, bot_id: UUID, *, lock: bool = False) -> Sequence[Webhook]:
    """All webhooks of a bot, oldest first."""
    condition = (owned(Webhook, workspace_id), Webhook.bot_id == bot_id, Webhook.deleted_at.is_(None))
    query = select(Webhook).where(*condition).order_by(Webhook.id)
    return (await tx.scalars(query.with_for_update() if lock else query)).all()


async def hold_names(tx: Tx, bot_id: UUID) -> None:
    """Let nobody else name webhooks of this bot until the transaction ends."""
    await tx.execute(_ONE_AT_A_TIME, {"what": f"codex32.webhooks:{bot_id}"})


async def add(tx: Tx, webhook: Webhook) -> None:
    tx.add(webhook)
    await tx.flush()
    await tx.refresh(webhook)


async def change(tx: Tx, webhook: Webhook, values: Mapping[str, Any]) -> None:
    """Write some columns of a webhook, in the row and in the object."""
    for name, value in values.items():
        setattr(webhook, name, value)
    webhook.updated_at = func.now()  # pyright: ignore[reportAttributeAccessIssue]
    await tx.flush()
    await tx.refresh(webhook)


async def deliveries(
    tx: Tx, workspace_id: UUID, webhook_id: UUID, before: UUID | None, limit: int, outcome: str | None
) -> Sequence[WebhookDelivery]:
    """Newest first. So few are kept of each webhook that a filter needs no index of its own."""
    query = select(WebhookDelivery).where(
        owned(WebhookDelivery, workspace_id), WebhookDelivery.webhook_id == webhook_id
    )
    if before is not None:
        query = query.where(WebhookDelivery.id < before)
    if outcome is not None:
        query = query.where(WebhookDelivery.outcome == outcome)
    return (await tx.scalars(query.order_by(WebhookDelivery.id.desc()).limit(limit))).all()


async def note_answer(
    tx: Tx, workspace_id: UUID, delivery_id: UUID, status: int, code: str | None, latency_ms: float
) -> None:
    """How a synchronous delivery was answered in the end."""
    condition = (owned(WebhookDelivery, workspace_id), WebhookDelivery.id == delivery_id)
    values = {"http_status": status, "code": code, "latency_ms": latency_ms}
    await tx.execute(update(WebhookDelivery).where(*condition).values(**values))


async def forget_deliveries(
    tx: Tx, workspace_id: UUID, *, kept: int, remembered: timedelta, age: timedelta
) -> int:
    """Remove deliveries that nobody needs any more; how many."""
    values = {"workspace_id": workspace_id, "kept": kept, "remembered": remembered, "age": age}
    result = cast("CursorResult[Any]", await tx.execute(_FORGET, values))
    return result.rowcount


async def forget_orphans(tx: Tx, workspace_id: UUID) -> int:
    """Remove the deliveries of webhooks that are deleted."""
    living = select(Webhook.id).where(owned(Webhook, workspace_id), Webhook.deleted_at.is_(None))
    condition = (owned(WebhookDelivery, workspace_id), WebhookDelivery.webhook_id.not_in(living))
    result = cast("CursorResult[Any]", await tx.execute(delete(WebhookDelivery).where(*condition)))
    return result.rowcount
