"""One run's hold on the proxy, from before its sandbox starts until after its end, and what it did."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from codex32_server.runtime.contract import EgressRecord
from codex32_server.runtime.errors import EgressFailedError
from codex32_server.runtime.proxy import inside as insides
from codex32_server.runtime.proxy.grants import Grant, Reason
from codex32_server.runtime.proxy.inside import Inside
from codex32_server.runtime.proxy.policy import entry_for, missing_entry
from codex32_server.runtime.proxy.traffic import MOST_RECORDS

MOST_REFUSALS_TOLD = 20
"""Different refusals that a run's log names while it runs."""

_LONGEST_SUMMARY = 12


class Window(NamedTuple):
    """What a run did on the network within a time: the first connections, and how many more there were."""

    records: Sequence[EgressRecord]
    untold: int


@dataclass
class ModelUse:
    """What a run passed through its door to the model gateway; what it cost is in the gateway's ledger."""

    requests: int = 0
    sent: int = 0
    received: int = 0
    refused: int = 0
    redacted: int = 0
    """Requests out of which secrets were taken."""


@dataclass
class Lease:
    """`broken` is set when the proxy died while this run used it."""

    grant: Grant
    inside: Inside
    workspace_id: UUID
    bounded: Sequence[str] | None = ()
    """The hosts of the workspace that the proxy keeps to; None: it was told others and has not answered."""
    broken: asyncio.Event = field(default_factory=asyncio.Event)
    records: list[EgressRecord] = field(default_factory=list[EgressRecord])
    untold: int = 0
    """Connections beyond those in `records`."""
    models: ModelUse = field(default_factory=ModelUse)
    busy: bool = False
    spent: int = 0
    """Bytes that count, when nothing was open last: what the next process of the proxy begins with."""
    carried: int = 0
    """Of `untold`, those of processes of the proxy that died."""
    on_refusal: Callable[[str], object] = str
    """Hears a line for the run's log."""
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while the proxy is asked about this run: one question at a time."""
    listeners: list[socket.socket] = field(default_factory=list[socket.socket])
    opening: Callable[[Lease, Sequence[socket.socket]], Awaitable[None]] | None = None
    _untold_now: int = 0
    _told: set[tuple[str, int, str]] = field(default_factory=set[tuple[str, int, str]])

    @property
    def environment(self) -> Mapping[str, str]:
        """The bot's variables."""
        return self.inside.environment

    async def open(self, listeners: list[socket.socket]) -> None:
        """Let the proxy serve these, which are the lease's from now on. Raises EgressFailedError."""
        self.forget()
        self.listeners = listeners
        assert self.opening
        await self.opening(self, listeners)

    async def open_in(self, folder: Path) -> None:
        """Make and fill a folder of the host, and open. Raises EgressFailedError."""
        try:
            listeners = await asyncio.to_thread(insides.write, self.inside, folder)
        except OSError as error:
            raise EgressFailedError(f"The network of the run could not be prepared: {error}.") from error
        await self.open(listeners)

    def forget(self) -> None:
        """Close the listeners. Idempotent."""
        for listener in self.listeners:
            listener.close()
        self.listeners = []

    def is_busy(self, message: Mapping[str, Any]) -> None:
        """The proxy says whether a connection is open. Raises KeyError for a message that is none."""
        self.busy = message["busy"]
        if not self.busy:
            self.spent, self._untold_now = message["spent"], message["untold"]

    def carry_over(self) -> None:
        """The process of the proxy died while the run had nothing open: what it counted goes on counting."""
        self.carried += self._untold_now
        self._untold_now = 0

    def next_window(self, untold: int) -> Window:
        """Everything counts from nothing again; gives the window that has ended."""
        ended = Window(tuple(self.records), self.carried + untold)
        self.records = []
        self.spent = self.carried = self._untold_now = 0
        self._told.clear()
        return ended

    def take_models(self, message: Mapping[str, Any]) -> None:
        """What passed in one request to the gateway, or was refused. Raises KeyError or TypeError."""
        use, reason = self.models, message["reason"]
        use.requests += 1 if message["allowed"] else 0
        use.refused += 0 if message["allowed"] else 1
        use.sent += message["sent"]
        use.received += message["received"]
        if reason != Reason.IN_MANIFEST:
            self._tell((message["host"], 0, reason), model_refusal(reason))

    def take(self, message: Mapping[str, Any]) -> None:
        """A record, as the proxy tells it. Raises KeyError or TypeError for one that is none."""
        if len(self.records) >= MOST_RECORDS:
            return
        record = EgressRecord(
            at=datetime.fromtimestamp(message["at"], UTC),
            host=message["host"],
            port=message["port"],
            allowed=message["allowed"],
            reason=message["reason"],
            bytes_sent=message["sent"],
            bytes_received=message["received"],
            seconds=message["seconds"],
        )
        self.records.append(record)
        if record.reason != Reason.IN_MANIFEST:
            self._tell((record.host, record.port, record.reason), refusal_line(record))

    def summary(self) -> Sequence[str]:
        """Lines for the end of the run's log; none where it used neither network nor models."""
        lines = summary(self.records, self.untold)
        if (use := self.models).requests:
            told = f"{use.sent} bytes sent, {use.received} received"
            lines.append(f"Models: {_count(use.requests, 'request')}, {told}.")
        if use.redacted:
            lines.append(f"Models: secrets were taken out of {_count(use.redacted, 'request')}.")
        return lines

    def _tell(self, key: tuple[str, int, str], line: str) -> None:
        """Each refusal once, and not too many."""
        if key not in self._told and len(self._told) < MOST_REFUSALS_TOLD:
            self._told.add(key)
            self.on_refusal(line)


