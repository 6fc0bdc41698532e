"""Looking at an embedded PostgreSQL from outside."""

from __future__ import annotations

from pathlib import Path

import psutil
import psycopg


async def ask(url: str, question: str) -> object:
    """The first column of the first row; None without a result. Committed."""
    async with await psycopg.AsyncConnection[tuple[object, ...]].connect(url, autocommit=True) as connection:
        cursor = await connection.execute(question.encode())
        row = await cursor.fetchone() if cursor.description else None
        return row and row[0]


def server_processes(folder: Path) -> list[int]:
    """pids of every PostgreSQL process that works below `folder`."""
    found: list[int] = []
    for process in psutil.process_iter():
        try:
            if process.name() == "postgres" and Path(process.cwd()).is_relative_to(folder):
                found.append(process.pid)
        except psutil.Error:
            continue
    return found
