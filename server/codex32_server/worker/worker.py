"""One worker process: registered, proven able to confine, serving its lanes until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Literal, Protocol
from uuid import UUID

import structlog

from codex32_server.kit.errors import Codex32Error
from codex32_server.queue.errors import QueueUnavailableError
from codex32_server.queue.notify import CANCEL, Listener
from codex32_server.queue.workers import WorkerRegistry
from codex32_server.worker.lane import Terms
from codex32_server.worker.ports import Serves

_log = structlog.stdlib.get_logger(__name__)
_RETRY = 1.0
_CHECK_AGAIN = 60.0
Report = Callable[[], Sequence[Mapping[str, Any]]]
"""What was found of the machine, for the doctor; told again when it has changed."""
State = Literal["starting", "ready", "draining", "refusing", "gone"]


class Beside(Protocol):
    """What goes on as long as the worker does, also while it drains; it ends by being cancelled."""

    async def serve(self, listener: Listener) -> None: ...


class Worker:
    """Serves the lanes that `prepare` gives, and `beside`. Where this machine cannot confine a bot, `prepare`
    raises a Codex32Error: nothing is claimed then, the reason stands in `workers`, and it is asked again
    later.
    """

    def __init__(
        self,
        prepare: Callable[[], Awaitable[Sequence[Serves]]],
        listener: Listener,
        registry: WorkerRegistry,
        terms: Terms,
        *,
        slots: int,
        report: Report | None = None,
        beside: Sequence[Beside] = (),
    ) -> None:
        self._prepare = prepare
        self._lanes: Sequence[Serves] = ()
        self._listener = listener
        self._registry = registry
        self._terms = terms
        self._slots = slots
        self._report = report
        self._beside = beside
        self._told = ""
        self._state: State = "starting"
        self._detail = ""
        self._beat_now = asyncio.Event()

    @property
    def state(self) -> State:
        return self._state

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; then drains. Returns when nothing is held any more."""
        async with self._listener:
            beside = [
                asyncio.create_task(self._beat(), name="codex32-heartbeat"),
                asyncio.create_task(self._hear_cancellations(), name="codex32-cancel"),
                *(asyncio.create_task(one.serve(self._listener)) for one in self._beside),
            ]
            try:
                if await self._may_work(stop):
                    await self._serve(stop, beside)
            finally:
                for task in beside:
                    task.cancel()
                await asyncio.gather(*beside, return_exceptions=True)
                await self._say_gone()

    async def _serve(self, stop: asyncio.Event, beside: Sequence[asyncio.Task[None]]) -> None:
        self._become("ready")
        serving = [asyncio.create_task(lane.serve(self._listener)) for lane in self._lanes]
        stopping = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait([stopping, *serving, *beside], return_when=asyncio.FIRST_COMPLETED)
        self._become("draining")
        for task in (stopping, *serving):
            task.cancel()
        await asyncio.gather(stopping, *serving, return_exceptions=True)
        await asyncio.gather(*(lane.drain() for lane in self._lanes))
        for task in done - {stopping}:
            # A lane or the heartbeat ends by itself only through a fault of ours: end the process, another is
            # started. A worker without a heartbeat would go on claiming what it then loses.
            task.result()

    async def _may_work(self, stop: asyncio.Event) -> bool:
        """False if it is told to stop before it could confine a bot."""
        while not stop.is_set():
            try:
                self._lanes = await self._prepare()
            except Codex32Error as error:
                self._become("refusing", f"{error.detail} {error.advice}")
                _log.error("this machine cannot confine bots; nothing is claimed", reason=error.detail)
            else:
                return True
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_CHECK_AGAIN):
                    await stop.wait()
        return False

    async def _beat(self) -> None:
        while True:
            try:
                self._beat_now.clear()
                for lane in self._lanes:
                    await lane.heartbeat()
                await self._register()
                pause = self._terms.heartbeat
            except QueueUnavailableError as error:
                _log.warning("no heartbeat: the database is away; runs go on", reason=error.detail)
                pause = _RETRY
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._beat_now.wait()

    async def _hear_cancellations(self) -> None:
        async for heard in self._listener.subscribe(CANCEL):
            if heard.key is None:
                self._beat_now.set()
                continue
            for lane in self._lanes:
                lane.cancel(UUID(heard.key))

    async def _register(self) -> None:
        report = json.dumps(self._report()) if self._report else ""
        new = report if report not in {"", "[]", self._told} else None
        await self._registry.register(
            self._terms.worker_id, worker_name(), self._slots, self._state, self._detail, new
        )
        self._told = new or self._told

    def _become(self, state: State, detail: str = "") -> None:
        self._state, self._detail = state, detail
        self._beat_now.set()

    async def _say_gone(self) -> None:
        self._state, self._detail = "gone", ""
        with contextlib.suppress(QueueUnavailableError):
            await self._register()


def worker_name() -> str:
    """host:pid"""
    return f"{socket.gethostname()}:{os.getpid()}"
