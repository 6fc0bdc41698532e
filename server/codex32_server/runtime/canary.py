"""Escape attempts through the real launcher, at the start of each worker: a sandbox that was never tried is
a hope.

One bot tries them all and reports which succeeded. A success, or no answer, means that no bot may run on
this machine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson

from codex32_server.runtime.contract import MIB, End, Limits, LogLine, RunSpec
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.errors import SandboxUnavailableError

_BOT = (Path(__file__).parent / "canary_bot.py").read_bytes()
_LIMITS = Limits(memory=128 * MIB, timeout=20.0, processes=16, disk=16 * MIB, files=1 * MIB)


class _NoState:
    """A canary keeps nothing."""

    async def get(self, key: str) -> Any: ...
    async def set(self, key: str, value: Any) -> None: ...
    async def delete(self, key: str) -> None: ...
    async def keys(self, prefix: str) -> Sequence[str]:
        return [] if prefix else ()

    async def swap(self, key: str, expected: tuple[bool, Any], value: Any) -> bool:
        return bool([key, expected, value][:0])


class _NoLog:
    async def write(self, lines: Sequence[LogLine]) -> None: ...


async def attempts(driver: Driver) -> dict[str, str]:
    """Attempt → how it was refused, or `ESCAPED: …`. Raises SandboxUnavailableError if the canary did not
    answer.
    """
    spec = RunSpec(
        run_id=uuid4(), workspace_id=UUID(int=0), bot_id=None, bot_name="canary", version="canary",
        environment="dev", attempt=1, source={"bot.py": _BOT}, limits=_LIMITS,
    )  # fmt: skip
    async with driver.run(spec, logs=_NoLog(), state=_NoState(), cancel=asyncio.Event()) as outcome:
        if outcome.end is not End.SUCCEEDED or outcome.output is None:
            detail = outcome.error.detail if outcome.error else "no answer"
            raise SandboxUnavailableError(f"The canary in the sandbox did not answer: {detail}")
        return orjson.loads(outcome.output)


async def check(driver: Driver) -> None:
    """Raises SandboxUnavailableError that names every attempt that got out."""
    escaped = {
        name: result for name, result in (await attempts(driver)).items() if result.startswith("ESCAPED")
    }
    if escaped:
        named = "; ".join(f"{name}: {result}" for name, result in escaped.items())
        raise SandboxUnavailableError(
            f"The sandbox on this machine does not hold: {named}.",
            next_step="Do not run bots here; `codex32 doctor` names the layer that must be repaired.",
        )
