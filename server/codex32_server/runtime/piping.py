"""Bytes both ways between two connections, until both sides have ended or one breaks."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

Way = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Carried = Callable[[int], None]

_CHUNK = 64 * 1024


def _nothing(_size: int) -> None:
    """Nobody counts."""


async def pipe(outer: Way, inner: Way, *, came: Carried = _nothing, went: Carried = _nothing) -> None:
    """`came` hears how many bytes went to the inner side, `went` how many came back. `inner` is closed.

    Raises OSError when one side breaks.
    """
    ways = [
        asyncio.create_task(_pump(outer[0], inner[1], came)),
        asyncio.create_task(_pump(inner[0], outer[1], went)),
    ]
    try:
        done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_EXCEPTION)
        for way in done:
            way.result()
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        inner[1].close()


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter, carried: Carried) -> None:
    while chunk := await source.read(_CHUNK):
        target.write(chunk)
        await target.drain()
        carried(len(chunk))
    with contextlib.suppress(OSError):
        target.write_eof()
