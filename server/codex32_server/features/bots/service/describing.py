"""What a bot is, in words that it is found by; keeping that up to date; and which bots are like another.

Bots are read again when a comparison finds that they changed, not by whoever changes them: making a bot stays
one statement, and bots that were there before there was a search are found like any other.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from codex32_server.features.bots.repository import described
from codex32_server.features.bots.schemas import BotView, SimilarBotView, SimilarView
from codex32_server.features.bots.service.naming import bot_of
from codex32_server.features.knowledge.facade import Entries, Entry
from codex32_server.kit import syntax
from codex32_server.queue.entries import NewJob, Retries
from codex32_server.queue.submit import submit_job
from codex32_server.storage.session import Database, Tx

DESCRIBE_BOTS = "describe_bots"
"""Kind of the job; its payload is empty."""
ENTRIES = Entries(described.KIND)
_BATCH = 50
_LONGEST = 4_000
"""Characters of an entry's text."""
_LARGEST_FILE = 256 * 1024
_HOURS = 6 * 3_600_000
_RETRIES = Retries(attempts=5, delay_ms=5_000, max_delay_ms=300_000)


async def ask(tx: Tx, workspace_id: UUID, model: str) -> bool:
    """Queue the job if there is work for it and none is open; whether it was queued."""
    if not await described.has_work(tx, workspace_id, model):
        return False
    if await described.job_is_open(tx, workspace_id, DESCRIBE_BOTS):
        return False
    await submit_job(tx, NewJob(workspace_id, DESCRIBE_BOTS, {}, timeout_ms=_HOURS, retries=_RETRIES))
    return True


async def describe(database: Database, workspace_id: UUID) -> int:
    """Read every bot again that changed, a few in each transaction; how many."""
    async with database.transaction(workspace_id) as tx:
        await ENTRIES.forget(tx, workspace_id, await described.resting(tx, workspace_id))
    done = 0
    while True:
        async with database.transaction(workspace_id) as tx:
            rows = await described.stale(tx, workspace_id, _BATCH)
            await ENTRIES.store(tx, workspace_id, [entry_of(row) for row in rows])
        done += len(rows)
        if len(rows) < _BATCH:
            return done


def entry_of(row: Any) -> Entry:
    """The names and tags of a bot; and what it says of itself, reaches, and is started by."""
    manifest: Mapping[str, Any] = row.manifest
    title = " ".join(filter(None, (row.title, row.name, *row.tags)))
    said = [row.description, manifest.get("description", ""), docstring(row.content or b"")]
    lines = [line for index, line in enumerate(said) if line and line not in said[:index]]
    if hosts := manifest.get("network"):
        lines.append("hosts: " + " ".join(hosts))
    lines += [_trigger(trigger) for trigger in manifest.get("triggers", ())]
    text = "\n".join(lines)[:_LONGEST]
    return Entry(row.id, row.source, title.replace("\0", " "), text.replace("\0", " "))


def docstring(content: bytes) -> str:
    """Of a Python file; empty if there is none, or nothing that can be read."""
    if len(content) > _LARGEST_FILE:
        return ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.get_docstring(syntax.parse(content)) or ""
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""


async def similar(tx: Tx, workspace_id: UUID, reference: str, top: int) -> SimilarView:
    """By meaning if this bot has its vector, else by words. Raises BotNotFoundError."""
    bot = await bot_of(tx, workspace_id, reference)
    by: Literal["meaning", "words"] = "meaning"
    # Some more than are wanted: bots that rest since the last reading are passed over.
    found = await ENTRIES.near(tx, workspace_id, bot["id"], 2 * top)
    if not found:
        by = "words"
        words = " ".join((bot["title"], bot["name"], *bot["tags"], bot["description"]))
        found = await ENTRIES.by_words(tx, workspace_id, words, 2 * top + 1)
    there = await described.living(tx, workspace_id, [subject for subject, _ in found])
    items = [
        SimilarBotView(bot=BotView.model_validate(there[subject]), score=score)
        for subject, score in found
        if subject in there and subject != bot["id"]
    ]
    return SimilarView(by=by, items=items[:top])


def _trigger(trigger: Mapping[str, Any]) -> str:
    if trigger.get("schedule"):
        return f"schedule {trigger['schedule']} {trigger.get('timezone') or ''}".strip()
    return "webhook"
