"""The difference between two versions: texts line by line, and the manifest as a list of changed permissions.

Nothing is decided here: a change that is `widening` asks for more than before, and elsewhere a person has to
agree to it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, cast

from cronsim import CronSim

from .limits import Budget, Limits, Retries
from .package import BotPackage
from .quantities import Money
from .rules import host_covers
from .schema import Manifest, Trigger, trigger_identity
from .services import Service

_MAX_LINES = 5000
_ISOLATION = ("strict", "standard", "minimal")
_UNLIMITED = Decimal("Infinity")


@dataclass(frozen=True)
class FileChange:
    """One file that differs. `unified` is a unified diff, None for what is not text or too long."""

    path: str
    kind: Literal["added", "removed", "changed"]
    unified: str | None


@dataclass(frozen=True)
class ManifestChange:
    """One value of the manifest that differs; `before` and `after` are JSON values, None for absent."""

    path: str
    before: Any
    after: Any
    widening: bool
    """It asks for more: a new host, secret, called bot or trigger, more memory, time or money, less
    isolation.
    """


@dataclass(frozen=True)
class PackageDiff:
    """Everything that differs between two versions."""

    files: tuple[FileChange, ...]
    manifest: tuple[ManifestChange, ...]

    @property
    def widening(self) -> bool:
        """Does any change ask for more?"""
        return any(change.widening for change in self.manifest)


def diff_packages(before: BotPackage | None, after: BotPackage) -> PackageDiff:
    """From one version to the next; a first version is compared with nothing."""
    changes = list(diff_manifests(before.manifest if before else None, after.manifest))
    old, new = (before.dependencies if before else ()), after.dependencies
    changes += [ManifestChange("dependencies", item, None, False) for item in old if item not in new]
    changes += [ManifestChange("dependencies", None, item, False) for item in new if item not in old]
    return PackageDiff(tuple(diff_files(before.files if before else {}, after.files)), tuple(changes))


def diff_files(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[FileChange]:
    """Files that differ, by path."""
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        if old != new:
            kind = "added" if old is None else "removed" if new is None else "changed"
            yield FileChange(path, kind, _unified(path, old, new))


def _unified(path: str, old: bytes | None, new: bytes | None) -> str | None:
    try:
        lines = [_lines((content or b"").decode()) for content in (old, new)]
    except UnicodeDecodeError:
        return None
    if max(map(len, lines)) > _MAX_LINES:
        # difflib's time grows with the square of what it compares.
        return None
    origin = "/dev/null" if old is None else f"a/{path}"
    target = "/dev/null" if new is None else f"b/{path}"
    text: list[str] = []
    for line in difflib.unified_diff(lines[0], lines[1], origin, target):
        text.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(text)


def _lines(text: str) -> list[str]:
    """Lines with their ends. `splitlines` would also break at form feeds and the like."""
    *whole, last = text.split("\n")
    return [f"{line}\n" for line in whole] + ([last] if last else [])


def diff_manifests(before: Manifest | None, after: Manifest) -> Iterator[ManifestChange]:
    """Changed values in the order of the manifest; without `before`, what differs from the defaults."""
    old = before or Manifest(name=after.name)
    for key in ("name", "title", "description", "role", "tags", "entry"):
        yield from _plain(key, getattr(old, key), getattr(after, key), False)
    yield from _plain("kind", old.kind, after.kind, after.kind == "service")
    yield from _service(old.service, after.service)
    yield from _plain("reuse", old.reuse, after.reuse, after.reuse)
    yield from _triggers(old.triggers, after.triggers)
    yield from _network(old.network, after.network)
    yield from _members("secrets", _shown(old), _shown(after))
    yield from _calls(old.calls, after.calls)
    yield from _members("knowledge", old.knowledge, after.knowledge)
    yield from _budget(old.budget, after.budget)
    yield from _numbers("limits", old.limits, after.limits, tuple(Limits.model_fields))
    yield from _retries(old.retries, after.retries)
    rise = (after.concurrency or _UNLIMITED) > (old.concurrency or _UNLIMITED)
    yield from _plain("concurrency", old.concurrency, after.concurrency, rise)
    weaker = _ISOLATION.index(after.isolation) > _ISOLATION.index(old.isolation)
    yield from _plain("isolation", old.isolation, after.isolation, weaker)


def _service(old: Service | None, new: Service | None) -> Iterator[ManifestChange]:
    """Asking for more: to be open to everybody, or to have more processes."""
    before, after = old or Service(), new or Service()
    shown_before, shown_after = before.as_dict(), after.as_dict()
    for key, value in shown_after.items():
        more = (key == "public" and after.public) or (key == "replicas" and after.replicas > before.replicas)
        yield from _plain(f"service.{key}", shown_before[key], value, more)


def _plain(path: str, old: Any, new: Any, widening: bool) -> Iterator[ManifestChange]:
    if old != new:
        yield ManifestChange(path, _json(old), _json(new), widening)


def _json(value: Any) -> Any:
    return list(cast("tuple[Any, ...]", value)) if isinstance(value, tuple) else value


def _shown(manifest: Manifest) -> Sequence[Any]:
    """A secret that is injected elsewhere, or now held by the bot, is one less and one more."""
    return manifest.as_dict()["secrets"]


def _members(path: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[ManifestChange]:
    for item in old:
        if item not in new:
            yield ManifestChange(path, item, None, False)
    for item in new:
        if item not in old:
            yield ManifestChange(path, None, item, True)


def _network(old: Sequence[str], new: Sequence[str]) -> Iterator[ManifestChange]:
    for change in _members("network", old, new):
        covered = change.after is not None and any(host_covers(wide, change.after) for wide in old)
        yield ManifestChange("network", change.before, change.after, change.widening and not covered)


def _calls(old: Sequence[str], new: Sequence[str]) -> Iterator[ManifestChange]:
    for change in _members("calls", old, new):
        yield ManifestChange("calls", change.before, change.after, change.widening and "*" not in old)


def _triggers(old: Sequence[Trigger], new: Sequence[Trigger]) -> Iterator[ManifestChange]:
    """A changed schedule is one trigger less and one more. It asks for more only if more runs come of it."""
    known = {trigger_identity(trigger): trigger for trigger in old}
    kept = {trigger_identity(trigger) for trigger in new}
    for identity, trigger in known.items():
        if identity not in kept:
            yield ManifestChange("triggers", trigger.model_dump(mode="json"), None, False)
    gone = [trigger for identity, trigger in known.items() if identity not in kept]
    for trigger in new:
        same = known.get(trigger_identity(trigger))
        if same == trigger:
            continue
        before = same.model_dump(mode="json") if same else None
        more = same is None and not _takes_the_place(trigger, gone, new, known)
        widening = more or (same is not None and _asks_for_more(same, trigger))
        yield ManifestChange("triggers", before, trigger.model_dump(mode="json"), widening)


def _asks_for_more(same: Trigger, trigger: Trigger) -> bool:
    """Catching up on all missed slots is more runs than catching up on one or none."""
    return _MISFIRE[trigger.misfire] > _MISFIRE[same.misfire] or _opens(same, trigger)


def _takes_the_place(
    trigger: Trigger, gone: Sequence[Trigger], new: Sequence[Trigger], known: Mapping[Any, Trigger]
) -> bool:
    """Whether new schedules of one environment and input start no more runs than those that went away."""

    def alike(other: Trigger) -> bool:
        return bool(other.schedule) and (other.environment, other.input) == (
            trigger.environment,
            trigger.input,
        )

    if trigger.schedule is None:
        return False
    left = [other for other in gone if alike(other)]
    came = [other for other in new if alike(other) and trigger_identity(other) not in known]
    if not left or max(_MISFIRE[other.misfire] for other in came) > max(
        _MISFIRE[other.misfire] for other in left
    ):
        return False
    for days in (366, 28, 1):
        before, after = (sum(_fires(other, days) for other in some) for some in (left, came))
        if max(before, after) < _MOST_FIRES:
            return after <= before
    return False


_MOST_FIRES = 3000
"""Counted in each period; then a shorter one is compared."""
_FROM = datetime(2026, 1, 1, tzinfo=UTC)


def _fires(trigger: Trigger, days: int) -> int:
    """How often a schedule comes in so many days, as far as that is counted."""
    until = _FROM + timedelta(days=days)
    count = 0
    for moment in CronSim(trigger.schedule or "", _FROM):
        count += 1
        if moment >= until or count >= _MOST_FIRES:
            break
    return count


def _opens(before: Trigger, after: Trigger) -> bool:
    """Whether a webhook of the same name lets more in: weaker proof, more methods, fewer fixed arguments."""
    if before.webhook is None or after.webhook is None:
        return False
    old, new = before.webhook, after.webhook
    fixed = all(key in after.input and after.input[key] == value for key, value in before.input.items())
    weaker = _AUTH.index(new.auth) > _AUTH.index(old.auth)
    wider = old.payload == "body" and new.payload == "request"
    return weaker or wider or not fixed or bool(set(new.methods) - set(old.methods))


_AUTH = ("signature", "token", "none")
_MISFIRE = {"skip": 0, "once": 1, "all": 2}


def _budget(old: Budget, new: Budget) -> Iterator[ManifestChange]:
    """No budget at all means that nothing may be spent; within a budget, an absent limit means no limit."""
    for key in Budget.model_fields:
        before: Money | None = getattr(old, key)
        after: Money | None = getattr(new, key)
        if before != after:
            rise = _cap(new, after) > _cap(old, before)
            yield ManifestChange(f"budget.{key}", _text(before), _text(after), rise)


def _cap(budget: Budget, money: Money | None) -> Decimal:
    if budget == Budget():
        return Decimal(0)
    return _UNLIMITED if money is None else money.usd


def _text(money: Money | None) -> str | None:
    return None if money is None else str(money)


def _numbers(
    path: str, old: Limits | Retries, new: Limits | Retries, keys: Sequence[str]
) -> Iterator[ManifestChange]:
    shown_old, shown_new = old.model_dump(mode="json"), new.model_dump(mode="json")
    for key in keys:
        before, after = getattr(old, key), getattr(new, key)
        if before != after:
            yield ManifestChange(f"{path}.{key}", shown_old[key], shown_new[key], after > before)


def _retries(old: Retries, new: Retries) -> Iterator[ManifestChange]:
    yield from _numbers("retries", old, new, ("attempts",))
    yield from _plain("retries.backoff", old.backoff, new.backoff, False)
    for change in _numbers("retries", old, new, ("delay", "max_delay")):
        yield ManifestChange(change.path, change.before, change.after, False)