def refusal_line(record: EgressRecord) -> str:
    """What the run's log says about a connection that was refused or cut off."""
    where = entry_for(record.host, record.port) if record.host else "the proxy"
    if record.reason == Reason.NOT_IN_MANIFEST:
        return f"Network: {where} was refused: {missing_entry(record.host, record.port)}."
    verb = "was cut off" if record.allowed else "was refused"
    return f"Network: {where} {verb}: {_WORDS.get(record.reason, record.reason)}."


def model_refusal(reason: str) -> str:
    """What the run's log says about a request to the model gateway that was refused or broke off."""
    return f"Models: a request was refused: {_MODEL_WORDS.get(reason, _WORDS.get(reason, reason))}."


def summary(records: Sequence[EgressRecord], untold: int) -> list[str]:
    """One line for each host: connections, bytes, refusals."""
    hosts: dict[str, list[EgressRecord]] = {}
    for record in records:
        if record.host:
            hosts.setdefault(entry_for(record.host, record.port), []).append(record)
    lines = [f"Network: {host}: {_totals(its)}." for host, its in list(hosts.items())[:_LONGEST_SUMMARY]]
    if len(hosts) > _LONGEST_SUMMARY:
        lines.append(f"Network: {len(hosts) - _LONGEST_SUMMARY} more hosts.")
    if untold:
        lines.append(f"Network: {untold} more connections were only counted.")
    return lines


def _totals(records: Sequence[EgressRecord]) -> str:
    through = [record for record in records if record.allowed]
    parts: list[str] = []
    if through:
        sent, received = sum(r.bytes_sent for r in through), sum(r.bytes_received for r in through)
        parts.append(f"{_count(len(through), 'connection')}, {sent} bytes sent, {received} received")
    if refused := len(records) - len(through):
        parts.append(f"{refused} refused")
    return ", ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


_WORDS: Mapping[str, str] = {
    Reason.NOT_IN_WORKSPACE: (
        "the workspace does not allow it; an owner can with `codex32 workspaces hosts`"
    ),
    Reason.BAD_NAME: "it is no host name in a usual spelling",
    Reason.BAD_REQUEST: "the request was not sound",
    Reason.UNRESOLVED: "it has no address in DNS",
    Reason.NOT_PUBLIC: (
        "it is not at a public address; an administrator can allow its range with"
        " CODEX32_EGRESS_ALLOW_PRIVATE"
    ),
    Reason.UNREACHABLE: "it does not answer",
    Reason.CERTIFICATE: "its certificate is not trusted",
    Reason.NOT_TLS: "what was sent is not TLS",
    Reason.SNI_MISMATCH: "TLS named another host, or none",
    Reason.TOO_MANY_CONNECTIONS: "too many connections at a time",
    Reason.TOO_MANY_BYTES: "the run passed as many bytes as it may",
    Reason.SILENT: "nothing passed for too long",
}

_MODEL_WORDS: Mapping[str, str] = {
    Reason.MODELS_ONLY: "only paths below /llm/v1 are served there",
    Reason.UNREACHABLE: "the platform's model gateway does not answer",
}
