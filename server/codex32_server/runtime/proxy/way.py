"""What the driver does about the network in one attempt; nothing where the run has none."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from codex32_server.runtime.capture import Level
from codex32_server.runtime.contract import EgressRecord, RunError
from codex32_server.runtime.proxy.client import EgressProxy
from codex32_server.runtime.proxy.lease import Lease, Window

_UNRESOLVED = re.compile(
    r"gaierror|Name or service not known|No address associated with hostname|Could not resolve host"
    r"|[Nn]ame resolution|nodename nor servname"
)
_ADVICE = (
    "Network: inside of a run only those names exist that its manifest lists; add the host that "
    'did not resolve, for example network = ["api.example.com"].'
)
_EXPLAINED = "manifest"
"""In a fault that says already what to add."""


@dataclass(frozen=True)
class WayOut:
    """An attempt's lease, if it has one."""

    lease: Lease | None = None
    proxy: EgressProxy | None = None

    @property
    def records(self) -> Sequence[EgressRecord]:
        return tuple(self.lease.records) if self.lease else ()

    @property
    def uncounted(self) -> int:
        """Connections beyond those in `records`."""
        return self.lease.untold if self.lease else 0

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that tell the bot's libraries of it."""
        return self.lease.environment if self.lease else {}

    async def broken(self, say: Callable[[str], object]) -> None:
        """Returns when the proxy died under the run; `say` hears of refusals until then."""
        if self.lease is None:
            await asyncio.Event().wait()
            return
        self.lease.on_refusal = say
        await self.lease.broken.wait()

    async def renew(self) -> Window | None:
        """Begin another window, for what stays up; gives what was done in the last one, if anything was."""
        if self.lease is None or self.proxy is None:
            return None
        ended = await self.proxy.renew(self.lease)
        return ended if ended and ended.records else None

    async def end(self) -> None:
        """Nothing runs inside any more: close the gate, so that the last records are there."""
        if self.lease and self.proxy:
            await self.proxy.release(self.lease)

    def last_words(self, error: RunError | None) -> Sequence[tuple[str, Level]]:
        """Lines for the end of the run's log."""
        lines: list[tuple[str, Level]] = []
        if self.lease:
            for line in self.lease.summary():
                lines.append((line, "info"))
        told = f"{error.detail} {error.traceback or ''}" if error else ""
        if _UNRESOLVED.search(told) and _EXPLAINED not in told:
            lines.append((_ADVICE, "warning"))
        return lines
