"""The review page: what the bot does in plain words, what it may touch, what it costs, what was shown. Pure.

Everything is read from the files that will be published, not from what an engine said of them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from cronsim import CronSim

from codex32_server.features.builder.contract import Permissions, Plan, Requirements
from codex32_server.features.builder.documents import (
    Checked,
    Cost,
    FileChange,
    Reviewed,
    SecretNeeded,
    Tested,
)
from codex32_server.features.builder.explaining.facts import starts_of
from codex32_server.features.builder.permissions import permissions_of, wider
from codex32_server.features.secrets.facade import set_command
from codex32_server.kit.manifest.diff import diff_packages
from codex32_server.kit.manifest.errors import BotFileError
from codex32_server.kit.manifest.package import BotPackage, package_from_files

_FIRST = "dev"
_MOST_SLOTS = 1000
_MONTH = timedelta(days=365) / 12
_HORIZON = timedelta(days=400)
_MOST_DIFF = 20_000
_CENT = Decimal("0.01")
_NAMED = frozenset({"network", "secrets", "calls", "budget", "dependencies"})
"""Of a manifest: what `permissions.wider` tells."""


def review(
    requirements: Requirements,
    plan: Plan,
    package: BotPackage,
    files: Mapping[str, str],
    checked: Checked,
    tested: Tested,
    missing: Sequence[str],
    base: Mapping[str, str] | None,
    now: datetime,
) -> Reviewed:
    """`package` is what `files` are; `missing` are the secrets that are not set yet."""
    permissions = permissions_of(package.manifest, package.dependencies, files)
    old = _package(base) if base else None
    before = permissions_of(old.manifest, old.dependencies, base or {}) if old else Permissions()
    warnings = [finding for finding in (*checked.findings, *tested.findings) if finding.severity != "error"]
    return Reviewed(
        name=package.manifest.name,
        title=package.manifest.title or plan.title,
        does=list(plan.steps),
        assumed=list(requirements.assumed),
        schedules=list(plan.schedules) or _schedules(package),
        starts=starts_of(package.manifest),
        permissions=permissions,
        wider=[*wider(before, permissions), *_asks_more(old, package)] if base else [],
        secrets=[
            SecretNeeded(name=name, is_set=name not in missing, command=set_command(name, _FIRST))
            for name in permissions.secrets
        ],
        cost=cost_of(package, permissions, now),
        warnings=[_line(finding.file, finding.line, finding.message) for finding in warnings],
        tests=tested.cases,
        tested=tested.proof == "proven",
        changes=changes(base, files) if base else [],
    )


def cost_of(package: BotPackage, permissions: Permissions, now: datetime) -> Cost:
    """The most that it can come to: what a run costs is known only when it has run."""
    crons = [
        (trigger.schedule, trigger.timezone) for trigger in package.manifest.triggers if trigger.schedule
    ]
    rate = sum(runs_per_month(cron, now) for cron, _ in crons) if crons else None
    budget = package.manifest.budget.per_run
    shown = None if rate is None else round(rate, 1)
    if not permissions.models:
        return Cost(runs_per_month=shown, says="It uses no model: running it costs nothing.")
    if budget is None:
        says = "It asks models, but its manifest gives it no budget per run, so it may spend nothing."
        return Cost(runs_per_month=shown, says=says)
    month = None if rate is None else (budget.usd * Decimal(str(rate))).quantize(_CENT)
    told = f"At most ${budget.usd.normalize():f} a run"
    told += "." if month is None else f", which is at most ${month:f} a month at {shown:g} runs."
    return Cost(
        most_per_run_usd=f"{budget.usd.normalize():f}",
        runs_per_month=shown,
        most_per_month_usd=None if month is None else f"{month:f}",
        says=told,
    )


def runs_per_month(cron: str, now: datetime) -> float:
    """How often a cron expression comes around in a month, on average."""
    start = now.replace(tzinfo=None)
    count, last = 0, start
    for slot in CronSim(cron, start):
        if count == _MOST_SLOTS or slot - start > _HORIZON:
            break
        count, last = count + 1, slot
    span = last - start if count == _MOST_SLOTS else _HORIZON
    return count * (_MONTH / span) if count else 0.0


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[FileChange]:
    """What differs, as unified diffs, by path."""
    found: list[FileChange] = []
    for path in sorted({*before, *after}):
        old, new = before.get(path), after.get(path)
        if old == new:
            continue
        kind = "added" if old is None else "removed" if new is None else "changed"
        found.append(FileChange(path=path, change=kind, diff=_diff(path, old or "", new or "")))
    return found


def _diff(path: str, old: str, new: str) -> str:
    lines: Iterable[str] = difflib.unified_diff(
        old.splitlines(), new.splitlines(), f"a/{path}", f"b/{path}", lineterm=""
    )
    return "\n".join(lines)[:_MOST_DIFF]


def _package(base: Mapping[str, str]) -> BotPackage | None:
    try:
        return package_from_files({path: text.encode() for path, text in base.items()})
    except BotFileError:
        return None


def _asks_more(old: BotPackage | None, new: BotPackage) -> Iterator[str]:
    """What a proposal counts as asking for more, and `wider` does not name: memory, processors, isolation."""
    for change in diff_packages(old, new).manifest if old else ():
        if change.widening and change.path.partition(".")[0] not in _NAMED:
            yield f"have {change.path} {change.after} (before: {change.before})"


def _schedules(package: BotPackage) -> list[str]:
    return [f"{one.schedule} ({one.timezone})" for one in package.manifest.triggers if one.schedule]


def _line(file: str, line: int, message: str) -> str:
    place = f"{file}:{line}: " if file and line else f"{file}: " if file else ""
    return f"{place}{message}"
