"""One run's hold on the proxy, from before its sandbox starts until after its end, and what it did."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from codex32_server.runtime.contract import EgressRecord
from codex32_server.runtime.proxy.grants import Grant, Reason
from codex32_server.runtime.proxy.inside import Inside
from codex32_server.runtime.proxy.policy import entry_for, missing_entry
from codex32_server.runtime.proxy.traffic import MOST_RECORDS

MOST_REFUSALS_TOLD = 20
"""Different refusals that a run's log names while it runs."""

_LONGEST_SUMMARY = 12


@dataclass
class Lease:
    """`broken` is set when the proxy died while this run used it."""

    grant: Grant
    inside: Inside
    broken: asyncio.Event = field(default_factory=asyncio.Event)
    records: list[EgressRecord] = field(default_factory=list[EgressRecord])
    untold: int = 0
    """Connections beyond those in `records`."""
    busy: bool = False
    on_refusal: Callable[[str], object] = str
    """Hears a line for the run's log."""
    _told: set[tuple[str, int, str]] = field(default_factory=set[tuple[str, int, str]])

    @property
    def folder(self) -> Path:
        return self.inside.folder

    @property
    def environment(self) -> Mapping[str, str]:
        """The bot's variables."""
        return self.inside.environment

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
        key = (record.host, record.port, record.reason)
        if (
            record.reason != Reason.IN_MANIFEST
            and key not in self._told
            and len(self._told) < MOST_REFUSALS_TOLD
        ):
            self._told.add(key)
            self.on_refusal(refusal_line(record))

    def summary(self) -> Sequence[str]:
        """Lines for the end of the run's log; none where it did not use the network."""
        return summary(self.records, self.untold)


def refusal_line(record: EgressRecord) -> str:
    """What the run's log says about a connection that was refused or cut off."""
    where = entry_for(record.host, record.port) if record.host else "the proxy"
    if record.reason == Reason.NOT_IN_MANIFEST:
        return f"Network: {where} was refused: {missing_entry(record.host, record.port)}."
    verb = "was cut off" if record.allowed else "was refused"
    return f"Network: {where} {verb}: {_WORDS.get(record.reason, record.reason)}."


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
    Reason.BAD_NAME: "it is no host name in a usual spelling",
    Reason.BAD_REQUEST: "the request was not sound",
    Reason.UNRESOLVED: "it has no address in DNS",
    Reason.NOT_PUBLIC: "it is not at a public address",
    Reason.UNREACHABLE: "it does not answer",
    Reason.CERTIFICATE: "its certificate is not trusted",
    Reason.NOT_TLS: "what was sent is not TLS",
    Reason.SNI_MISMATCH: "TLS named another host, or none",
    Reason.TOO_MANY_CONNECTIONS: "too many connections at a time",
    Reason.TOO_MANY_BYTES: "the run passed as many bytes as it may",
    Reason.SILENT: "nothing passed for too long",
}
