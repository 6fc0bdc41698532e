"""What a running bot may do for good, on the database: steps, events, calls, sleeps, questions.

Each is a short transaction of its own that holds the run; none is open while the bot or this worker waits.
While it waits for a run that it called, an attempt lends its slot; when too many are lent, its run is
suspended instead.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from time import monotonic
from typing import Any, Protocol
from uuid import UUID

import orjson
from pydantic import ValidationError

from codex32_server.features.bots.facade import LoadedVersion
from codex32_server.features.events.facade import NewEvent
from codex32_server.features.knowledge.facade import KnowledgeNotAllowedError, SearchRequest, SearchView
from codex32_server.features.runs.facade import BotCall, DurableRuns
from codex32_server.queue.entries import ClaimedRun
from codex32_server.runtime.effects import IN_PLACE, Answered, Calling, Emitted, Searching, Suspension
from codex32_server.runtime.errors import BadCallError
from codex32_server.storage.session import Database

_FIRST_LOOK = 0.005
_LONGEST_PAUSE = 0.25
_SLOWER = 1.5


class Lender(Protocol):
    """Where the slot of an attempt comes from (worker.slots.Lane)."""

    def lend(self) -> bool:
        """Let other work have one slot; False if too many are lent already."""
        ...

    def take_back(self) -> None:
        """Have it again, at once."""
        ...


class Searches(Protocol):
    """Where knowledge is (features.knowledge). Raises BaseNotFoundError, EmbeddingError."""

    async def search(
        self, database: Database, workspace_id: UUID, which: str, request: SearchRequest
    ) -> SearchView: ...


class MakeEffects(Protocol):
    """Makes the effects of an attempt."""

    def __call__(self, run: ClaimedRun, version: LoadedVersion) -> RunEffects: ...


class RunEffects:
    """`runtime.effects.Effects` of one attempt. `close` it when the attempt is over."""

    def __init__(
        self,
        database: Database,
        durable: DurableRuns,
        lender: Lender,
        run: ClaimedRun,
        version: LoadedVersion,
        *,
        knowledge: Searches | None = None,
    ) -> None:
        self._database = database
        self._durable = durable
        self._lender = lender
        self._run = run
        self._bot = version.bot_name
        self._allowed = version.manifest.calls
        self._knowledge = knowledge
        self._searchable = version.manifest.knowledge
        self._lent = False
        self.called = False
        """Whether it waits, or has waited, for runs that it called."""

    def close(self) -> None:
        """Have the slot again, if it is lent: whoever runs the attempt gives it back."""
        self._take_back()

    def attached(self, emitted: Sequence[Emitted]) -> tuple[NewEvent, ...]:
        """Events in the form in which they are recorded."""
        return tuple(self._event(event) for event in emitted)

    # -- the port

    async def stored_step(self, place: str) -> tuple[bool, Any]:
        if self._run.attempt == 1:
            return False, None
        async with self._database.transaction(self._run.workspace_id) as tx:
            return await self._durable.stored_step(tx, self._run, place)

    async def store_step(
        self, place: str, value: Any, events: Sequence[Emitted], calls: Sequence[Calling]
    ) -> None:
        async with self._database.transaction(self._run.workspace_id) as tx:
            wishes = [self._wish(call) for call in calls]
            await self._durable.store_step(tx, self._run, place, value, self.attached(events), wishes)

    async def events_before(self) -> int:
        if self._run.attempt == 1:
            return 0
        async with self._database.transaction(self._run.workspace_id) as tx:
            return await self._durable.events_of(tx, self._run)

    async def check_call(self, wish: Calling) -> None:
        async with self._database.transaction(self._run.workspace_id) as tx:
            await self._durable.check_call(tx, self._run, self._wish(wish))

    async def call(self, wish: Calling) -> UUID:
        async with self._database.transaction(self._run.workspace_id) as tx:
            child = await self._durable.call(tx, self._run, self._wish(wish))
        self.called = self.called or wish.awaited
        return child

    async def wait_for(
        self, place: str, bot: str, child: UUID, seconds: float
    ) -> Answered | Suspension | None:
        # Often at first, because many calls are short; what has taken a second may take a quarter more.
        deadline, pause = monotonic() + seconds, _LONGEST_PAUSE if self._lent else _FIRST_LOOK
        while (answer := await self._end_of(place, child)) is None:
            if not self._lent and not self._lender.lend():
                return Suspension("call", bot, child_run_id=child)
            self._lent = True
            left = deadline - monotonic()
            if left <= 0:
                return None
            await asyncio.sleep(min(pause, left))
            pause = min(pause * _SLOWER, _LONGEST_PAUSE)
        self._take_back()
        return answer

    async def sleep(self, place: str, *, seconds: float | None, until: datetime | None) -> float | Suspension:
        async with self._database.transaction(self._run.workspace_id) as tx:
            end, left = await self._durable.sleep_until(tx, self._run, place, seconds=seconds, until=until)
        if left <= IN_PLACE:
            return max(0.0, left)
        name = place.partition(":")[2].rpartition("#")[0]
        return Suspension("sleep", name, wake_at=end)

    async def ask(self, name: str, message: str, timeout: float | None) -> Any | Suspension:
        async with self._database.transaction(self._run.workspace_id) as tx:
            found, decision = await self._durable.ask(tx, self._run, name, message, timeout)
        if decision is None:
            return Suspension("approval", name, found.message, wake_at=found.expires_at)
        return {
            "decision": decision,
            "comment": found.comment,
            "by": found.decided_by_name,
            "at": found.decided_at.timestamp() if found.decided_at else None,
        }

    async def search(self, wish: Searching) -> bytes:
        base = wish.base or (self._searchable[0] if len(self._searchable) == 1 else "")
        if not base:
            raise BadCallError("Say which knowledge base: the manifest names none, or several.")
        if base not in self._searchable or self._knowledge is None:
            raise KnowledgeNotAllowedError(
                f'The manifest does not name the knowledge base {base!r}: knowledge = ["{base}"].'
            )
        try:
            request = SearchRequest(query=wish.query, top=wish.top, where=wish.where or None)
        except ValidationError as error:
            raise BadCallError(f"The search is not valid: {error.errors()[0]['msg']}.") from error
        found = await self._knowledge.search(self._database, self._run.workspace_id, base, request)
        return orjson.dumps([hit.model_dump(mode="json") for hit in found.hits])

    # -- within

    async def _end_of(self, place: str, child: UUID) -> Answered | None:
        async with self._database.transaction(self._run.workspace_id) as tx:
            end = await self._durable.call_end(tx, self._run, place, child)
        if end is None:
            return None
        if end.code is not None:
            return Answered(code=end.code, detail=end.detail)
        return Answered(json.dumps(end.output).encode())

    def _take_back(self) -> None:
        if self._lent:
            self._lent = False
            self._lender.take_back()

    def _wish(self, call: Calling) -> BotCall:
        return BotCall(call.bot, call.input, call.place, self._allowed, call.awaited, call.child_id)

    def _event(self, event: Emitted) -> NewEvent:
        return NewEvent(
            self._run.workspace_id,
            event.type,
            f"/bots/{self._bot}",
            event.subject,
            event.at,
            event.data.decode(),
            self._run.id,
        )
