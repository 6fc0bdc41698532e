"""Webhooks that manifests declare, kept in step with the versions that environments point at.

A webhook keeps its URL and its secrets for as long as the manifest names it, whatever else changes: senders
were given both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from codex32_server.features.triggers.models import Webhook
from codex32_server.features.triggers.repository import webhooks as repository
from codex32_server.features.triggers.repository.schedules import now
from codex32_server.features.triggers.service.webhooks import first_secret, unused_name
from codex32_server.kit.ids import new_id
from codex32_server.kit.manifest.schema import Trigger as Declaration
from codex32_server.storage.session import Tx


async def sync(
    tx: Tx, workspace_id: UUID, bot_id: UUID, scope: set[str | None], declarations: Sequence[Declaration]
) -> None:
    """Make the bot's webhooks of the environments in `scope` what the declarations among them say."""
    new = [one for one in declarations if one.webhook is not None and one.environment in scope]
    rows = await repository.of_bot(tx, workspace_id, bot_id, lock=True)
    old = [row for row in rows if row.origin == "manifest" and row.environment in scope]
    taken = {row.name for row in rows}
    pairs = pair(old, new)
    for row, declaration in pairs:
        values = columns(declaration)
        if any(getattr(row, name) != value for name, value in values.items()):
            await repository.change(tx, row, values)
    for row in [row for row in old if not any(row is used for used, _ in pairs)]:
        await repository.change(tx, row, {"deleted_at": await now(tx)})
    for declaration in [one for one in new if not any(one is used for _, used in pairs)]:
        name = declaration.name or unused_name(taken)
        taken.add(name)
        await repository.add(tx, _made(workspace_id, bot_id, name, declaration))


def pair(old: Sequence[Webhook], new: Sequence[Declaration]) -> list[tuple[Webhook, Declaration]]:
    """Which row goes on as which declaration: of the same name and environment, else of the same name.

    If one row and one declaration are left then, the webhook was renamed, and the row goes on as well.
    """
    rows, declarations = list(old), list(new)
    pairs: list[tuple[Webhook, Declaration]] = []
    for same in (_is_same, _has_name):
        for declaration in list(declarations):
            row = next((row for row in rows if same(row, declaration)), None)
            if row is not None:
                pairs.append((row, declaration))
                rows.remove(row)
                declarations.remove(declaration)
    if len(rows) == len(declarations) == 1:
        pairs.append((rows[0], declarations[0]))
    return pairs


def columns(declaration: Declaration) -> dict[str, Any]:
    """What a declaration says of its row."""
    webhook = declaration.webhook
    assert webhook is not None
    named = {} if declaration.name is None else {"name": declaration.name}
    return {
        **named,
        "environment": declaration.environment,
        "auth": webhook.auth,
        "answer": webhook.answer,
        "methods": list(webhook.methods),
        "payload": webhook.payload,
        "delivery_header": webhook.delivery_id,
        "timeout_seconds": webhook.timeout,
        "input": declaration.input,
        "declared": declaration.model_dump(mode="json"),
    }


def _said(row: Webhook) -> str | None:
    return cast("dict[str, Any]", row.declared or {}).get("name")


def _is_same(row: Webhook, declaration: Declaration) -> bool:
    return _said(row) == declaration.name and row.environment == declaration.environment


def _has_name(row: Webhook, declaration: Declaration) -> bool:
    return declaration.name is not None and _said(row) == declaration.name


def _made(workspace_id: UUID, bot_id: UUID, name: str, declaration: Declaration) -> Webhook:
    values = {"name": name, **columns(declaration)}
    return Webhook(
        id=new_id(),
        workspace_id=workspace_id,
        bot_id=bot_id,
        origin="manifest",
        secrets=first_secret(),
        **values,
    )
