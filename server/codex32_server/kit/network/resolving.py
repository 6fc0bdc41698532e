"""Asking the system for the addresses of a name. What may be dialled of them is `addresses.AddressRule`."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

_RESOLVERS = 16

Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""Name → addresses as text. Raises OSError where there are none."""


class SystemResolver:
    """Asks the system, in threads of its own. `names` are known without asking."""

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        self._names = names
        self._threads = ThreadPoolExecutor(_RESOLVERS, thread_name_prefix="resolve")

    async def __call__(self, name: str) -> Sequence[str]:
        if name in self._names:
            return self._names[name]
        loop = asyncio.get_running_loop()
        # A dot at the end keeps the search list of resolv.conf out.
        found = await loop.run_in_executor(
            self._threads, lambda: socket.getaddrinfo(f"{name}.", None, type=socket.SOCK_STREAM)
        )
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))
