"""Other people's programs that read a stranger's source: a child with limits, files of its own, no settings.

They read and never run it. Nothing but the sources is in their folder, so nothing that came with the bot can
change what they look for; each has bounded time, memory and output, and ends with us.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import tempfile
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SECONDS: Final = 20
"""Of processor, and as many by the clock."""
_MEMORY: Final = 4 * 1024**3
"""Bytes of address space; what is used is a fiftieth of it."""
_FILE: Final = 1024 * 1024
_MOST_OUTPUT: Final = 8 * 1024 * 1024


class ToolFailedError(Exception):
    """The check could not be made; the message says why. It says nothing about the bot."""


@dataclass(frozen=True)
class Folder:
    """Sources on disk, for one look."""

    path: Path
    files: Sequence[str]

    async def run(self, *command: str, seconds: float = SECONDS, **environment: str) -> bytes:
        """What it printed, within so many seconds by the clock. Raises ToolFailedError."""
        home = str(self.path)
        child = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PATH": os.defpath, "HOME": home, "XDG_CONFIG_HOME": home, **environment},
            cwd=self.path,
            start_new_session=True,
        )
        name = Path(command[0]).name
        try:
            _limit(child.pid)
            async with asyncio.timeout(seconds):
                printed = await _printed(child, name)
                await child.wait()
        except TimeoutError:
            raise ToolFailedError(f"{name} took more than {seconds:g} seconds.") from None
        finally:
            await _end(child)
        if child.returncode not in (0, 1):
            raise ToolFailedError(f"{name} ended with {child.returncode}.")
        return printed


@asynccontextmanager
async def folder_of(files: Mapping[str, str]) -> AsyncGenerator[Folder]:
    """The Python files of a bot in a temporary folder. Names must have been checked before."""
    sources = {path: text for path, text in files.items() if path.endswith(".py")}
    with tempfile.TemporaryDirectory(prefix="codex32-checks-") as name:
        path = await asyncio.to_thread(_write, Path(name), sources)
        yield Folder(path, sorted(sources))


def _write(place: Path, sources: Mapping[str, str]) -> Path:
    folder = place.resolve()
    for name, text in sources.items():
        target = folder / name
        if not target.resolve().is_relative_to(folder):
            raise ToolFailedError(f"{name!r} is outside of the bot's folder.")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return folder


def _limit(pid: int) -> None:
    """From outside and right after its start: what it reads is a stranger's, the program itself is not."""
    limits = {
        resource.RLIMIT_CPU: SECONDS,
        resource.RLIMIT_AS: _MEMORY,
        resource.RLIMIT_FSIZE: _FILE,
        resource.RLIMIT_CORE: 0,
    }
    with contextlib.suppress(ProcessLookupError):
        for kind, most in limits.items():
            resource.prlimit(pid, kind, (most, most))


async def _printed(child: asyncio.subprocess.Process, name: str) -> bytes:
    assert child.stdout is not None
    found, size = list[bytes](), 0
    while piece := await child.stdout.read(256 * 1024):
        size += len(piece)
        if size > _MOST_OUTPUT:
            raise ToolFailedError(f"{name} had too much to say.")
        found.append(piece)
    return b"".join(found)


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        await child.wait()
