"""The one table of what may become of a session, and the guard that holds every write to it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from codex32_server.features.builder.errors import SessionStateError


class Status(StrEnum):
    """Where a session stands. Only `published` and `cancelled` are final."""

    WORKING = "working"
    ASKING = "asking"
    REVIEWING = "reviewing"
    PUBLISHED = "published"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Event(StrEnum):
    """What happens to a session."""

    ASK = "ask"
    REVIEW = "review"
    REFUSE = "refuse"
    FAIL = "fail"
    CHANGE = "change"
    """A person said something, answered, edited a stage, or asked to go on."""
    PUBLISH = "publish"
    CANCEL = "cancel"


_OPEN = (Status.WORKING, Status.ASKING, Status.REVIEWING, Status.REFUSED, Status.FAILED)
ALLOWED: Mapping[tuple[Status, Event], Status] = MappingProxyType(
    {
        (Status.WORKING, Event.ASK): Status.ASKING,
        (Status.WORKING, Event.REVIEW): Status.REVIEWING,
        (Status.WORKING, Event.REFUSE): Status.REFUSED,
        (Status.WORKING, Event.FAIL): Status.FAILED,
        (Status.REVIEWING, Event.PUBLISH): Status.PUBLISHED,
        **{(status, Event.CHANGE): Status.WORKING for status in _OPEN},
        **{(status, Event.CANCEL): Status.CANCELLED for status in _OPEN},
    }
)
_VERBS = {
    Event.CHANGE: "changed",
    Event.PUBLISH: "published",
    Event.CANCEL: "cancelled",
}


def after(status: Status, event: Event) -> Status:
    """Where `event` leads from `status`. Raises SessionStateError where it may not happen."""
    found = ALLOWED.get((status, event))
    if found is None:
        verb = _VERBS.get(event, str(event))
        raise SessionStateError(f"A session that is {status} cannot be {verb}.")
    return found
