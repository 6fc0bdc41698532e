"""From what features know to what a person is told, and in which order. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import get_args

from codex32_server.features.bots.facade import FailedProof
from codex32_server.features.overview.schemas import AttentionKind, AttentionView, Severity, Subject
from codex32_server.features.proposals.facade import WaitingProposal
from codex32_server.features.runs.facade import ApprovalView, FailingBot
from codex32_server.features.services.facade import IncidentView, ServiceBrief
from codex32_server.features.triggers.facade import TriggerTrouble
from codex32_server.features.usage.facade import NearLimit
from codex32_server.queue.overview import WorkerState

OF_A_KIND = 10
_ORDER = {kind: place for place, kind in enumerate(get_args(AttentionKind))}
_LONG_AGO = datetime.fromtimestamp(0, UTC)
_GRAVE = ("quarantined", "restart_failed", "fallback_failed")
_DOWN, _DEGRADED = ("down", "quarantined"), ("degraded",)
_DETAIL = 300


def arrange(found: Iterable[AttentionView]) -> tuple[list[AttentionView], bool]:
    """Most pressing first, the newest of a kind before the older; at most so many of a kind, and whether
    there were more.
    """
    of_kind: defaultdict[str, list[AttentionView]] = defaultdict(list)
    for one in found:
        of_kind[one.kind].append(one)
    told: list[AttentionView] = []
    for kind in sorted(of_kind, key=lambda kind: _ORDER[kind]):
        newest = sorted(of_kind[kind], key=lambda one: one.at or _LONG_AGO, reverse=True)
        told += newest[:OF_A_KIND]
    return told, any(len(some) > OF_A_KIND for some in of_kind.values())


def workers(present: Sequence[WorkerState]) -> list[AttentionView]:
    if any(worker.state == "ready" for worker in present):
        return []
    refusing = [worker for worker in present if worker.state == "refusing"]
    detail = refusing[0].detail if refusing else "Runs are kept until a worker is there."
    title = "The workers refuse to run bots" if refusing else "No worker takes runs"
    return [_item("no_workers", "critical", title, detail, None, Subject(type="system", name="workers"))]


def approvals(open_: Sequence[ApprovalView]) -> list[AttentionView]:
    """Those of one bot together."""
    of_bot: defaultdict[str, list[ApprovalView]] = defaultdict(list)
    for approval in open_:
        of_bot[str(approval.bot_id)].append(approval)
    return [_approvals(some) for some in of_bot.values()]


def _approvals(some: Sequence[ApprovalView]) -> AttentionView:
    oldest = min(some, key=lambda one: one.requested_at)
    name, bot_id = oldest.bot_name, oldest.bot_id
    if len(some) == 1:
        title = f"{name} waits for your answer"
        subject = Subject(type="run", id=str(oldest.run_id), name=name, bot_id=bot_id)
    else:
        title = f"{len(some)} runs of {name} wait for your answer"
        subject = Subject(type="bot", id=str(bot_id), name=name, bot_id=bot_id)
    detail, at = oldest.message or oldest.name, oldest.requested_at
    return _item("approval", "warning", title, detail, at, subject, len(some))


def proposals(waiting: Sequence[WaitingProposal]) -> list[AttentionView]:
    return [
        _item(
            "proposal",
            "info",
            f"A change of {one.bot_name} waits to be {'applied' if one.status == 'approved' else 'reviewed'}",
            one.title + (" It asks for more permissions." if one.widening else ""),
            one.created_at,
            Subject(type="proposal", id=str(one.id), name=one.title, bot_id=one.bot_id),
        )
        for one in waiting
    ]


def incidents(open_: Sequence[IncidentView]) -> list[AttentionView]:
    return [
        _item(
            "incident",
            "critical" if one.kind in _GRAVE else "warning",
            f"{one.bot_name or 'A service'}: {one.kind.replace('_', ' ')}",
            one.message,
            one.opened_at,
            Subject(type="incident", id=str(one.id), name=one.bot_name, bot_id=one.bot_id),
        )
        for one in open_
    ]


def services(found: Sequence[ServiceBrief], told: Sequence[IncidentView]) -> list[AttentionView]:
    """Those that are not well and that no open incident tells of."""
    known = {incident.service_id for incident in told}
    items: list[AttentionView] = []
    for one in found:
        if one.id in known or one.status not in (*_DOWN, *_DEGRADED):
            continue
        down = one.status in _DOWN
        items.append(
            _item(
                "service_down" if down else "service_degraded",
                "critical" if down else "warning",
                f"{one.bot_name} is {one.status} in {one.environment}",
                f"{one.ready} of {one.wanted} replicas are ready.",
                one.updated_at,
                Subject(type="service", id=str(one.id), name=one.bot_name, bot_id=one.bot_id),
            )
        )
    return items


def failing(bots: Sequence[FailingBot]) -> list[AttentionView]:
    return [
        _item(
            "bot_failing",
            "warning",
            f"{one.name} failed {one.in_a_row} times in a row"
            if one.in_a_row > 1
            else f"{one.failed} of the last {one.ended} runs of {one.name} failed",
            f"Lately: {one.last.error_code or one.last.status}.",
            one.last.finished_at or one.last.created_at,
            Subject(type="bot", id=str(one.bot_id), name=one.name, bot_id=one.bot_id),
            max(one.in_a_row, one.failed),
        )
        for one in bots
    ]


def schedules(troubled: Sequence[TriggerTrouble]) -> list[AttentionView]:
    return [
        _item(
            "schedule_failing",
            "warning",
            f"The schedule {one.name} of {one.bot_name} started no run",
            one.detail,
            one.at,
            Subject(type="schedule", id=str(one.id), name=one.name, bot_id=one.bot_id),
        )
        for one in troubled
    ]


def webhooks(troubled: Sequence[TriggerTrouble]) -> list[AttentionView]:
    return [
        _item(
            "webhook_refusing",
            "warning",
            f"The webhook {one.name} of {one.bot_name} refuses deliveries",
            one.detail,
            one.at,
            Subject(type="webhook", id=str(one.id), name=one.name, bot_id=one.bot_id),
            one.count,
        )
        for one in troubled
    ]


def budgets(near: Sequence[NearLimit]) -> list[AttentionView]:
    items: list[AttentionView] = []
    for one in near:
        full = one.share >= 1
        whose = "the workspace" if one.scope == "workspace" else f"the {one.scope} {one.name}".rstrip()
        used = f"{one.share:.0%} of the budget of {whose} ({one.period}) is spent"
        items.append(
            _item(
                "budget_exhausted" if full else "budget_near",
                "critical" if full else "warning",
                f"The budget of {whose} is spent" if full else used,
                "Calls of models are refused until it is reset or raised." if full else "",
                one.at,
                Subject(
                    type="budget",
                    id=f"{one.scope}/{one.subject}/{one.period}",
                    name=one.name,
                    bot_id=one.subject if one.scope == "bot" else None,
                ),
            )
        )
    return items


def proofs(failed: Sequence[FailedProof]) -> list[AttentionView]:
    return [
        _item(
            "proof_failed",
            "warning",
            f"The tests of {one.bot_name}, version {one.number}, failed",
            one.reason,
            one.at,
            Subject(type="version", id=str(one.id), name=f"{one.bot_name} {one.number}", bot_id=one.bot_id),
        )
        for one in failed
    ]


def _item(
    kind: AttentionKind,
    severity: Severity,
    title: str,
    detail: str,
    at: datetime | None,
    subject: Subject,
    count: int = 1,
) -> AttentionView:
    return AttentionView(
        kind=kind,
        severity=severity,
        title=title,
        detail=detail[:_DETAIL],
        count=count,
        at=at,
        subject=subject,
    )
