"""When the probes of a service are looked at again: a heartbeat that stops is noticed when it is overdue."""

from __future__ import annotations

import time
from typing import Any

import pytest
from codex32_server.kit.manifest.services import Probe, Service
from codex32_server.runtime.standing import Standing
from codex32_server.worker.services.watching import Watch


def pause(ago: float | None, **probe: Any) -> float:
    """Seconds to the next look after a beat so many seconds ago."""

    async def told(ready: bool) -> None:
        del ready

    standing = Standing()
    standing.last_beat = None if ago is None else time.monotonic() - ago
    return Watch(Service(), standing, told)._pause(Probe.model_validate(probe))


@pytest.mark.parametrize(
    ("ago", "interval", "least", "most"),
    [
        (50, "5m", 5, 10.02),  # not up to twice as late: when the beat should have come
        (0, "5m", 55, 60.02),
        (0, "10s", 10, 10),
        (58, "10s", 0.001, 2.02),
        (90, "10s", 10, 10),  # overdue already: it is looked for as it would come again
        (90, "5m", 60, 60),
        (None, "5m", 55, 60.02),
    ],
)
def test_a_heart_is_looked_at_when_it_becomes_overdue(
    ago: float | None, interval: str, least: float, most: float
) -> None:
    assert least <= pause(ago, heartbeat="1m", interval=interval) <= most


def test_other_probes_keep_to_their_interval() -> None:
    assert pause(3, http="/health", interval="7s") == 7
