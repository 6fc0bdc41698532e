"""The one way into the overview: it asks each feature for its own and makes one answer of it.

It decides nothing and stores nothing; every question it asks is bounded, however much a workspace has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from uuid import UUID

from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.knowledge.facade import KnowledgeFacade
from codex32_server.features.overview.schemas import (
    ActivityView,
    AttentionView,
    BotActivityView,
    BotHealthView,
    CountsView,
    LastRunView,
    NextRunView,
    OverviewView,
    ServiceBriefView,
    ServiceCounts,
    SpendingView,
    WorkersView,
)
from codex32_server.features.overview.service import attention, scoring
from codex32_server.features.overview.service.attention import OF_A_KIND
from codex32_server.features.overview.service.scoring import BotFacts
from codex32_server.features.proposals.facade import ProposalsFacade
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.services.facade import IncidentView, ServiceBrief, ServicesFacade
from codex32_server.features.triggers.facade import TriggersFacade, Upcoming
from codex32_server.features.usage.facade import UsageFacade
from codex32_server.http.paging import PageRequest
from codex32_server.http.principal import Principal
from codex32_server.queue.overview import WorkerState, workers
from codex32_server.storage.session import Tx

_MORE = OF_A_KIND + 1
_NEXT_RUNS = 10
_SERVICES = 10
_APPROVALS = 100
_TROUBLE = ("quarantined", "down", "degraded")


@dataclass(frozen=True)
class Features:
    """Whom the overview asks."""

    bots: BotsFacade
    runs: RunsFacade
    triggers: TriggersFacade
    services: ServicesFacade
    proposals: ProposalsFacade
    usage: UsageFacade
    knowledge: KnowledgeFacade


class OverviewFacade:
    """The caller owns the transaction."""

    def __init__(self, features: Features) -> None:
        self._of = features

    async def overview(self, tx: Tx, principal: Principal) -> OverviewView:
        """What the principal may read of it."""
        ws, may = principal.workspace_id, principal.scopes
        present = await workers(tx) if "system:read" in may else None
        briefs = await self._of.services.at_a_glance.briefs(tx, ws) if "services:read" in may else None
        told, more = attention.arrange(await self._attention(tx, principal, present, briefs))
        upcoming = (
            await self._of.triggers.at_a_glance.upcoming(tx, ws, _NEXT_RUNS)
            if "schedules:read" in may
            else []
        )
        return OverviewView(
            at=datetime.now(UTC),
            attention=told,
            more=more,
            counts=await self._counts(tx, principal, briefs),
            spending=await self._spending(tx, ws) if "usage:read" in may else None,
            next_runs=[_next_run(one) for one in upcoming],
            services=[ServiceBriefView(**asdict(one)) for one in _worst_first(briefs or [])[:_SERVICES]],
            workers=None if present is None else _workers(present),
        )

    async def health(self, tx: Tx, workspace_id: UUID, reference: str) -> BotHealthView:
        """Raises BotNotFoundError."""
        bot = await self._of.bots.get(tx, workspace_id, reference)
        (facts,) = await self._facts(tx, workspace_id, [bot.id])
        reasons = scoring.reasons_of(facts)
        rate = scoring.success_rate(facts.runs.newest)
        return BotHealthView(**_activity(facts).model_dump(), success_rate=rate, reasons=reasons)

    async def activity(self, tx: Tx, workspace_id: UUID, bots: Sequence[UUID]) -> ActivityView:
        """In the order of `bots`; those that are not there are left out."""
        found = {facts.standing.id: facts for facts in await self._facts(tx, workspace_id, bots)}
        return ActivityView(items=[_activity(found[one]) for one in dict.fromkeys(bots) if one in found])

    async def _facts(self, tx: Tx, ws: UUID, bots: Sequence[UUID]) -> list[BotFacts]:
        standings = await self._of.bots.standings.of(tx, ws, bots)
        ids = [standing.id for standing in standings]
        runs = await self._of.runs.history.of_bots(tx, ws, ids)
        schedules = await self._of.triggers.at_a_glance.of_bots(tx, ws, ids)
        briefs = await self._of.services.at_a_glance.briefs(tx, ws, ids)
        incidents = await self._of.services.at_a_glance.open_incidents(tx, ws, ids)
        facts: list[BotFacts] = []
        for one in standings:
            known = BotFacts(one, runs[one.id], incidents=incidents.get(one.id, 0))
            services = tuple(brief for brief in briefs if brief.bot_id == one.id)
            timing = schedules.get(one.id, known.schedules)
            facts.append(BotFacts(one, known.runs, timing, services, known.incidents))
        return facts

    async def _attention(
        self,
        tx: Tx,
        principal: Principal,
        present: Sequence[WorkerState] | None,
        briefs: Sequence[ServiceBrief] | None,
    ) -> list[AttentionView]:
        ws, may = principal.workspace_id, principal.scopes
        found: list[AttentionView] = attention.workers(present) if present is not None else []
        if briefs is not None:
            incidents = await self._open_incidents(tx, ws)
            found += attention.incidents(incidents) + attention.services(briefs, incidents)
        if "runs:read" in may:
            open_ = await self._of.runs.approvals.open(tx, ws, PageRequest(_APPROVALS))
            found += attention.approvals(open_.items)
            found += attention.failing(await self._of.runs.history.failing(tx, ws))
        if "proposals:read" in may:
            found += attention.proposals(await self._of.proposals.waiting(tx, ws, _MORE))
        if "schedules:read" in may:
            found += attention.schedules(await self._of.triggers.at_a_glance.failing(tx, ws, _MORE))
        if "webhooks:read" in may:
            found += attention.webhooks(await self._of.triggers.at_a_glance.refusing(tx, ws, _MORE))
        if "usage:read" in may:
            found += attention.budgets(await self._of.usage.at_a_glance.near_limits(tx, ws, _MORE))
        if "bots:read" in may:
            found += attention.proofs(await self._of.bots.standings.failed(tx, ws, _MORE))
        return found

    async def _open_incidents(self, tx: Tx, ws: UUID) -> list[IncidentView]:
        page = await self._of.services.incidents(tx, ws, only_open=True, page=PageRequest(_MORE))
        return page.items

    async def _counts(
        self, tx: Tx, principal: Principal, briefs: Sequence[ServiceBrief] | None
    ) -> CountsView:
        ws, may = principal.workspace_id, principal.scopes
        now = await self._of.runs.history.unfinished(tx, ws) if "runs:read" in may else None
        return CountsView(
            bots=await self._of.bots.count(tx, ws) if "bots:read" in may else None,
            runs_today=await self._of.runs.history.today(tx, ws) if now else None,
            running=now.running if now else None,
            queued=now.queued if now else None,
            waiting=now.waiting if now else None,
            services=None if briefs is None else _service_counts(briefs),
            knowledge_bases=await self._of.knowledge.count(tx, ws) if "knowledge:read" in may else None,
        )

    async def _spending(self, tx: Tx, ws: UUID) -> SpendingView:
        found = await self._of.usage.at_a_glance.spending(tx, ws)
        budget = found.budget
        share = None
        if budget is not None and budget.usd and budget.spent_usd is not None:
            share = round(float(budget.spent_usd / budget.usd), 4)
        return SpendingView(
            today=found.today,
            month=found.forecast.spent,
            expected=found.forecast.expected,
            budget=budget,
            share=share,
        )


def _activity(facts: BotFacts) -> BotActivityView:
    newest = facts.runs.newest[0] if facts.runs.newest else None
    score = scoring.score_of(scoring.reasons_of(facts))
    service = scoring.worst(facts.services)
    last = newest and LastRunView(
        id=newest.id, status=newest.status, at=newest.created_at, finished_at=newest.finished_at
    )
    return BotActivityView(
        bot_id=facts.standing.id,
        bot_name=facts.standing.name,
        last_run=last,
        runs_24h=facts.runs.runs_24h,
        failures_24h=facts.runs.failures_24h,
        score=score,
        level=scoring.level_of(score),
        next_fire_at=facts.schedules.next_fire_at,
        service_status=service.status if service else None,
    )


def _workers(present: Sequence[WorkerState]) -> WorkersView:
    ready = [worker for worker in present if worker.state == "ready"]
    return WorkersView(ready=len(ready), total=len(present), slots=sum(worker.slots for worker in ready))


def _service_counts(briefs: Sequence[ServiceBrief]) -> ServiceCounts:
    return ServiceCounts(total=len(briefs), up=sum(one.status == "running" for one in briefs))


def _worst_first(briefs: Sequence[ServiceBrief]) -> list[ServiceBrief]:
    place = {status: number for number, status in enumerate(_TROUBLE)}
    return sorted(briefs, key=lambda one: place.get(one.status, len(place)))


def _next_run(one: Upcoming) -> NextRunView:
    values = asdict(one)
    return NextRunView(schedule_id=values.pop("id"), **values)
