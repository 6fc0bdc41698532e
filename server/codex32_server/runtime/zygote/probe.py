"""Tries warm starts before any run gets one: the canary's escapes, from a zygote's child."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from codex32_server.runtime import canary
from codex32_server.runtime.backends.port import Backend
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.errors import SandboxUnavailableError
from codex32_server.runtime.zygote.pool import Key
from codex32_server.runtime.zygote.warm import WarmStarts

KEY = Key(UUID(int=0).hex, None, "strict")
"""The canary's zygote: nobody's workspace, no dependencies."""


async def fault(backend: Backend, warm: WarmStarts, work: Path) -> str:
    """Why runs must be started cold on this machine; empty if warm starts hold.

    The zygote that was tried is retired. `work` is the driver's folder.
    """
    starting = warm.pool.prepare(KEY)
    if starting is None:
        return "warm starts are switched off"
    await starting
    before = warm.started
    try:
        await canary.check(Driver(backend, work=work, warm=warm))
    except SandboxUnavailableError as error:
        return error.detail
    finally:
        warm.pool.retire(KEY)
    return "" if warm.started > before else warm.pool.refusal(KEY) or "its zygote did not fork"
