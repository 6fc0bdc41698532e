"""Waiting for descriptors and reading them, without ever giving an event loop the ownership of one.

A transport closes its descriptor when it sees fit, and uvloop's closes the file object of a pipe once more
after that: by then the number may be another thread's. Whoever opened a descriptor closes it here, once.
"""

from __future__ import annotations

import asyncio
import os


async def readable(descriptor: int) -> None:
    """Wait until a descriptor can be read (for a pidfd: until the process ended)."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    copy = os.dup(descriptor)
    loop.add_reader(copy, lambda: ready.done() or ready.set_result(None))
    try:
        await ready
    finally:
        loop.remove_reader(copy)
        os.close(copy)


async def read_some(descriptor: int, most: int) -> bytes:
    """What a non-blocking pipe has, up to `most` bytes; waits for the first. Nothing at its end."""
    while True:
        try:
            return os.read(descriptor, most)
        except BlockingIOError:
            await readable(descriptor)
