"""What became of the times at which schedules were due: from their slots, not from their expressions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from codex32_server.features.triggers.calendar_schemas import PastDay, PastDense, PastSlot, PastView
from codex32_server.features.triggers.repository import looking
from codex32_server.features.triggers.service.calendar import (
    A_DAY,
    MOST_FIRES,
    MOST_SCHEDULES,
    fires_a_day,
)
from codex32_server.storage.session import Tx

MOST_DENSE = 100


async def past(
    tx: Tx, workspace_id: UUID, bot_id: UUID | None, since: datetime, until: datetime, zone: str
) -> PastView:
    """Slots from `since` up to before `until`; days are those of `zone`."""
    found = await looking.due(tx, workspace_id, bot_id, since, until, MOST_SCHEDULES + 1)
    told = {row.id: row for row in found[:MOST_SCHEDULES]}
    dense = [key for key, row in told.items() if fires_a_day(row.cron) > A_DAY]
    rare = [key for key in told if key not in set(dense)]
    slots = await looking.slots(tx, workspace_id, rare, since, until, MOST_FIRES + 1)
    shown = slots[-MOST_FIRES:]
    return PastView(
        since=since,
        until=until,
        slots=[_slot(row, told[row.trigger_id]) for row in shown],
        dense=await _dense(
            tx, workspace_id, {key: told[key] for key in dense[:MOST_DENSE]}, since, until, zone
        ),
        truncated=len(slots) > MOST_FIRES or len(found) > MOST_SCHEDULES or len(dense) > MOST_DENSE,
    )


async def _dense(
    tx: Tx, workspace_id: UUID, told: Mapping[UUID, Row[Any]], since: datetime, until: datetime, zone: str
) -> list[PastDense]:
    if not told:
        return []
    rows, failed = await looking.counted(tx, workspace_id, list(told), since, until, zone)
    days: dict[UUID, list[PastDay]] = defaultdict(list)
    for row in rows:
        days[row.trigger_id].append(
            PastDay(
                day=row.day,
                due=row.due,
                fired=row.fired,
                skipped=row.skipped,
                refused=row.refused,
                failed=failed.get((row.trigger_id, row.day), 0),
            )
        )
    return [
        PastDense(
            schedule_id=key,
            name=told[key].name,
            bot_id=told[key].bot_id,
            bot_name=told[key].bot_name,
            deleted=told[key].deleted,
            cron=told[key].cron,
            days=found,
        )
        for key, found in days.items()
    ]


def _slot(row: Row[Any], schedule: Row[Any]) -> PastSlot:
    return PastSlot(
        at=row.slot,
        schedule_id=schedule.id,
        name=schedule.name,
        bot_id=schedule.bot_id,
        bot_name=schedule.bot_name,
        deleted=schedule.deleted,
        outcome=row.outcome,
        detail=row.detail,
        run_id=row.run_id,
        run_status=row.run_status,
    )
