"""Whether the database can be used now: it answers, and its schema is the one of this release."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import text

from codex32_server.storage.failures import DATABASE_ERRORS
from codex32_server.storage.session import Database

_REVISION = text("select version_num from alembic_version")
_PATIENCE = 2.0
_IS = re.compile(r'^revision = "(\w+)"', re.MULTILINE)
_FOLLOWS = re.compile(r'^down_revision = "(\w+)"', re.MULTILINE)


@dataclass(frozen=True)
class Readiness:
    """`detail` says in a few words what is wrong; empty when nothing is."""

    reachable: bool
    schema_current: bool
    detail: str = ""

    @property
    def ready(self) -> bool:
        return self.reachable and self.schema_current


@cache
def newest_revision() -> str:
    """The schema revision that this release needs: the one that no other migration follows.

    Read from the files without Alembic, which a process that only serves has no other use for. Their numbers
    say nothing: what was written at the same time is put into an order when it comes together.
    """
    package = Path(__file__).parents[1]
    installed = package / "_migrations"
    folder = installed if installed.is_dir() else package.parent / "migrations"
    texts = [path.read_text() for path in (folder / "versions").glob("[0-9]*_*.py")]
    followed = {match for text in texts for match in _FOLLOWS.findall(text)}
    (newest,) = {match for text in texts for match in _IS.findall(text)} - followed
    return newest


async def readiness(database: Database) -> Readiness:
    """Ask the database; at most two seconds."""
    try:
        async with asyncio.timeout(_PATIENCE), database.transaction(None) as tx:
            present = (await tx.execute(_REVISION)).scalar_one_or_none()
    except (*DATABASE_ERRORS, OSError, TimeoutError) as error:
        return Readiness(reachable=False, schema_current=False, detail=type(error).__name__)
    if present != newest_revision():
        detail = f"the schema is at revision {present}, this release needs {newest_revision()}"
        return Readiness(reachable=True, schema_current=False, detail=detail)
    return Readiness(reachable=True, schema_current=True)
