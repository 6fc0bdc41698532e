"""How healthy a bot is: a hundred points, less what is wrong with it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from statistics import median

from codex32_server.features.bots.facade import BotStanding
from codex32_server.features.overview.schemas import HealthReason, Level
from codex32_server.features.runs.facade import BotRuns, PastRun
from codex32_server.features.services.facade import ServiceBrief
from codex32_server.features.triggers.facade import BotSchedules

FAILURES = frozenset({"failed", "timed_out"})
SUCCEEDED = "succeeded"
GOOD, FAIR = 80, 50

_OF_FAILURES = 40
_IN_A_ROW = 3
_RECENT = 10
_SLOWER = 1.5
_SLOWER_MS = 500.0
_BROKEN = {"down": 40, "quarantined": 40, "degraded": 15}


@dataclass(frozen=True)
class BotFacts:
    """What is known of a bot."""

    standing: BotStanding
    runs: BotRuns = field(default_factory=BotRuns)
    schedules: BotSchedules = field(default_factory=BotSchedules)
    services: Sequence[ServiceBrief] = ()
    incidents: int = 0


def score_of(reasons: Sequence[HealthReason]) -> int:
    return max(0, 100 + sum(reason.points for reason in reasons))


def level_of(score: int) -> Level:
    return "good" if score >= GOOD else "fair" if score >= FAIR else "poor"


def reasons_of(facts: BotFacts) -> list[HealthReason]:
    """Heaviest first."""
    found = [*_runs(facts), *_slower(facts), *_services(facts), *_incidents(facts)]
    found += [*_proofs(facts), *_schedules(facts)]
    return sorted(found, key=lambda reason: reason.points)


def success_rate(newest: Sequence[PastRun]) -> float | None:
    """Of the runs that ended by themselves; None: none did."""
    ended = _ended(newest)
    return sum(run.status == SUCCEEDED for run in ended) / len(ended) if ended else None


def worst(services: Sequence[ServiceBrief]) -> ServiceBrief | None:
    """The service that is worst off."""
    return max(services, key=lambda one: _BROKEN.get(one.status, 0), default=None)


def _runs(facts: BotFacts) -> list[HealthReason]:
    ended = _ended(facts.runs.newest)
    failed = sum(run.status in FAILURES for run in ended)
    name, found = facts.standing.name, list[HealthReason]()
    if failed:
        points = -max(1, round(_OF_FAILURES * failed / len(ended)))
        detail = f"{failed} of the last {len(ended)} runs failed."
        found.append(_reason("runs_fail", points, detail, f"codex32 explain {name} --failure"))
    row = sum(1 for _ in takewhile(lambda run: run.status in FAILURES, ended))
    if row >= _IN_A_ROW:
        detail = f"The last {row} runs failed, one after the other."
        found.append(_reason("fails_in_a_row", -20, detail, f"codex32 explain {name} --failure"))
    return found


def _slower(facts: BotFacts) -> list[HealthReason]:
    """The last ten successes against those before, by their medians."""
    took = [
        run.duration_ms
        for run in facts.runs.newest
        if run.status == SUCCEEDED and run.duration_ms is not None
    ]
    recent, before = took[:_RECENT], took[_RECENT:]
    if len(before) < _RECENT:
        return []
    now, then = median(recent), median(before)
    if now < then * _SLOWER or now - then < _SLOWER_MS:
        return []
    detail = f"Runs take {now / 1000:.1f} s now, and took {then / 1000:.1f} s before."
    return [_reason("slower", -10, detail, f"codex32 suggest {facts.standing.name}")]


def _services(facts: BotFacts) -> list[HealthReason]:
    found = worst(facts.services)
    points = _BROKEN.get(found.status, 0) if found else 0
    if found is None or not points:
        return []
    detail = f"The service in {found.environment} is {found.status}: {found.ready} of {found.wanted} ready."
    step = f"codex32 services show {found.bot_name} -e {found.environment}"
    return [_reason("service_down" if points > 20 else "service_degraded", -points, detail, step)]


def _incidents(facts: BotFacts) -> list[HealthReason]:
    if not facts.incidents:
        return []
    plural = "s are" if facts.incidents > 1 else " is"
    detail = f"{facts.incidents} incident{plural} open."
    return [_reason("incidents", -min(30, 15 * facts.incidents), detail, "GET /api/v1/incidents?open=true")]


def _proofs(facts: BotFacts) -> list[HealthReason]:
    standing, found = facts.standing, list[HealthReason]()
    name = standing.name
    if standing.newest_proof == "failed":
        detail = f"The tests of the newest version ({standing.newest}) failed."
        step = f"codex32 versions {name} {standing.newest}"
        found.append(_reason("proof_failed", -25, detail, step))
    used = {place: standing.proofs[place] for place in ("prod", "dev") if place in standing.proofs}
    if not standing.proofs and standing.newest_proof not in ("failed", "pending"):
        detail = "No environment points at a version, so nothing can be run."
        found.append(_reason("not_published", -20, detail, f"codex32 promote {name}"))
    elif "unproven" in used.values():
        place = next(place for place, proof in used.items() if proof == "unproven")
        detail = f"The version in {place} has no tests."
        found.append(_reason("unproven", -10, detail, f"codex32 edit {name} and add tests"))
    return found


def _schedules(facts: BotFacts) -> list[HealthReason]:
    failing = facts.schedules.failing
    if not failing:
        return []
    plural = "s" if failing > 1 else ""
    detail = f"{failing} schedule{plural} started no run when last due."
    step = f"codex32 schedules list --bot {facts.standing.name}"
    return [_reason("schedules_fail", -min(30, 15 * failing), detail, step)]


def _ended(newest: Sequence[PastRun]) -> list[PastRun]:
    return [run for run in newest if run.status == SUCCEEDED or run.status in FAILURES]


def _reason(code: str, points: int, detail: str, next_step: str) -> HealthReason:
    return HealthReason(code=code, points=points, detail=detail, next_step=next_step)
