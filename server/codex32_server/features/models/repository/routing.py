"""What every request asks for, in one statement on a bare connection: providers, the alias, sealed keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from codex32_server.features.secrets.facade import Sealed, sealed_join
from codex32_server.storage.lean import LeanConnections

_PROVIDERS = f"""
select p.name, p.kind, p.base_url, p.secret, p.headers::text, p.options::text, p.catalogue, p.free,
       p.models::text, p.requests_per_minute, p.concurrency, sealed.version, sealed.sealed, sealed.key_id,
       sealed.wrapped,
       (select jsonb_object_agg(m.model, jsonb_build_object('context', m.context_tokens,
               'output', m.most_output_tokens, 'prices', m.prices))
          from llm_models m where m.workspace_id = p.workspace_id and m.provider = p.name)::text
  from llm_providers p
  {sealed_join("p.workspace_id", "p.secret")}
 where p.workspace_id = caller.workspace_id and p.enabled
"""  # noqa: S608 - nothing from outside
_ASKED = f"""
select (select a.targets::text from llm_aliases a
         where a.workspace_id = caller.workspace_id and a.name = %(asked)s) as targets, providers.*
  from (select speak_for(%(workspace)s) as workspace_id offset 0) caller
  left join lateral ({_PROVIDERS} order by p.created_at, p.name) providers on true
""".encode()  # noqa: S608
"""Both joins are lateral, so that they run after `speak_for` set what row-level security compares with."""
_ALIASES = b"""
select aliases.* from (select speak_for(%(workspace)s) as workspace_id offset 0) caller
  join lateral (select a.name, a.targets::text from llm_aliases a
                 where a.workspace_id = caller.workspace_id order by a.name) aliases on true
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """A provider as one request needs it. The key is still sealed."""

    name: str
    kind: str
    base_url: str
    secret: str | None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    options: dict[str, Any] = field(default_factory=dict[str, Any])
    catalogue: str | None = None
    free: bool = False
    models: Sequence[str] | None = None
    requests_per_minute: int | None = None
    concurrency: int | None = None
    sealed: Sealed | None = field(default=None, repr=False)
    said: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """Model → what the workspace said about it: context, output, prices."""


async def asked(
    lean: LeanConnections, workspace_id: UUID, name: str
) -> tuple[list[Stored], list[dict[str, str]] | None]:
    """The workspace's providers that are switched on, oldest first, and the targets of the alias `name`."""
    rows = await lean.fetch(_ASKED, {"workspace": workspace_id, "asked": name})
    targets = orjson.loads(rows[0][0]) if rows and rows[0][0] is not None else None
    return [_stored(row[1:]) for row in rows if row[1] is not None], targets


async def all_aliases(lean: LeanConnections, workspace_id: UUID) -> list[tuple[str, list[dict[str, str]]]]:
    """By name."""
    rows = await lean.fetch(_ALIASES, {"workspace": workspace_id})
    return [(str(row[0]), orjson.loads(row[1])) for row in rows]


def _stored(row: Sequence[Any]) -> Stored:
    sealed = Sealed(row[11], row[12], row[13], row[14]) if row[11] is not None else None
    return Stored(
        name=row[0],
        kind=row[1],
        base_url=row[2],
        secret=row[3],
        headers=orjson.loads(row[4]),
        options=orjson.loads(row[5]),
        catalogue=row[6],
        free=row[7],
        models=orjson.loads(row[8]) if row[8] is not None else None,
        requests_per_minute=row[9],
        concurrency=row[10],
        sealed=sealed,
        said=orjson.loads(row[15]) if row[15] is not None else {},
    )
