"""A bot's durable state: small JSON values under keys, per bot and environment, with limits.

Runs of the same bot share it, and the last write wins. What an attempt writes that does not hold its run any
more is refused: the attempt after it may have read the state already.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from codex32_server.features.runs.errors import (
    AttemptLostError,
    BadStateKeyError,
    StateConflictError,
    StateFullError,
    StateValueTooLargeError,
)
from codex32_server.features.runs.repository import state
from codex32_server.features.runs.repository.state import StateOf
from codex32_server.features.runs.schemas import StateEntry
from codex32_server.features.runs.service.views import state_entry
from codex32_server.kit.json_limits import JsonLimits, JsonTooLargeError, dump_json
from codex32_server.queue.calls import hold_attempt
from codex32_server.storage.session import Database, Tx

MAX_KEYS = 10_000
MAX_VALUE_BYTES = 64 * 1024
MAX_KEY_LENGTH = 256
_VALUE_LIMITS = JsonLimits(MAX_VALUE_BYTES, 64)


@dataclass(frozen=True)
class Fence:
    """The attempt on whose behalf something is written."""

    run_id: UUID
    attempt: int


class DurableState:
    """The StateStore of the runtime, on the database: each call is a short transaction of its own.

    `fence`: what writes raises AttemptLostError once the run is not this attempt's.
    """

    def __init__(
        self,
        database: Database,
        workspace_id: UUID,
        bot_id: UUID,
        environment: str,
        fence: Fence | None = None,
    ) -> None:
        self._database = database
        self._of = StateOf(workspace_id, bot_id, environment)
        self._fence = fence

    async def get(self, key: str) -> Any:
        """The value, or None if there is none (or it is null)."""
        found = await self.entry(key)
        return None if found is None else found.value

    async def entry(self, key: str) -> StateEntry | None:
        """The value with its revision."""
        async with self._database.transaction(self._of.workspace_id) as tx:
            found = await state.find(tx, self._of, _checked(key))
            return None if found is None else state_entry(found)

    async def set(self, key: str, value: Any, *, if_revision: int | None = None) -> None:
        """Remember a value. With `if_revision` only over that revision (0: only if there is none).

        Raises StateValueTooLargeError, StateFullError, StateConflictError or BadStateKeyError.
        """
        async with self._writing() as tx:
            await write(tx, self._of, key, value, if_revision=if_revision)

    async def swap(self, key: str, expected: tuple[bool, Any], value: Any) -> bool:
        """Write the value if the present one is `expected` (whether there is one, and it). Raises as
        `set`.
        """
        async with self._writing() as tx:
            found = await state.find(tx, self._of, _checked(key))
            present = (found is not None, None if found is None else found.value)
            if not same(present, expected):
                return False
            revision = 0 if found is None else found.revision
            try:
                await write(tx, self._of, key, value, if_revision=revision)
            except StateConflictError:
                return False  # another run was faster
            return True

    async def delete(self, key: str) -> None:
        """Forget a value; nothing happens if there is none."""
        async with self._writing() as tx:
            await state.remove(tx, self._of, _checked(key))

    async def keys(self, prefix: str = "") -> Sequence[str]:
        """Keys that start with `prefix`, in order."""
        async with self._database.transaction(self._of.workspace_id) as tx:
            return await state.keys(tx, self._of, _checked(prefix) if prefix else "")

    @asynccontextmanager
    async def _writing(self) -> AsyncGenerator[Tx]:
        """A transaction in which the run stays this attempt's. Raises AttemptLostError."""
        async with self._database.transaction(self._of.workspace_id) as tx:
            fence = self._fence
            if fence is not None and await hold_attempt(tx, fence.run_id, fence.attempt) is None:
                raise AttemptLostError("The run is not this attempt's any more; nothing was written.")
            yield tx


def same(one: tuple[bool, Any], other: tuple[bool, Any]) -> bool:
    """Whether two (present, value) are the same JSON: true is not 1, and the order of keys does not
    matter.
    """
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


async def write(tx: Tx, of: StateOf, key: str, value: Any, *, if_revision: int | None = None) -> int:
    """Write a value in the caller's transaction; its new revision. Raises as DurableState.set does."""
    _check_value(key, value)
    revision: int | None = None
    if if_revision != 0:
        revision = await state.change(tx, of, _checked(key), value, if_revision)
    if revision is None and not if_revision:
        revision = await _add(tx, of, _checked(key), value)
        if revision is None and if_revision is None:
            revision = await state.change(tx, of, key, value, None)
    if revision is None:
        raise StateConflictError(f"The value of {key!r} is not at revision {if_revision}.")
    return revision


async def _add(tx: Tx, of: StateOf, key: str, value: Any) -> int | None:
    await state.hold(tx, of)
    if await state.count(tx, of) >= MAX_KEYS:
        raise StateFullError(f"The state of this bot in {of.environment} holds {MAX_KEYS:,} keys already.")
    return await state.add(tx, of, key, value)


def _checked(key: str) -> str:
    if not 0 < len(key) <= MAX_KEY_LENGTH or "\0" in key or any("\ud800" <= c <= "\udfff" for c in key):
        raise BadStateKeyError(f"A key has 1 to {MAX_KEY_LENGTH} characters, without U+0000.")
    return key


def _check_value(key: str, value: Any) -> None:
    try:
        dump_json(value, _VALUE_LIMITS, name="value")
    except JsonTooLargeError as error:
        raise StateValueTooLargeError(f"The value of {key[:60]!r} has more than 64 KiB of JSON.") from error
