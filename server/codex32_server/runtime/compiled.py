"""The compiled entry files of bots that ran here: bytes that only a guest reads.

A guest that has run nothing of a bot, nor of the packages it depends on, compiles the entry and hands the
code over before it runs it; the next run of the same source is given it. The worker keeps it and never looks
inside. Losing it costs a compilation.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from uuid import UUID

from codex32_server.runtime.contract import RunSpec

_MOST_BYTES = 16 * 1024 * 1024
_LARGEST = 512 * 1024

Take = Callable[[bytes], None]
Key = tuple[UUID, str, bytes]


class CompiledEntries:
    """Those used last, within a bound. A workspace is given only what a run of its own has compiled."""

    def __init__(self, most_bytes: int = _MOST_BYTES, largest: int = _LARGEST) -> None:
        self._most_bytes = most_bytes
        self._largest = largest
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._bytes = 0

    def find(self, spec: RunSpec) -> bytes:
        """The code of the run's entry; empty if there is none, or the run is of another kind."""
        if (key := _key(spec)) is None or key not in self._kept:
            return b""
        self._kept.move_to_end(key)
        return self._kept[key]

    def taker(self, spec: RunSpec, *, untouched: bool) -> Take | None:
        """Keeps what a guest compiled for the run; None where that is not wanted. `untouched`: the guest has
        not imported what strangers wrote.
        """
        key = _key(spec)
        if key is None or key in self._kept or not untouched:
            return None

        def take(code: bytes) -> None:
            if code and len(code) <= self._largest and key not in self._kept:
                self._kept[key] = code
                self._bytes += len(code)
                while self._bytes > self._most_bytes:
                    self._bytes -= len(self._kept.popitem(last=False)[1])

        return take


def _key(spec: RunSpec) -> Key | None:
    """A process that serves several runs keeps its bot itself; other modes load it their own way."""
    source = spec.source.get(spec.entry)
    if source is None or spec.mode != "main" or spec.reuse:
        return None
    return spec.workspace_id, spec.entry, hashlib.sha256(source).digest()
