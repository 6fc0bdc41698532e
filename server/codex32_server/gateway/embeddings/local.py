"""The embedding model that runs here, in a child process that starts with the first text and ends when idle.

The event loop only waits. What computes has no thread of its own beside it: on a busy machine the threads of
a matrix library wait for each other longer than they compute.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import struct
import sys
from collections.abc import Sequence
from typing import Any, Final

import structlog

from codex32_server.gateway.embeddings.errors import EmbeddingError, WeightsMissingError
from codex32_server.gateway.embeddings.port import Kind, Vector

_log = structlog.stdlib.get_logger(__name__)

MODEL: Final = "multilingual-e5-small-q4"
DIMENSIONS: Final = 384
MOST_TEXTS: Final = 4
"""At once; more are taken in turns, so that a question need not wait for a whole document."""
MOST_CHARACTERS: Final = 20_000
"""Of one text; more than the model reads."""
_START_SECONDS: Final = 60.0
_TEXT_SECONDS: Final = 30.0
"""For each text; it takes 0.02 to 0.6."""
_SINGLE: Final = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "PYTHONNOUSERSITE"), "1"
)


class LocalEmbedder:
    """`Embedder`. `close` ends the child; without it the child ends with this process."""

    def __init__(self, idle_seconds: float = 120.0) -> None:
        self._idle_seconds = idle_seconds
        self._turn = asyncio.Lock()
        self._child: asyncio.subprocess.Process | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._ending: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        return MODEL

    @property
    def dimensions(self) -> int:
        return DIMENSIONS

    @property
    def pid(self) -> int | None:
        """The child, while it runs."""
        return self._child.pid if self._child else None

    async def embed(self, texts: Sequence[str], kind: Kind) -> list[Vector]:
        """Raises EmbeddingError, WeightsMissingError."""
        vectors: list[Vector] = []
        for start in range(0, len(texts), MOST_TEXTS):
            async with self._turn:
                vectors += await self._some(texts[start : start + MOST_TEXTS], kind)
        return vectors

    async def close(self) -> None:
        """End the child."""
        async with self._turn:
            await self._end()

    async def _some(self, texts: Sequence[str], kind: Kind) -> list[Vector]:
        """A child that was killed meanwhile is replaced once; what kills the second one is refused."""
        self._rest(None)
        try:
            for last in (False, True):
                try:
                    return await self._answer(texts, kind)
                except (OSError, EOFError, ValueError) as error:
                    await self._end()
                    _log.warning("the embedding model ended", reason=repr(error))
                    if last or isinstance(error, TimeoutError):
                        raise EmbeddingError("The embedding model ended while it computed.") from error
            raise AssertionError("unreachable")
        except BaseException:
            # An answer that nobody waits for any more would be taken for the next one.
            await self._end()
            raise
        finally:
            self._rest(self._idle_seconds)

    async def _answer(self, texts: Sequence[str], kind: Kind) -> list[Vector]:
        child = await self._running()
        async with asyncio.timeout(_TEXT_SECONDS * len(texts)):
            return await _ask(child, texts, kind)

    async def _running(self) -> asyncio.subprocess.Process:
        if self._child is None or self._child.returncode is not None:
            self._child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "codex32_server.gateway.embeddings.process"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=_environment(),
                start_new_session=True,
            )
            async with asyncio.timeout(_START_SECONDS):
                hello = await _header(self._child)
            if "fault" in hello:
                raise WeightsMissingError(hello["detail"])
        return self._child

    def _rest(self, seconds: float | None) -> None:
        """Let the child end after so many idle seconds; None: it is busy."""
        if self._idle is not None:
            self._idle.cancel()
        loop = asyncio.get_running_loop()
        self._idle = None if seconds is None else loop.call_later(seconds, self._end_if_idle)

    def _end_if_idle(self) -> None:
        if not self._turn.locked():
            self._ending = asyncio.create_task(self.close())

    async def _end(self) -> None:
        child, self._child = self._child, None
        if self._idle is not None:
            self._idle.cancel()
        if child is not None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()


async def _ask(child: asyncio.subprocess.Process, texts: Sequence[str], kind: Kind) -> list[Vector]:
    assert child.stdin is not None
    assert child.stdout is not None
    cut = [text[:MOST_CHARACTERS].encode(errors="replace").decode() for text in texts]
    child.stdin.write(json.dumps({"kind": kind, "texts": cut}).encode() + b"\n")
    await child.stdin.drain()
    told = await _header(child)
    rows, columns = told["rows"], told["dimensions"]
    body = await child.stdout.readexactly(4 * rows * columns)
    numbers = struct.unpack(f"<{rows * columns}f", body)
    return [list(numbers[at : at + columns]) for at in range(0, rows * columns, columns)]


async def _header(child: asyncio.subprocess.Process) -> dict[str, Any]:
    assert child.stdout is not None
    line = await child.stdout.readline()
    if not line.endswith(b"\n"):
        raise EOFError("the model's process has ended")
    return json.loads(line)


def _environment() -> dict[str, str]:
    """Nothing of ours: no address and no key of the database goes to the child."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "OPENBLAS_CORETYPE") if name in os.environ}
    return kept | _SINGLE
