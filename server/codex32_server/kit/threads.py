"""Work in a thread that must not be left behind. Not a pool: asyncio's own does the work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec

_P = ParamSpec("_P")


async def to_its_end(work: Callable[_P, None], *arguments: _P.args, **named: _P.kwargs) -> None:
    """Run `work` in a thread. Nothing can stop a thread, so who is cancelled waits until it has ended: it
    would otherwise go on with folders and descriptors that are given back meanwhile.
    """
    working = asyncio.ensure_future(asyncio.to_thread(work, *arguments, **named))
    try:
        await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.wait([working])
        raise
