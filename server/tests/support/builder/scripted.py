"""Models that say what a test plans, on a port of this machine: for stories that drive the whole product."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from codex32_server.gateway.testing import Answer, ScriptedUpstream

ADDRESS = "127.0.0.2"
"""Of this machine, but not where everything else is: it alone is opened to an installation of tests."""


@dataclass(frozen=True)
class Scripted:
    """`url` is what a provider's address is set to."""

    url: str
    _loop: asyncio.AbstractEventLoop
    _upstream: ScriptedUpstream

    def says(self, *answers: str | Answer) -> None:
        """Next, in turn; the last of it from then on. What was planned before is forgotten."""

        async def plan() -> None:
            self._upstream.forget()
            steps = [one if isinstance(one, Answer) else Answer(pieces=[one]) for one in answers]
            self._upstream.plan(*steps)

        asyncio.run_coroutine_threadsafe(plan(), self._loop).result()


@contextmanager
def scripted_models() -> Iterator[Scripted]:
    """In a thread of its own, because a browser is driven without a loop."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    upstream = ScriptedUpstream(host=ADDRESS)
    asyncio.run_coroutine_threadsafe(upstream.__aenter__(), loop).result()
    try:
        yield Scripted(upstream.url, loop, upstream)
    finally:
        asyncio.run_coroutine_threadsafe(upstream.__aexit__(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
