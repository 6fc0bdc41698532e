"""Schedules that manifests declare: kept in step with the versions that environments point at.

Which declarations count: one that names an environment counts from the version in that environment; one that
names none counts from `prod` if the bot has a version there, else from `dev`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from codex32_server.features.triggers.models import Trigger
from codex32_server.features.triggers.repository import schedules as repository
from codex32_server.features.triggers.service import declared_webhooks
from codex32_server.features.triggers.service.cron import next_slot
from codex32_server.features.triggers.service.schedules import unused_name
from codex32_server.kit.ids import new_id
from codex32_server.kit.manifest.schema import Manifest
from codex32_server.kit.manifest.schema import Trigger as Declaration
from codex32_server.storage.session import Tx

_TIMING = ("schedule", "timezone", "environment")


async def sync(tx: Tx, workspace_id: UUID, bot_id: UUID, environment: str, manifest: Manifest) -> None:
    """Make the bot's schedules what the manifest that `environment` points at now declares.

    An unchanged declaration keeps its row with everything a person did to it (pause, files, input); a changed
    one keeps pause and files; one that is gone is deleted; a new one begins from now.
    """
    effective = await _effective(tx, workspace_id, bot_id)
    scope: set[str | None] = {environment, None} if environment == effective else {environment}
    rows = await repository.of_bot(tx, workspace_id, bot_id, lock=True)
    old = [row for row in rows if row.origin == "manifest" and row.environment in scope]
    await declared_webhooks.sync(tx, workspace_id, bot_id, scope, manifest.triggers)
    new = [one for one in manifest.triggers if one.schedule is not None and one.environment in scope]
    moment = await repository.now(tx)
    taken = {row.name for row in rows}
    pairs = pair(old, new)
    for row, declaration in pairs:
        await _adopt(tx, row, declaration, moment)
    for row in _rest(old, [row for row, _ in pairs]):
        await repository.change(tx, row, {"deleted_at": moment, "next_fire_at": None})
    for declaration in _rest(new, [declaration for _, declaration in pairs]):
        await repository.add(tx, _made(workspace_id, bot_id, declaration, moment, taken))
    if old or new:
        await repository.announce(tx)


def pair(old: Sequence[Trigger], new: Sequence[Declaration]) -> list[tuple[Trigger, Declaration]]:
    """Which row goes on as which declaration: the same one, else of the same name, else of the same times.

    If one row and one declaration are left then, the schedule was edited, and the row goes on as well.
    """
    rows, declarations = list(old), list(new)
    pairs: list[tuple[Trigger, Declaration]] = []
    for same in (_is_same, _has_name, _has_times):
        for declaration in list(declarations):
            row = next((row for row in rows if same(row, declaration)), None)
            if row is not None:
                pairs.append((row, declaration))
                rows.remove(row)
                declarations.remove(declaration)
    if len(rows) == len(declarations) == 1:
        pairs.append((rows[0], declarations[0]))
    return pairs


def declared(declaration: Declaration) -> dict[str, Any]:
    """A declaration as it is remembered with its row."""
    return declaration.model_dump(mode="json", exclude={"webhook"})


def _said(row: Trigger) -> dict[str, Any]:
    return cast("dict[str, Any]", row.declared or {})


def _is_same(row: Trigger, declaration: Declaration) -> bool:
    return _said(row) == declared(declaration)


def _has_name(row: Trigger, declaration: Declaration) -> bool:
    return declaration.name is not None and _said(row).get("name") == declaration.name


def _has_times(row: Trigger, declaration: Declaration) -> bool:
    said = _said(row)
    return all(said.get(key) == getattr(declaration, key) for key in _TIMING)


async def _adopt(tx: Tx, row: Trigger, declaration: Declaration, moment: datetime) -> None:
    if _is_same(row, declaration):
        return
    said = _said(row)
    values: dict[str, Any] = {
        "declared": declared(declaration),
        "cron": declaration.schedule,
        "timezone": declaration.timezone,
        "misfire": declaration.misfire,
        "environment": declaration.environment,
    }
    if declaration.name is not None:
        values["name"] = declaration.name
    if said.get("input") != declaration.input:
        values["input"] = declaration.input
    cron = _cron(declaration)
    retimed = (row.cron, row.timezone) != (cron, declaration.timezone)
    if retimed and row.paused_at is None:
        values["next_fire_at"] = next_slot(cron, declaration.timezone, moment)
    await repository.change(tx, row, values)


def _made(
    workspace_id: UUID, bot_id: UUID, declaration: Declaration, moment: datetime, taken: set[str]
) -> Trigger:
    name = declaration.name or unused_name(taken)
    taken.add(name)
    return Trigger(
        id=new_id(),
        workspace_id=workspace_id,
        bot_id=bot_id,
        name=name,
        origin="manifest",
        environment=declaration.environment,
        cron=_cron(declaration),
        timezone=declaration.timezone,
        misfire=declaration.misfire,
        input=declaration.input,
        files={},
        declared=declared(declaration),
        next_fire_at=next_slot(_cron(declaration), declaration.timezone, moment),
    )


def _cron(declaration: Declaration) -> str:
    assert declaration.schedule is not None  # webhooks were left out before
    return declaration.schedule


def _rest(everything: Sequence[Any], used: Sequence[Any]) -> list[Any]:
    return [item for item in everything if not any(item is other for other in used)]


async def _effective(tx: Tx, workspace_id: UUID, bot_id: UUID) -> str:
    """The environment that runs use which name none."""
    return "prod" if await repository.has_environment(tx, workspace_id, bot_id, "prod") else "dev"
