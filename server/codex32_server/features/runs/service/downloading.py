"""The whole log of a run as one file, a few batches at a time: however long it is, little of it is held."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Literal
from uuid import UUID

from codex32_server.features.runs.log_schemas import LogLineView, LogPosition
from codex32_server.features.runs.service import logs
from codex32_server.storage.session import Database

_BATCHES = 16
"""About a megabyte of text a piece."""
Format = Literal["text", "ndjson"]
CONTENT_TYPES = {"text": "text/plain; charset=utf-8", "ndjson": "application/x-ndjson"}
SUFFIXES = {"text": "log", "ndjson": "ndjson"}


async def pieces(
    database: Database, workspace_id: UUID, run_id: UUID, attempt: int | None, form: Format, times: bool
) -> AsyncIterator[bytes]:
    """Everything that is stored by now. Each piece in a short transaction: a slow reader holds nothing."""
    seen = LogPosition()
    while True:
        async with database.transaction(workspace_id) as tx:
            lines = await logs.further(tx, workspace_id, run_id, seen, attempt, _BATCHES)
        if not lines:
            return
        seen = LogPosition(lines[-1].attempt, lines[-1].line)
        yield b"".join(_json(lines) if form == "ndjson" else _text(lines, times))


def _text(lines: list[LogLineView], times: bool) -> Iterator[bytes]:
    """What the bot wrote, escape sequences included; with the moment (UTC) in front if that is wanted."""
    for line in lines:
        stamp = f"{line.at:%Y-%m-%dT%H:%M:%S}.{line.at.microsecond // 1000:03d}Z " if times else ""
        yield f"{stamp}{line.text}\n".encode()


def _json(lines: list[LogLineView]) -> Iterator[bytes]:
    for line in lines:
        yield line.model_dump_json().encode() + b"\n"
