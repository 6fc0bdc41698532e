"""Settlements name their counters by a shorter way than reservations: both must find the same ones."""

from __future__ import annotations

from uuid import UUID

import pytest
from codex32_server.kit.ids import new_id
from sqlalchemy import text
from support.postgres import DatabaseUnderTest

_BOTH = text("""
    select budget_candidates(:ws, :member, :bot, :run, :key, m.moment) as quick,
           (select array_agg(budget_counter(s.scope, s.subject, p.period, :run, m.moment))
              from (values ('workspace', cast(:ws as uuid)), ('person', :member), ('bot', :bot),
                           ('run', :run), ('key', :key)) s(scope, subject),
                   (values ('run'), ('day'), ('month'), ('total')) p(period)
             where s.subject is not null and (p.period <> 'run' or cast(:run as uuid) is not null)) as plain
      from unnest(array['2026-12-31 23:59:59.9+00', '2027-01-01 00:30+02', '2028-02-29 12:00+00']
                  ::timestamptz[]) m(moment)
""")


@pytest.mark.parametrize(
    "known", ["", "member", "bot", "run", "key", "member bot run key", "bot run", "member key"]
)
async def test_both_ways_name_the_same_counters(database: DatabaseUnderTest, known: str) -> None:
    who: dict[str, UUID | None] = dict.fromkeys(("member", "bot", "run", "key"))
    who |= {name: new_id() for name in known.split()}
    async with database.owner.transaction(None) as tx:
        rows = (await tx.execute(_BOTH, {"ws": new_id(), **who})).all()
    assert len(rows) == 3
    for row in rows:
        assert sorted(row.quick) == sorted(row.plain)
