"""Looks at one process of a service until it ends: is it ready, is it alive. Restarts are not its matter."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from codex32_server.kit.manifest.services import Probe, Service
from codex32_server.runtime.standing import Look, Standing

Told = Callable[[bool], Awaitable[None]]
"""Hears when readiness is won or lost."""

SETTLED = 1.0
"""Seconds after which a service without port and probe counts as ready: one that fails at once never is."""

_OVERDUE = 0.01
"""Seconds after which a heartbeat that has not come by its time is late."""
_STARTING_INTERVAL = 0.2
"""Between looks before a replica is ready for the first time, unless its probe asks for less."""


@dataclass
class Seen:
    """What the probes saw last, as it is shown."""

    values: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])

    def note(self, name: str, look: Look) -> int:
        """Keep a look; how many failures in a row there are now."""
        failures = 0 if look.ok else self.values.get(name, {}).get("failures", 0) + 1
        self.values[name] = {
            "ok": look.ok,
            "detail": look.detail,
            "failures": failures,
            "at": datetime.now(UTC).isoformat(),
        }
        return failures


@dataclass(frozen=True)
class Unwell:
    """Why a process must end: (code, sentence)."""

    code: str
    detail: str


class Watch:
    """The probes of one process. `seen` is what they show."""

    def __init__(self, spec: Service, standing: Standing, told: Told) -> None:
        self._spec = spec
        self._standing = standing
        self._told = told
        self._ready = False
        self.seen = Seen()

    async def run(self) -> Unwell:
        """Until the process must end; cancelled when it has ended by itself."""
        await self._standing.up.wait()
        late = await self._become_ready()
        if late is not None:
            return late
        tasks = [asyncio.create_task(self._keep_ready())]
        if self._spec.liveness is not None:
            tasks.append(asyncio.create_task(self._stay_alive(self._spec.liveness)))
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return next(iter(done)).result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _become_ready(self) -> Unwell | None:
        limit = self._spec.start_timeout
        try:
            async with asyncio.timeout(limit):
                await self._until_ready()
        except TimeoutError:
            seen = self.seen.values.get("readiness", {}).get("detail")
            detail = f"It was not ready within {limit:g} seconds" + (f": {seen}." if seen else ".")
            return Unwell("start_timeout", detail)
        await self._tell(True)
        return None

    async def _until_ready(self) -> None:
        probe = self._spec.readiness
        while True:
            look = await self._look_ready()
            self.seen.note("readiness", look)
            if look.ok:
                return
            if probe is not None and probe.heartbeat is not None:
                await self._standing.beaten.wait()
            else:
                pause = probe.interval if probe else _STARTING_INTERVAL
                await asyncio.sleep(min(pause, _STARTING_INTERVAL))

    async def _look_ready(self) -> Look:
        """By the probe; without one a port must answer, and without a port it must stay up for a moment."""
        spec = self._spec
        if spec.readiness is not None:
            return await self._standing.look(spec.readiness, spec.port)
        if spec.port is not None:
            return await self._standing.http(spec.port, "/", 2.0, any_status=True)
        up = time.monotonic() - self._standing.started
        return Look(up >= SETTLED, f"it is up for {up:.1f} seconds")

    async def _keep_ready(self) -> Unwell:
        """Readiness is lost and won again; it never ends the process."""
        probe = self._spec.readiness
        while True:
            if probe is None:
                await asyncio.Event().wait()
                continue
            await asyncio.sleep(self._pause(probe))
            look = await self._standing.look(probe, self._spec.port)
            failures = self.seen.note("readiness", look)
            if look.ok and not self._ready:
                await self._tell(True)
            elif self._ready and failures >= probe.failures:
                await self._tell(False)

    async def _stay_alive(self, probe: Probe) -> Unwell:
        if probe.heartbeat is not None and self._standing.last_beat is None:
            self._standing.last_beat = time.monotonic()  # its time begins now
        while True:
            await asyncio.sleep(self._pause(probe))
            look = await self._standing.look(probe, self._spec.port)
            failures = self.seen.note("liveness", look)
            if failures >= _enough(probe):
                return Unwell("unhealthy", f"Its liveness probe failed {failures} times: {look.detail}.")

    def _pause(self, probe: Probe) -> float:
        """Seconds to the next look: at a heart when it becomes overdue, at others after their interval."""
        if probe.heartbeat is None:
            return probe.interval
        last = self._standing.last_beat
        due = probe.heartbeat if last is None else last + probe.heartbeat - time.monotonic()
        regular = min(probe.interval, probe.heartbeat)
        return min(regular, due + _OVERDUE) if due > 0 else regular

    async def _tell(self, ready: bool) -> None:
        self._ready = ready
        await self._told(ready)


def _enough(probe: Probe) -> int:
    """A heartbeat that is overdue has failed: its time is in the probe already."""
    return 1 if probe.heartbeat is not None else probe.failures
