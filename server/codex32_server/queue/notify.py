"""Hears PostgreSQL's NOTIFY: one connection a process, many subscribers.

A notification is a hint, never the truth: it may come late, twice, or (while the connection was away) not at
all. Every subscriber also polls; after a reconnection all of them are woken once, because something may have
been missed. Payloads are lists `KEY[:VALUE],KEY[:VALUE],…`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Generator, Iterable
from dataclasses import dataclass
from types import TracebackType

import psycopg
from psycopg import sql

QUEUE = "codex32_queue"
"""`runs` or `jobs`: there is work."""
RUN = "codex32_run"
"""`RUN ID:STATUS`: a run (or job) changed. Sent when the change is committed."""
LOGS = "codex32_logs"
"""`RUN ID`: lines were stored."""
BUILDER = "codex32_builder"
"""`SESSION ID`: something happened in a session of the builder."""
CANCEL = "codex32_cancel"
"""`RUN ID`: the worker that holds it should end it."""
HOSTS = "codex32_hosts"
"""`WORKSPACE ID`: the hosts beyond which its bots do not reach have changed."""

_BACKLOG = 1000
_RETRY = 0.5
_CONNECT_TIMEOUT = 5


@dataclass(frozen=True)
class Notification:
    """One item of a payload. `key` is None when something may have been missed: look for yourself."""

    channel: str
    key: str | None
    value: str | None = None


class Subscription:
    """Notifications of one channel, of one key or of all. Iterate over it, or `get` with a timeout."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Notification] = asyncio.Queue(_BACKLOG)

    def offer(self, notification: Notification) -> None:
        """A subscriber that does not keep up loses the oldest and is told that it missed something."""
        if self._queue.full():
            while not self._queue.empty():
                self._queue.get_nowait()
            notification = Notification(notification.channel, None)
        self._queue.put_nowait(notification)

    async def get(self, timeout: float | None = None) -> Notification | None:
        """The next notification; None after `timeout` seconds without one."""
        if not self._queue.empty():
            return self._queue.get_nowait()
        try:
            async with asyncio.timeout(timeout):
                return await self._queue.get()
        except TimeoutError:
            return None

    def drain(self) -> list[Notification]:
        """All that are here already, without waiting."""
        return [self._queue.get_nowait() for _ in range(self._queue.qsize())]

    def __aiter__(self) -> AsyncIterator[Notification]:
        return self

    async def __anext__(self) -> Notification:
        return await self._queue.get()


class Listener:
    """Listens on `channels` from `async with` (or `start`) on; connects again by itself."""

    def __init__(
        self, url: str, channels: Iterable[str], *, application_name: str = "codex32-listen"
    ) -> None:
        self._url = url
        self._channels = tuple(channels)
        self._name = application_name
        self._subscribers: dict[tuple[str, str | None], set[Subscription]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None
        self._connected = asyncio.Event()

    async def start(self, timeout: float = 5.0) -> None:
        """Begin to listen; waits up to `timeout` seconds for the connection, then goes on without it."""
        self._task = asyncio.create_task(self._run(), name="codex32-listener")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._connected.wait()

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def __aenter__(self) -> Listener:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def connected(self) -> bool:
        return self._connected.is_set()

    @contextlib.contextmanager
    def subscription(self, channel: str, key: str | None = None) -> Generator[Subscription]:
        """Hear `channel` inside the block. Open it before reading the state: nothing falls in between."""
        if channel not in self._channels:
            raise ValueError(f"this listener does not listen on {channel}")
        subscription = Subscription()
        self._subscribers[channel, key].add(subscription)
        try:
            yield subscription
        finally:
            subscribers = self._subscribers[channel, key]
            subscribers.discard(subscription)
            if not subscribers:
                del self._subscribers[channel, key]

    async def subscribe(self, channel: str, key: str | None = None) -> AsyncIterator[Notification]:
        """`subscription` as a plain iterator without an end."""
        with self.subscription(channel, key) as subscription:
            async for notification in subscription:
                yield notification

    async def wait(self, channel: str, key: str | None, timeout: float) -> Notification | None:
        """The next notification from now on; None after `timeout` seconds."""
        with self.subscription(channel, key) as subscription:
            return await subscription.get(timeout)

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(psycopg.Error, OSError):
                await self._listen()
            self._connected.clear()
            await asyncio.sleep(_RETRY)

    async def _listen(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self._url,
            autocommit=True,
            application_name=self._name,
            connect_timeout=_CONNECT_TIMEOUT,
            # A connection that only listens would not notice a dead peer for hours.
            keepalives_idle=15,
            keepalives_interval=5,
            keepalives_count=3,
        )
        async with connection:
            for channel in self._channels:
                await connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
            self._connected.set()
            self._wake_all()
            async for heard in connection.notifies():
                self._deliver(heard.channel, heard.payload)

    def _deliver(self, channel: str, payload: str) -> None:
        for item in payload.split(","):
            key, _, value = item.partition(":")
            notification = Notification(channel, key, value or None)
            for wanted in (key, None):
                for subscription in self._subscribers.get((channel, wanted), ()):
                    subscription.offer(notification)

    def _wake_all(self) -> None:
        for (channel, _), subscriptions in self._subscribers.items():
            for subscription in subscriptions:
                subscription.offer(Notification(channel, None))
