"""Takes a run's own secrets out of what it says to models, before it leaves the machine's door.

Against accidents: a traceback in a prompt, a configuration that was pasted whole. The gateway beyond the door
knows no secrets of runs, so this is the last place that does. Values shorter than SHORTEST are left alone:
they are words that prompts are made of.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Mapping
from contextlib import contextmanager

from codex32_server.kit.redaction import Redactor
from codex32_server.kit.spellings import SHORTEST
from codex32_server.runtime.proxy.grants import Reason
from codex32_server.runtime.proxy.refusal import Refusal

MOST_BYTES = 64 * 1024 * 1024
"""Of one request: it is held whole while it is read."""
MOST_HELD = 256 * 1024 * 1024
"""Of all requests together: the proxy serves every run of its worker, and takes them all with it."""
_AT_ONCE = 64 * 1024
"""Bytes that are read on the loop, beside the traffic of other runs."""


class Share:
    """What one request holds of a `Store`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._size = 0

    def take(self, size: int) -> None:
        """So many bytes more. Raises Refusal."""
        if self._store.held + size > self._store.most:
            raise Refusal(
                Reason.TOO_MANY_BYTES,
                "the requests to models that are being read take all the memory that there is for them; "
                "try again in a moment",
            )
        self._store.held += size
        self._size += size

    def give_back(self) -> None:
        self._store.held -= self._size
        self._size = 0


class Store:
    """Bounds the bytes of requests that are held at a time, whosever they are."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.held = 0

    @contextmanager
    def share(self) -> Generator[Share]:
        """Nothing yet; given back at the end, unless it was before."""
        share = Share(self)
        try:
            yield share
        finally:
            share.give_back()


STORE = Store(MOST_HELD)
"""Of this process."""


class Cleaner:
    """For the secrets of one run, name → value."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets = {name: value for name, value in secrets.items() if len(value.strip()) >= SHORTEST}
        self._redactor: Redactor | None = None

    def __bool__(self) -> bool:
        return bool(self._secrets)

    async def clean(self, body: bytes) -> bytes:
        """The same bytes where there was nothing to take out, and for what is no JSON."""
        if self._redactor is None:
            self._redactor = await asyncio.to_thread(Redactor, self._secrets)
        if len(body) > _AT_ONCE:
            return await asyncio.to_thread(_cleaned, self._redactor, body)
        return _cleaned(self._redactor, body)


def _cleaned(redactor: Redactor, body: bytes) -> bytes:
    try:
        return redactor.document(body)
    except (ValueError, RecursionError):
        return body
