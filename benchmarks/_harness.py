"""What every benchmark shares: a PostgreSQL of its own with the product's settings, repeats, and the answer.

A benchmark prints a table for people and, as its last line, one JSON object: `{"id", "value", "unit", "must",
"aim", "runs", "met_must", "met_aim"}`; more keys may follow. The numbers it is held to stand in the design.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from codex32_server.storage.binaries import Binaries
from codex32_server.storage.embedded import SUPERUSER, ConnectionInfo, EmbeddedPostgres, add_extensions
from codex32_server.storage.migrate import LOGIN_ROLES, migrate
from psycopg import sql

_TEMPLATE = "bench_template"


@dataclass(frozen=True)
class BenchDatabase:
    """A migrated database; URLs are libpq URLs."""

    info: ConnectionInfo
    name: str

    def url(self, role: str) -> str:
        """For one of the narrow roles, or the superuser, who may arrange and inspect."""
        return self.info.url(role, self.name)

    @property
    def owner_url(self) -> str:
        return self.url(SUPERUSER)


class BenchPostgres:
    """One embedded server with the settings of production: fsync and synchronous_commit on."""

    def __init__(self, info: ConnectionInfo) -> None:
        self.info = info
        self._made = 0

    async def database(self) -> BenchDatabase:
        """A fresh, migrated database: a copy of one that is migrated the first time."""
        if not self._made:
            await self._run("create database {} owner codex32_owner", _TEMPLATE)
            await add_extensions(self.info.url(SUPERUSER, _TEMPLATE))
            passwords = {role: _password_of(role) for role in LOGIN_ROLES}
            await asyncio.to_thread(migrate, self.info.url(database=_TEMPLATE), passwords)
        self._made += 1
        fresh = BenchDatabase(self.info, f"bench_{self._made}")
        await self._run("create database {} owner codex32_owner template {}", fresh.name, _TEMPLATE)
        return fresh

    async def _run(self, statement: LiteralString, *names: str) -> None:
        admin = await psycopg.AsyncConnection.connect(self.info.url(SUPERUSER, "postgres"), autocommit=True)
        async with admin:
            await admin.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))


@asynccontextmanager
async def postgres() -> AsyncGenerator[BenchPostgres]:
    """A server in a temporary folder, gone afterwards."""
    base = temporary_home()
    server = EmbeddedPostgres(
        base / "pg", Binaries.reachable(base / "runtime"), password_of=_password_of, settings={}
    )
    try:
        yield BenchPostgres(await server.start())
    finally:
        await server.stop()
        shutil.rmtree(base, ignore_errors=True)


def temporary_home() -> Path:
    """A fresh folder that other accounts may traverse; the caller removes it."""
    folder = Path(tempfile.mkdtemp(prefix="codex32-bench-"))
    folder.chmod(0o711)
    return folder


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 … 1) of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def report(
    identifier: str,
    runs: Sequence[float],
    *,
    unit: str,
    must: float,
    aim: float,
    lower_is_better: bool = False,
    **more: Any,
) -> dict[str, Any]:
    """The answer: the median of `runs` against what it must and should be, with versions and settings."""
    value = statistics.median(runs)
    return {
        "id": identifier,
        "value": round(value, 3),
        "unit": unit,
        "must": must,
        "aim": aim,
        "runs": [round(run, 3) for run in runs],
        "met_must": _meets(value, must, lower_is_better),
        "met_aim": _meets(value, aim, lower_is_better),
        "spread": [round(min(runs), 3), round(max(runs), 3)],
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        **more,
    }


def _meets(value: float, limit: float, lower_is_better: bool) -> bool:
    return value <= limit if lower_is_better else value >= limit


def show(answer: dict[str, Any], rows: Sequence[tuple[str, str]] = ()) -> None:
    """A table for people, then the one line for programs."""
    table = [("measure", answer["id"]), ("median", f"{answer['value']} {answer['unit']}")]
    table += [("spread", " … ".join(str(end) for end in answer["spread"])), ("runs", str(answer["runs"]))]
    table += [("must / aim", f"{answer['must']} / {answer['aim']}"), *rows]
    width = max(len(name) for name, _ in table)
    for name, text in table:
        sys.stdout.write(f"{name:<{width}}  {text}\n")
    sys.stdout.write(json.dumps(answer) + "\n")


def _password_of(role: str) -> str:
    return hashlib.sha256(f"bench:{role}".encode()).hexdigest()
