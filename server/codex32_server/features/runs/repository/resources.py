"""Samples of what runs use: stored by workers, thinned out by the scheduler, read for a run or a service."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from codex32_server.features.runs.schemas import NewSample
from codex32_server.storage.session import Tx

_RECORD = text(
    """
    insert into resource_samples (workspace_id, run_id, at, step, service_id, cpu_seconds, memory, processes,
                                  bytes_in, bytes_out)
    select n.workspace_id, n.run_id, statement_timestamp(), n.step,
           (select r.trigger_id from runs r where r.id = n.run_id and r.trigger_kind = 'service'),
           n.cpu_seconds, n.memory, n.processes, n.bytes_in, n.bytes_out
      from unnest(cast(:workspace_id as uuid[]), cast(:run_id as uuid[]), cast(:step as int[]),
                  cast(:cpu_seconds as float8[]), cast(:memory as bigint[]), cast(:processes as int[]),
                  cast(:bytes_in as bigint[]), cast(:bytes_out as bigint[]))
           as n(workspace_id, run_id, step, cpu_seconds, memory, processes, bytes_in, bytes_out)
    on conflict do nothing
    """
)
_THIN = text(
    """
    with old as (
      delete from resource_samples
       where (workspace_id, run_id, at, step) in (
         select workspace_id, run_id, at, step from resource_samples
          where step >= :from_step and step < :to_step
            and at < date_bin(make_interval(secs => :to_step), now() - cast(:age as interval), 'epoch')
          limit :limit)
      returning *
    ), thinned as (
      insert into resource_samples as s (workspace_id, run_id, at, step, service_id, cpu_seconds, memory,
                                         processes, bytes_in, bytes_out)
      select workspace_id, run_id, date_bin(make_interval(secs => :to_step), at, 'epoch'), :to_step,
             (array_agg(service_id))[1], sum(cpu_seconds), max(memory), max(processes), sum(bytes_in),
             sum(bytes_out)
        from old group by 1, 2, 3
      on conflict (workspace_id, run_id, at, step) do update
         set cpu_seconds = s.cpu_seconds + excluded.cpu_seconds,
             memory = greatest(s.memory, excluded.memory),
             processes = greatest(s.processes, excluded.processes),
             bytes_in = s.bytes_in + excluded.bytes_in, bytes_out = s.bytes_out + excluded.bytes_out
    )
    select count(*) from old
    """
)
_FORGET = text(
    """
    with old as (
      delete from resource_samples
       where (workspace_id, run_id, at, step) in (
         select workspace_id, run_id, at, step from resource_samples
          where step >= 3600 and at < now() - cast(:age as interval) limit :limit)
      returning 1
    )
    select count(*) from old
    """
)
_OF_RUN = text(
    """
    select at, step, cpu_seconds, memory, processes, bytes_in, bytes_out from resource_samples
     where workspace_id = :workspace_id and run_id = :run_id and at > :after
     order by at limit :limit
    """
)
_OF_SERVICE = text(
    """
    with of_run as (
      select run_id, date_bin('10 seconds', at, 'epoch') as tick, min(at) as first, max(at) as last,
             max(step) as longest, sum(cpu_seconds) as cpu, max(memory) as memory,
             max(processes) as processes, sum(bytes_in) as came, sum(bytes_out) as went
        from resource_samples
       where workspace_id = :workspace_id and service_id = :service_id and at > :after
       group by 1, 2
    ), together as (
      select tick, min(first) as first, max(last) as last, max(longest) as longest, sum(cpu) as cpu,
             sum(memory) as memory, sum(processes) as processes, sum(came) as came, sum(went) as went
        from of_run group by 1
    )
    select date_bin(make_interval(secs => :step), tick, 'epoch') as bucket,
           least(:step, extract(epoch from max(last) - min(first)) + max(longest))::float8 as step,
           sum(cpu) as cpu_seconds, max(memory)::bigint as memory, max(processes)::int as processes,
           sum(came)::bigint as bytes_in, sum(went)::bigint as bytes_out
      from together
     group by 1 order by 1 limit :limit
    """
)
"""Replicas are added up where they lived at the same time; one that was restarted is not two. `step` is what
was measured of an interval: a service may be younger than it.
"""
_COLUMNS = ("workspace_id", "run_id", "cpu_seconds", "memory", "processes", "bytes_in", "bytes_out")


async def record(tx: Tx, samples: Sequence[NewSample]) -> None:
    """Store samples of any workspace, at the database's time; of a service's life under the service too."""
    columns: dict[str, list[Any]] = {name: [getattr(sample, name) for sample in samples] for name in _COLUMNS}
    steps = [max(1, round(sample.seconds)) for sample in samples]
    await tx.execute(_RECORD, columns | {"step": steps})


async def thin(tx: Tx, from_step: int, to_step: int, age: timedelta, limit: int) -> int:
    """Put samples older than `age` together to one for each `to_step` seconds; how many were taken."""
    values = {"from_step": from_step, "to_step": to_step, "age": age, "limit": limit}
    return int(await tx.scalar(_THIN, values) or 0)


async def forget(tx: Tx, age: timedelta, limit: int) -> int:
    """Remove what is older than `age`; how many."""
    return int(await tx.scalar(_FORGET, {"age": age, "limit": limit}) or 0)


async def of_run(tx: Tx, workspace_id: UUID, run_id: UUID, after: datetime, limit: int) -> Sequence[Any]:
    """Samples of a run, oldest first."""
    values = {"workspace_id": workspace_id, "run_id": run_id, "after": after, "limit": limit}
    return (await tx.execute(_OF_RUN, values)).all()


async def of_service(
    tx: Tx, workspace_id: UUID, service_id: UUID, after: datetime, step: int, limit: int
) -> Sequence[Any]:
    """All replicas together, in intervals of `step` seconds, oldest first."""
    values = {"workspace_id": workspace_id, "service_id": service_id, "after": after}
    return (await tx.execute(_OF_SERVICE, values | {"step": step, "limit": limit})).all()
