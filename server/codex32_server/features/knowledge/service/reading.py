"""Uploaded files to chunks, in a child process: what strangers made is never parsed in this one."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any, Final

from codex32_server.kit.documents.chunking import Piece

SECONDS: Final = 120
"""Of processor, and twice as many by the clock."""
MEMORY: Final = 1024 * 1024 * 1024
_LONGEST_ANSWER = 256 * 1024 * 1024
_PATIENCE = 2.0
"""Seconds by the clock for each of processor."""
_ENVIRONMENT: Final = {"PATH": os.defpath, "PYTHONNOUSERSITE": "1", "PYTHONHASHSEED": "0"}


class UnreadableDocumentError(Exception):
    """The document cannot be read; the message says why, to whoever uploaded it."""


async def pieces_of(
    kind: str, content: bytes, *, seconds: int = SECONDS, memory: int = MEMORY
) -> Sequence[Piece]:
    """Raises UnreadableDocumentError."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "codex32_server.kit.documents.child", kind, str(seconds), str(memory)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=_ENVIRONMENT,
        cwd="/",
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(_PATIENCE * seconds):
            answer = await _answer(child, content)
    except TimeoutError:
        raise UnreadableDocumentError(
            f"The document took more than {_PATIENCE * seconds:g} seconds to read."
        ) from None
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
        await _gone(child)
    return await asyncio.to_thread(_pieces, answer, child.returncode, seconds)


async def _gone(child: asyncio.subprocess.Process) -> None:
    """Wait for its end. What it had written is read, or its end would not be noticed."""
    assert child.stdout is not None
    while await child.stdout.read(256 * 1024):
        pass
    await child.wait()


async def _answer(child: asyncio.subprocess.Process, content: bytes) -> bytes:
    assert child.stdout is not None
    feeding = asyncio.ensure_future(_feed(child, content))
    try:
        found = list[bytes]()
        size = 0
        while piece := await child.stdout.read(256 * 1024):
            size += len(piece)
            if size > _LONGEST_ANSWER:
                raise UnreadableDocumentError("The document is too long: its text alone is hundreds of MiB.")
            found.append(piece)
        await child.wait()
        return b"".join(found)
    finally:
        feeding.cancel()
        await asyncio.gather(feeding, return_exceptions=True)


async def _feed(child: asyncio.subprocess.Process, content: bytes) -> None:
    assert child.stdin is not None
    with contextlib.suppress(OSError):
        child.stdin.write(content)
        await child.stdin.drain()
        child.stdin.close()


def _pieces(answer: bytes, code: int | None, seconds: int) -> Sequence[Piece]:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        raise UnreadableDocumentError(f"The document took more than {seconds} seconds of processor to read.")
    try:
        told: dict[str, Any] = json.loads(answer)
    except ValueError:
        raise UnreadableDocumentError("The document broke the program that reads it.") from None
    if "fault" in told:
        raise UnreadableDocumentError(str(told["fault"]))
    return [Piece(tuple(map(_storable, heading)), _storable(text)) for heading, text in told["chunks"]]


def _storable(text: str) -> str:
    """Without what PostgreSQL cannot keep: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
