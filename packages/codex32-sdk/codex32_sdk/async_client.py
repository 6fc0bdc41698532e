"""The client for programs with an event loop; the blocking one is `client`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from codex32_sdk import transport
from codex32_sdk.calls import Call, get_run
from codex32_sdk.errors import ApiError, UnreachableError
from codex32_sdk.models import LogLine, Page, Run, Upload
from codex32_sdk.operations import AsyncSender, Operations
from codex32_sdk.profile import load_profile
from codex32_sdk.sse import Event, EventParser
from codex32_sdk.transport import RetryPolicy

T = TypeVar("T")
Item = TypeVar("Item", bound=Any)

_WAIT_STEP = 60.0


class AsyncClient(Operations, AsyncSender):
    """A connection pool to one server under one key. Close it, or use it in an `async with` block.

    Raises ApiError for what the server refuses, UnreachableError when no answer comes. Requests that may be
    repeated safely are, after 502, 503 and broken connections; `retry` says how often.
    """

    def __init__(
        self,
        url: str,
        api_key: str,
        *,
        retry: RetryPolicy | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.url = url.rstrip("/")
        self._http = httpx.AsyncClient(**transport.options(url, api_key))
        self._retry = retry or RetryPolicy()
        self._sleep = sleep

    @classmethod
    def from_profile(cls) -> Self:
        """The server of CODEX32_URL, or of the profile. Raises NoProfileError."""
        profile = load_profile()
        return cls(profile.url, profile.api_key)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    async def send(self, call: Call[T]) -> T:
        """Send a call and read its answer."""
        attempt = 1
        while True:
            try:
                return transport.answer(call, await self._http.request(**transport.request_arguments(call)))
            except (httpx.TransportError, ApiError) as error:
                if not self._retry.again(call, attempt, error):
                    raise self._known(error) from error
                await self._sleep(self._retry.delay(attempt, getattr(error, "retry_after", None)))
                attempt += 1

    async def every(self, call: Call[Page[Item]]) -> AsyncIterator[Item]:
        """All items of a list, page after page, as they are asked for."""
        while True:
            page = await self.send(call)
            for item in page.items:
                yield item
            if page.next_cursor is None:
                return
            call = call.after(page.next_cursor)

    async def wait_for(self, run_id: str, *, timeout: float | None = None) -> Run:
        """The run at its end, or as it is after `timeout` seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            left = _WAIT_STEP if deadline is None else min(_WAIT_STEP, deadline - time.monotonic())
            run = await self.send(get_run(run_id, wait=max(left, 0.001)))
            if run.ended or (deadline is not None and time.monotonic() >= deadline):
                return run

    async def upload(self, name: str, content: Path | bytes | AsyncIterable[bytes]) -> Upload:
        """Send a file that a run or a schedule will be given; a path is streamed, not loaded."""
        if isinstance(content, Path):
            with content.open("rb") as file:
                return await self._put(name, transport.chunks_later(file))
        return await self._put(name, content)

    async def _put(self, name: str, content: bytes | AsyncIterable[bytes]) -> Upload:
        try:
            response = await self._http.request(content=content, **transport.upload_arguments(name))
        except httpx.TransportError as error:
            raise self._known(error) from error
        transport.raise_for_problem(response)
        return Upload.model_validate(response.json())

    async def download(self, run_id: str, name: str, target: Path) -> int:
        """Write a file that a run left to `target`; returns its size in bytes."""
        return await self._save(transport.run_file_path(run_id, name), target)

    async def download_source(self, bot: str, version: str, path: str, target: Path) -> int:
        """Write a file of a version to `target`; returns its size in bytes."""
        return await self._save(transport.version_file_path(bot, version, path), target)

    async def export_usage(self, target: Path, **filters: str | None) -> int:
        """Write the ledger to `target` as CSV, with filters as in the API; returns its size in bytes."""
        return await self._save(transport.usage_export_path(filters), target)

    async def follow_logs(self, run_id: str, *, after: str | None = None) -> AsyncIterator[LogLine]:
        """Lines as they are written, until the run ends; a broken stream is resumed where it broke.

        `after` is `attempt:line`. Raises UnreachableError when the server stays away.
        """
        async for event in self._followed(transport.log_stream_path(run_id), after):
            if event.name == "line":
                yield transport.log_line(event)

    async def follow_builder_session(
        self, session_id: str, *, after: str | None = None
    ) -> AsyncIterator[Event]:
        """What happens in a session of the builder, until it rests; the data of an event is JSON.

        `after` is the id of an event. Raises UnreachableError when the server stays away.
        """
        async for event in self._followed(transport.builder_stream_path(session_id), after):
            yield event

    async def _followed(self, path: str, after: str | None) -> AsyncIterator[Event]:
        """Events until the stream says that it has ended; a broken one is resumed where it broke."""
        failures = 0
        while True:
            try:
                async for event in self._events(path, after):
                    failures = 0
                    if event.name == "end":
                        return
                    after = event.id or after
                    yield event
                raise httpx.RemoteProtocolError("the stream ended before what it tells of")
            except (httpx.TransportError, ApiError) as error:
                failures += 1
                if not self._retry.resume(failures, error):
                    raise self._known(error) from error
                await self._sleep(self._retry.delay(failures))

    async def _events(self, path: str, after: str | None) -> AsyncIterator[Event]:
        parser = EventParser()
        async with self._http.stream(
            "GET", path, headers=transport.stream_headers(after), timeout=transport.STREAM_TIMEOUT
        ) as response:
            if not response.is_success:
                await response.aread()
                transport.raise_for_problem(response)
            async for chunk in response.aiter_bytes():
                for event in parser.feed(chunk):
                    yield event

    async def _save(self, path: str, target: Path) -> int:
        size = 0
        try:
            async with self._http.stream("GET", path) as response:
                if not response.is_success:
                    await response.aread()
                    transport.raise_for_problem(response)
                with transport.replacing(target) as file:
                    async for chunk in response.aiter_bytes(transport.CHUNK):
                        size += file.write(chunk)
        except httpx.TransportError as error:
            raise self._known(error) from error
        return size

    def _known(self, error: Exception) -> Exception:
        if isinstance(error, httpx.TransportError):
            return UnreachableError(self.url, transport.reason_of(error))
        return error
