"""The sandboxes of one attempt: mostly one; a second where the first was dead before its run had begun."""

from __future__ import annotations

import asyncio
from typing import Self

from codex32_server.runtime.backends.port import Sandbox


class Sandboxes:
    """Closes what it keeps when the block is left, however it ends."""

    def __init__(self) -> None:
        self._kept: list[Sandbox] = []

    def keep(self, sandbox: Sandbox) -> Sandbox:
        """From now on."""
        self._kept.append(sandbox)
        return sandbox

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for sandbox in self._kept:
            await asyncio.shield(sandbox.close())
