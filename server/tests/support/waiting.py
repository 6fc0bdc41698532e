"""Waiting for something to become true, with a helpful failure."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol


class HasLog(Protocol):
    def log(self) -> str: ...


async def until(
    look: Callable[[], Awaitable[Any]],
    wanted: Any,
    *,
    timeout: float = 30.0,
    worker: HasLog | None = None,
) -> None:
    """Look every 20 ms until the answer is `wanted`; fails with the last one and the worker's log."""
    deadline = time.monotonic() + timeout
    while (seen := await look()) != wanted:
        if time.monotonic() > deadline:
            log = worker.log()[-3000:] if worker else ""
            raise AssertionError(f"still {seen!r} and not {wanted!r} after {timeout:g} seconds\n{log}")
        await asyncio.sleep(0.02)
