"""What a run used of the network, and what of it is told to the worker: bounded, whatever the bot does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from codex32_server.runtime.proxy.grants import Reason, RunLimits
from codex32_server.runtime.proxy.refusal import Refusal

MOST_RECORDS = 200
"""Connections of one run that are told one by one; the rest is only counted."""

Tell = Callable[[dict[str, Any]], None]


class Meter:
    """The bytes and connections of one run. `spent` bytes count already: an earlier process passed them."""

    def __init__(self, run: str, limits: RunLimits, tell: Tell, spent: int = 0) -> None:
        self._run = run
        self._limits = limits
        self._tell = tell
        self._spent = spent
        self._records = 0
        self.clients = 0
        self.untold = 0

    def renew(self) -> None:
        """Begin another window: bytes and records count from nothing again."""
        self._spent = self._records = self.untold = 0

    def enter(self) -> None:
        """A client connects. Raises Refusal; call `leave` in any case."""
        self.clients += 1
        if self.clients == 1:
            self._tell({"kind": "busy", "run": self._run, "busy": True})
        if self.clients > self._limits.connections:
            raise Refusal(
                Reason.TOO_MANY_CONNECTIONS,
                f"more than {self._limits.connections} connections at a time (CODEX32_EGRESS_CONNECTIONS)",
            )

    def leave(self) -> None:
        """A client is gone."""
        self.clients -= 1
        if self.clients == 0:
            used = {"spent": self._spent, "untold": self.untold}
            self._tell({"kind": "busy", "run": self._run, "busy": False, **used})

    def spend(self, count: int) -> None:
        """Raises Refusal once the run has used up its bytes."""
        self._spent += count
        if self._spent > self._limits.bytes:
            raise Refusal(
                Reason.TOO_MANY_BYTES,
                f"the run passed {self._limits.bytes} bytes through the network (CODEX32_EGRESS_MIB)",
            )

    def record(self, **fields: Any) -> None:
        """Tell the worker of one decision, or count it."""
        if self._records >= MOST_RECORDS:
            self.untold += 1
            return
        self._records += 1
        self._tell({"kind": "record", "run": self._run, **fields})


class Traffic:
    """One connection to a host, from the decision to its end."""

    def __init__(self, meter: Meter, host: str, port: int) -> None:
        self._meter = meter
        self.host, self.port = host, port
        self._at, self._began = time.time(), time.monotonic()
        self._sent = self._received = 0
        self._open = True
        self.touched = self._began

    @property
    def is_open(self) -> bool:
        """Whether its end is not recorded yet."""
        return self._open

    def sent(self, count: int) -> None:
        """Bytes to the host. Raises Refusal."""
        self._sent += count
        self._passed(count)

    def received(self, count: int) -> None:
        """Bytes from the host. Raises Refusal."""
        self._received += count
        self._passed(count)

    def end(self, reason: Reason = Reason.IN_MANIFEST, *, allowed: bool = True) -> None:
        """Record it, the first time this is called."""
        if self._open:
            self._open = False
            self._meter.record(
                at=self._at, host=self.host, port=self.port, allowed=allowed, reason=str(reason),
                sent=self._sent, received=self._received, seconds=time.monotonic() - self._began,
            )  # fmt: skip

    def _passed(self, count: int) -> None:
        self.touched = time.monotonic()
        self._meter.spend(count)
