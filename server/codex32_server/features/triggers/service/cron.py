"""When a cron expression is due: local time of an IANA zone in, UTC out. Pure.

Fields are matched by cronsim, on local time without a zone; what a change of the clock means is decided here:

* A schedule that names hours and minutes (`30 2 * * *`) follows the clock on the wall. A local time that is
  skipped when clocks go forward fires once, at the first moment after the gap; one that comes twice when
  clocks go back fires once, the first time. Two local times that fall on the same moment are one slot.
* A schedule with `*` in the minute or hour field (`*/15 * * * *`, `0 * * * *`) is an interval: it fires
  whenever the local clock shows a matching minute, so a repeated hour fires again and a skipped one does not.

This is what Debian's cron does. cronsim's own handling of zones is not used: it loses slots after half-hour
changes (`*/15 3 * * *` in Australia/Lord_Howe).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

from cronsim import CronSim

_SECOND = timedelta(seconds=1)
_STRIDE = timedelta(hours=12)
"""No zone changes its clock twice within this."""
_LOOK_BACK = timedelta(days=4 * 366)


def next_slot(cron: str, zone: str, after: datetime) -> datetime | None:
    """The first slot later than `after` (aware; any zone), in UTC; None if there is none for 50 years.

    The expression and the zone must be valid (`kit.manifest.rules`).
    """
    return next(slots(cron, zone, after), None)


def slots(cron: str, zone: str, after: datetime) -> Iterator[datetime]:
    """Slots later than `after`, strictly ascending, in UTC. May have no end."""
    start = after.astimezone(UTC)
    return _interval(cron, _zone(zone), start) if is_interval(cron) else _wall_clock(cron, _zone(zone), start)


def preview(cron: str, zone: str, after: datetime, count: int) -> list[datetime]:
    """The next `count` slots, or fewer if there are not so many."""
    return list(islice(slots(cron, zone, after), count))


def last_slot(cron: str, zone: str, until: datetime) -> datetime | None:
    """The last slot at or before `until`, in UTC, looking back four years; None if there is none."""
    back = timedelta(minutes=1)
    while back < _LOOK_BACK:
        found: datetime | None = None
        for slot in slots(cron, zone, until - back):
            if slot > until:
                break
            found = slot
        if found is not None:
            return found
        back *= 2
    return None


def is_interval(cron: str) -> bool:
    """Whether the expression means "every so often" rather than times of day."""
    minute, hour, *_ = cron.split()
    return "*" in minute or "*" in hour


def _wall_clock(cron: str, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    for naive in CronSim(cron, after.astimezone(zone).replace(tzinfo=None)):
        moment = _first_moment(naive, zone)
        if moment > after:
            yield moment
            after = moment


def _first_moment(naive: datetime, zone: ZoneInfo) -> datetime:
    """When a local time comes for the first time; for one inside a gap, the end of the gap."""
    moment = naive.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == naive:
        return moment
    # PEP 495: inside a gap, fold=1 counts with the offset behind the gap, which gives a moment before it.
    before = naive.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _change(zone, before, moment) or moment


def _interval(cron: str, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """From one change of the clock to the next; in between, local time is UTC plus a constant."""
    start = after.replace(microsecond=0) + _SECOND
    while True:
        offset = _offset(zone, start)
        naive = next(CronSim(cron, (start + offset - _SECOND).replace(tzinfo=None)), None)
        if naive is None:
            return
        moment = naive.replace(tzinfo=UTC) - offset
        change = _change(zone, start, moment)
        if change is None:
            yield moment
        start = change or moment + _SECOND


def _change(zone: ZoneInfo, start: datetime, end: datetime) -> datetime | None:
    """The first second in (start, end] at which another offset holds than at `start`; None if none does."""
    while start < end:
        stop = min(start + _STRIDE, end)
        if _offset(zone, stop) != _offset(zone, start):
            return _halve(zone, start, stop)
        start = stop
    return None


def _halve(zone: ZoneInfo, start: datetime, stop: datetime) -> datetime:
    old = _offset(zone, start)
    seconds = int((stop - start).total_seconds())
    low, high = 0, seconds
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, start + middle * _SECOND) == old:
            low = middle
        else:
            high = middle
    return start + high * _SECOND


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
