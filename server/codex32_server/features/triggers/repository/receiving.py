"""What a delivery needs of the database, each in one statement on a lean connection.

`find` is the one look across workspaces; everything after it speaks for the workspace that it found. A join
is lateral, or a part is materialised, wherever the workspace must be set before row-level security compares
with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

import orjson

from codex32_server.kit.ids import new_id
from codex32_server.queue.entries import NewRun
from codex32_server.queue.submit import SUBMIT_GRANTED, run_values
from codex32_server.storage.lean import LeanConnections

_FIND: LiteralString = """
select asked.*, runnable.*
  from find_webhook(%(webhook_id)s) asked left join lateral ({runnable}) runnable on true
"""
_SPEAKING: LiteralString = """
with speaking as materialized (
  select set_config('app.workspace_id', %(workspace_id)s::text, true) as done
)"""
_DELIVERY: LiteralString = """
insert into webhook_deliveries (id, workspace_id, webhook_id, delivery_key, outcome, http_status, code,
                                detail, run_id, method, size, latency_ms, test)
select %(delivery_id)s::uuid, %(workspace_id)s::uuid, %(webhook_id)s::uuid, %(delivery_key)s::text,
       %(outcome)s::text, %(http_status)s::int, %(code)s::text, %(detail)s::text, %(run_id)s::uuid,
       %(method)s::text, %(size)s::int, %(latency_ms)s::float8, %(test)s::bool
  from speaking
"""
_ACCEPT = f"""{_SPEAKING}, granted as ({_DELIVERY}
  on conflict (webhook_id, delivery_key) where outcome = 'accepted' and delivery_key is not null do nothing
  returning id
), {SUBMIT_GRANTED}""".encode()
"""The delivery and its run, or neither: no row if the sender's id was delivered before. One commit."""
_RECORD = f"{_SPEAKING} {_DELIVERY} returning id".encode()
_EARLIER = b"""
select d.run_id
  from (select set_config('app.workspace_id', %(workspace_id)s::text, true)::uuid as id offset 0) workspace
 cross join lateral (
   select run_id from webhook_deliveries
    where workspace_id = workspace.id and webhook_id = %(webhook_id)s and delivery_key = %(delivery_key)s
      and outcome = 'accepted' limit 1) d
"""


class FoundWebhook(NamedTuple):
    """A webhook as a delivery meets it: the columns of find_webhook."""

    id: UUID
    workspace_id: UUID
    bot_id: UUID
    environment: str | None
    auth: str
    answer: str
    methods: list[str]
    payload: str
    delivery_header: str | None
    timeout_seconds: int
    fixed: str
    address_generation: int
    secrets: str
    paused: bool
    moment: datetime
    """The database's clock."""

    @property
    def fixed_input(self) -> dict[str, Any]:
        """Arguments that the sender cannot change."""
        return orjson.loads(self.fixed)

    def generations(self) -> list[int]:
        """Of the secrets that are valid now, newest first."""
        listed: list[dict[str, Any]] = orjson.loads(self.secrets)
        return [
            one["generation"]
            for one in listed
            if one["expires_at"] is None or datetime.fromisoformat(one["expires_at"]) > self.moment
        ]


_WIDTH = len(FoundWebhook._fields)


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery as it is recorded."""

    workspace_id: UUID
    webhook_id: UUID
    delivery_key: str | None
    outcome: str
    http_status: int
    method: str
    size: int
    latency_ms: float
    run_id: UUID | None = None
    code: str | None = None
    detail: str = ""
    test: bool = False


async def find(
    lean: LeanConnections, runnable: LiteralString, webhook_id: UUID
) -> tuple[FoundWebhook, Sequence[Any]] | None:
    """A webhook that is not deleted, and the columns of the `runnable` statement for its bot."""
    rows = await lean.fetch(_find(runnable), {"webhook_id": webhook_id})
    if not rows:
        return None
    return FoundWebhook(*rows[0][:_WIDTH]), rows[0][_WIDTH:]


async def accept(lean: LeanConnections, delivery: DeliveryRow, run: NewRun) -> UUID | None:
    """Record a delivery and queue its run; the delivery's id, or None if it was accepted before."""
    delivery_id = new_id()
    values = {**asdict(delivery), **run_values(run), "delivery_id": delivery_id}
    rows = await lean.fetch(_ACCEPT, values, repeatable=False)
    return delivery_id if rows else None


async def earlier_run(lean: LeanConnections, workspace_id: UUID, webhook_id: UUID, key: str) -> UUID | None:
    """The run of the accepted delivery with that id."""
    values = {"workspace_id": workspace_id, "webhook_id": webhook_id, "delivery_key": key}
    rows = await lean.fetch(_EARLIER, values)
    return rows[0][0] if rows else None


async def record(lean: LeanConnections, delivery: DeliveryRow) -> UUID:
    """Write down a delivery that starts no run."""
    delivery_id = new_id()
    await lean.fetch(_RECORD, {**asdict(delivery), "delivery_id": delivery_id}, repeatable=False)
    return delivery_id


@cache
def _find(runnable: LiteralString) -> bytes:
    return _FIND.format(runnable=runnable).encode()
