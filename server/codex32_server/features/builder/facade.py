"""The one way into the builder."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.builder.attaching import ScheduleFiles as ScheduleFiles
from codex32_server.features.builder.contract import Asked, Stage
from codex32_server.features.builder.documents import document_of
from codex32_server.features.builder.engines.recipes import out_of_words
from codex32_server.features.builder.errors import NameTakenError, SessionNotFoundError
from codex32_server.features.builder.explaining.desk import Explanations as Explanations
from codex32_server.features.builder.explaining.port import Explanation as Explanation
from codex32_server.features.builder.explaining.port import FailureExplanation as FailureExplanation
from codex32_server.features.builder.models import BuilderEvent
from codex32_server.features.builder.repository import sessions as session_rows
from codex32_server.features.builder.schemas import BuildRequest as BuildRequest
from codex32_server.features.builder.schemas import BuildResult as BuildResult
from codex32_server.features.builder.schemas import EngineOffer, SessionSummary, SessionView, StageView
from codex32_server.features.builder.schemas import FailedProof as FailedProof
from codex32_server.features.builder.schemas import NewSession as NewSession
from codex32_server.features.builder.schemas import PublishedVersion as PublishedVersion
from codex32_server.features.builder.schemas import RecipeView as RecipeView
from codex32_server.features.builder.schemas import Said as Said
from codex32_server.features.builder.service import building, following, sessions, viewing
from codex32_server.features.builder.service.basing import base_of
from codex32_server.features.builder.service.building import Publisher as Publisher
from codex32_server.features.builder.service.building import check_zone
from codex32_server.features.builder.service.finishing import Finishing
from codex32_server.features.builder.service.inquiring import asks_of_runs as asks_of_runs
from codex32_server.features.builder.service.naming import free_name, is_taken
from codex32_server.features.builder.service.sessions import WALK_SESSION as WALK_SESSION
from codex32_server.features.builder.service.state import Loaded, load
from codex32_server.features.builder.service.walking import SupersededError as SupersededError
from codex32_server.features.builder.service.walking import Walking as Walking
from codex32_server.features.builder.service.working import Workbench as Workbench
from codex32_server.features.proposals.facade import ProposalsFacade
from codex32_server.http.paging import Page, PageRequest, next_cursor
from codex32_server.http.principal import Principal
from codex32_server.queue.notify import Listener
from codex32_server.storage.session import Database, Tx

RECIPES_ONLY = frozenset({"recipes"})


class BuilderFacade:
    """From a sentence to a proven bot, in one call."""

    def __init__(self, publisher: Publisher) -> None:
        self._building = building.Building(publisher)

    async def build(self, principal: Principal, request: BuildRequest) -> BuildResult:
        """Takes as long as the proof of the bot; call it without a transaction.

        Raises UnknownZoneError, NameTakenError (only if a name was asked for), ProofOutstandingError.
        """
        return await self._building.build(principal, request)

    def recipes(self) -> list[RecipeView]:
        """What can be composed."""
        return building.recipes()


class ModelAliases(Protocol):
    """The alias that the models engine would ask in a workspace; None where there is none."""

    async def __call__(self, tx: Tx, workspace_id: UUID) -> str | None: ...


class SpentOnSessions(Protocol):
    """What sessions have cost."""

    async def __call__(self, tx: Tx, workspace_id: UUID, ids: Sequence[UUID]) -> Mapping[UUID, Decimal]: ...


class Purse(Protocol):
    """Sets what a session may spend on models in all."""

    async def cap(
        self, tx: Tx, workspace_id: UUID, session_id: UUID, member_id: UUID | None, usd: Decimal
    ) -> None: ...

    async def close(self, tx: Tx, workspace_id: UUID, session_id: UUID) -> None:
        """The session spends no more; its limit is needed no longer. Harmless to repeat."""
        ...


class SessionsFacade:
    """Sessions of the builder, as people have them. Those who take `tx` run in the caller's transaction.

    `engines` are the names of those that workers have.
    """

    def __init__(
        self,
        bots: BotsFacade,
        attachments: ScheduleFiles,
        proposals: ProposalsFacade,
        *,
        engines: frozenset[str] = RECIPES_ONLY,
        aliases: ModelAliases | None = None,
        spent: SpentOnSessions | None = None,
        purse: Purse | None = None,
        budget_usd: Decimal | None = None,
    ) -> None:
        self._bots = bots
        self._attachments = attachments
        self._proposals = proposals
        self._finishing = Finishing(bots, attachments, proposals, purse)
        self._engines = engines
        self._aliases = aliases
        self._spent = spent
        self._purse = purse
        self._budget_usd = budget_usd

    async def open(self, tx: Tx, principal: Principal, new: NewSession, timezone: str) -> UUID:
        """Begin, with a new bot or with one that is to be changed.

        Raises UnknownZoneError, EngineUnavailableError, NameTakenError, UploadNotFoundError,
        BotNotFoundError, BotNotTextError.
        """
        zone = new.timezone or timezone
        check_zone(zone)
        base = None
        if new.bot is not None:
            base = await base_of(tx, self._bots, self._proposals, principal.workspace_id, new.bot)
        sessions.check_engine(new.engine, self._engines)
        if new.name is not None and await is_taken(self._bots, tx, principal.workspace_id, new.name):
            raise NameTakenError(f"There is already a bot {new.name!r}.")
        await self._attachments.check(tx, principal.workspace_id, new.files)
        new = new.model_copy(update={"budget_usd": new.budget_usd or self._budget_usd})
        session_id = await sessions.open_session(tx, principal, new, zone, base)
        if new.engine == "models":
            await self._cap(tx, principal, session_id, new.budget_usd)
        return session_id

    async def list(
        self, tx: Tx, workspace_id: UUID, status: str | None, page: PageRequest
    ) -> Page[SessionSummary]:
        """Newest first."""
        rows = await session_rows.page(tx, workspace_id, status, page.limit, page.after)
        items = [viewing.summary(row, present) for row, present in rows[: page.limit]]
        return Page(items=items, next_cursor=next_cursor([row.id for row, _ in rows], page.limit))

    async def get(self, tx: Tx, workspace_id: UUID, session_id: UUID) -> SessionView:
        """Raises SessionNotFoundError."""
        loaded = await load(tx, workspace_id, session_id)
        cost = Decimal(0)
        if self._spent is not None:
            cost = (await self._spent(tx, workspace_id, [session_id])).get(session_id, cost)
        return viewing.view(loaded, cost, await self._offer(tx, workspace_id, loaded))

    async def revisions(self, tx: Tx, workspace_id: UUID, session_id: UUID, stage: Stage) -> list[StageView]:
        """Every row of a stage, newest first. Raises SessionNotFoundError."""
        loaded = await load(tx, workspace_id, session_id)
        holding = {row.number for row in loaded.held.values()}
        rows = [row for row in loaded.rows if row.stage == stage]
        return [viewing.stage_view(row, holds=row.number in holding) for row in reversed(rows)]

    async def say(self, tx: Tx, principal: Principal, session_id: UUID, said: Said) -> None:
        """Raises SessionNotFoundError, SessionStateError, EngineUnavailableError."""
        sessions.check_engine(said.engine, self._engines)
        session = await sessions.say(tx, principal, session_id, said)
        if session.engine == "models":
            await self._cap(tx, principal, session_id, session.budget_usd)

    async def edit(
        self, tx: Tx, principal: Principal, session_id: UUID, stage: Stage, document: Mapping[str, Any]
    ) -> None:
        """Raises SessionNotFoundError, SessionStateError, StageNotEditableError, BadDocumentError."""
        await sessions.edit(tx, principal, session_id, stage, document)

    async def rename(self, tx: Tx, principal: Principal, session_id: UUID) -> None:
        """Give the bot another free name, and prove it again under that. Raises NameTakenError."""
        loaded = await load(tx, principal.workspace_id, session_id)
        plan = loaded.document("plan")
        name = await free_name(self._bots, tx, principal.workspace_id, plan.name)
        renamed = plan.model_copy(update={"name": name}).model_dump(mode="json")
        await sessions.edit(tx, principal, session_id, "plan", renamed)

    async def cancel(self, tx: Tx, principal: Principal, session_id: UUID) -> None:
        """Raises SessionNotFoundError, SessionStateError."""
        await sessions.cancel(tx, principal, session_id)
        if self._purse is not None:
            await self._purse.close(tx, principal.workspace_id, session_id)

    async def publish(self, database: Database, principal: Principal, session_id: UUID) -> bool:
        """Whether a new bot came of it; harmless to repeat.

        Raises SessionNotFoundError, SessionStateError, NotProvenError, NameTakenError; where a bot is
        changed also ProposalStaleError and WideningNeedsOwnerError.
        """
        return await self._finishing.publish(database, principal, session_id)

    async def propose(self, database: Database, principal: Principal, session_id: UUID) -> None:
        """Leave the change of a bot to somebody else. Raises as `publish`, and NothingToProposeError."""
        await self._finishing.propose(database, principal, session_id)

    async def check(self, tx: Tx, workspace_id: UUID, session_id: UUID) -> None:
        """Raises SessionNotFoundError."""
        if await session_rows.get(tx, workspace_id, session_id) is None:
            raise SessionNotFoundError(f"There is no session {session_id}.")

    def follow(
        self, database: Database, listener: Listener, workspace_id: UUID, session_id: UUID, after: int
    ) -> AsyncIterator[Sequence[BuilderEvent] | str]:
        """What happens after an event, then the status in which it rests."""
        return following.events(database, listener, workspace_id, session_id, after)

    async def wait_for_rest(
        self, database: Database, listener: Listener, workspace_id: UUID, session_id: UUID, seconds: float
    ) -> str:
        """Raises SessionNotFoundError."""
        return await following.wait_for_rest(database, listener, workspace_id, session_id, seconds)

    async def _cap(self, tx: Tx, principal: Principal, session_id: UUID, usd: Decimal | None) -> None:
        if self._purse is not None and usd is not None:
            await self._purse.cap(tx, principal.workspace_id, session_id, principal.member_id, usd)

    async def _offer(self, tx: Tx, workspace_id: UUID, loaded: Loaded) -> EngineOffer | None:
        """Models, where recipes do not know the words and there are models. Only offered, never begun."""
        session = loaded.session
        if session.wanted_engine != "auto" or session.engine != "recipes" or "models" not in self._engines:
            return None
        if loaded.status not in ("asking", "refused") or self._aliases is None or not loaded.rows:
            return None
        document = document_of(loaded.rows[-1].document or {"kind": "refused", "reason": ""})
        if isinstance(document, Asked) and not out_of_words(document):
            return None
        alias = await self._aliases(tx, workspace_id)
        if alias is None:
            return None
        budget = (
            "" if session.budget_usd is None else f" It may spend up to ${session.budget_usd.normalize():f}."
        )
        says = f"The recipes do not know how. The model behind {alias!r} can try.{budget}"
        return EngineOffer(model=alias, says=says)


async def sweep_sessions(tx: Tx, workspace_id: UUID, older_than: timedelta) -> list[UUID]:
    """For the scheduler: forget sessions that nobody touched for so long; which."""
    return await session_rows.sweep(tx, workspace_id, older_than)


def warm() -> None:
    """Get ready for the first wish; takes up to a quarter of a second of one core. Call it in a thread."""
    building.warm()
