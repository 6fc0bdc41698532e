"""Files of published prices: which is in use, and what it holds. They are the installation's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from codex32_server.storage.lean import LeanConnections
from codex32_server.storage.session import Tx

KEPT = 20
"""Older ones are forgotten; the ledger keeps their versions."""

_NEWEST = b"select version from llm_catalogues where package = %(package)s order by added_at desc limit 1"
_DOCUMENT = b"select document from llm_catalogues where package = %(package)s and version = %(version)s"
_CURRENT = text("""
select version, digest, source, models, added_at, checked_at from llm_catalogues
 where package = :package order by added_at desc limit 1
""")
_PUT = text("""
insert into llm_catalogues (version, package, digest, source, models, document, added_by)
values (:version, :package, :digest, :source, :models, :document, :added_by)
on conflict (package, digest) do update
   set added_at = now(), checked_at = now(), source = excluded.source, added_by = excluded.added_by
""")
_CHECKED = text("""
update llm_catalogues set checked_at = now() where package = :package and digest = :digest
""")
_TRIM = text("""
delete from llm_catalogues where (package, digest) not in (
  select package, digest from llm_catalogues order by added_at desc limit :kept)
""")


@dataclass(frozen=True, slots=True)
class Row:
    """A catalogue without its document."""

    version: str
    digest: str
    source: str
    models: int
    added_at: datetime
    checked_at: datetime


async def newest(lean: LeanConnections, package: str) -> str | None:
    """The version that is in use for a release of the package; None: the package's own."""
    rows = await lean.fetch(_NEWEST, {"package": package})
    return rows[0][0] if rows else None


async def document(lean: LeanConnections, package: str, version: str) -> bytes | None:
    """As it was put, compressed."""
    rows = await lean.fetch(_DOCUMENT, {"package": package, "version": version})
    return bytes(rows[0][0]) if rows else None


async def current(tx: Tx, package: str) -> Row | None:
    row = (await tx.execute(_CURRENT, {"package": package})).mappings().one_or_none()
    return Row(**row) if row else None


async def put(tx: Tx, values: dict[str, Any], added_by: UUID | None) -> None:
    """From now on in use; one that was there before is so again, under its own version."""
    await tx.execute(_PUT, {**values, "added_by": added_by})
    await tx.execute(_TRIM, {"kept": KEPT})


async def checked(tx: Tx, package: str, digest: str) -> None:
    """The source says the same as before."""
    await tx.execute(_CHECKED, {"package": package, "digest": digest})
