"""How requests are made, answers judged, failures repeated: what both clients share. Nothing is sent here."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import random
from collections.abc import AsyncIterator, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, BinaryIO, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import httpx

from codex32_sdk.calls import Call
from codex32_sdk.errors import ApiError, error_from
from codex32_sdk.models import LogLine
from codex32_sdk.sse import Event

T = TypeVar("T")

API = "/api/v1"
CHUNK = 256 * 1024
TIMEOUT = httpx.Timeout(30.0, connect=5.0, write=60.0)
STREAM_TIMEOUT = httpx.Timeout(60.0, connect=5.0)
"""The server sends a heartbeat every 15 s, so a silent minute is a dead connection."""
_TRY_AGAIN = frozenset({502, 503})


@dataclass(frozen=True)
class RetryPolicy:
    """Exponential backoff with full jitter. Seconds."""

    attempts: int = 4
    first_delay: float = 0.2
    longest_delay: float = 5.0

    def delay(self, attempt: int, asked: float | None = None) -> float:
        """How long to wait after the failed try number `attempt` (from 1); the server's wish goes first."""
        if asked is not None:
            return min(asked, self.longest_delay)
        ceiling = min(self.first_delay * 2 ** (attempt - 1), self.longest_delay)
        return ceiling * (0.5 + random.random() / 2)  # noqa: S311 - spreads load, protects nothing

    def again(self, call: Call[Any], attempt: int, error: Exception) -> bool:
        """Whether to send the call another time after `error`."""
        if attempt >= self.attempts or not call.repeatable:
            return False
        return isinstance(error, httpx.TransportError) or (
            isinstance(error, ApiError) and error.status in _TRY_AGAIN
        )

    def resume(self, failures: int, error: Exception) -> bool:
        """Whether to open a stream again after it broke `failures` times in a row."""
        refused = isinstance(error, ApiError) and error.status not in _TRY_AGAIN
        return failures < self.attempts and not refused


def chunks(file: BinaryIO) -> Iterator[bytes]:
    """The content in pieces."""
    while chunk := file.read(CHUNK):
        yield chunk


async def chunks_later(file: BinaryIO) -> AsyncIterator[bytes]:
    """The content in pieces, read beside the event loop."""
    while chunk := await asyncio.to_thread(file.read, CHUNK):
        yield chunk


def options(url: str, api_key: str) -> dict[str, Any]:
    """Arguments of httpx's clients. A proxy of the environment is never asked for this very machine."""
    return {
        "base_url": url.rstrip("/"),
        "headers": _credentials(api_key) | {"User-Agent": "codex32-sdk", "Accept": "application/json"},
        "timeout": TIMEOUT,
        "trust_env": not _is_loopback(url),
        "follow_redirects": False,
    }


def request_arguments(call: Call[Any]) -> dict[str, Any]:
    """Arguments of `httpx.Client.request`."""
    arguments: dict[str, Any] = {
        "method": call.method,
        "url": call.path if call.absolute else API + call.path,
        "params": dict(call.params),
        "headers": dict(call.headers),
    }
    if call.body is not None:
        arguments["content"] = json.dumps(call.body, ensure_ascii=False, allow_nan=False).encode()
        arguments["headers"]["Content-Type"] = "application/json"
    if call.content is not None:
        arguments["content"] = call.content
        arguments["headers"].setdefault("Content-Type", "application/octet-stream")
    if call.timeout is not None:
        arguments["timeout"] = httpx.Timeout(call.timeout, connect=5.0)
    return arguments


def answer(call: Call[T], response: httpx.Response) -> T:
    """The typed answer. Raises ApiError for any status of 400 and above, and for bodies that are not ours."""
    raise_for_problem(response)
    if not response.content:
        return call.read(None)
    try:
        return call.read(response.json())
    except ValueError as error:
        raise error_from(response.status_code, None) from error


def raise_for_problem(response: httpx.Response) -> None:
    """Raises ApiError unless the status is 2xx; the body must have been read."""
    if response.is_success:
        return
    try:
        body = response.json()
    except ValueError:
        body = None
    raise error_from(response.status_code, body, response.headers.get("Retry-After"))


def upload_arguments(name: str) -> dict[str, Any]:
    return {
        "method": "PUT",
        "url": f"{API}/uploads",
        "params": {"name": name},
        "headers": {"Content-Type": "application/octet-stream"},
    }


def run_file_path(run_id: str, name: str) -> str:
    return f"{API}/runs/{quote(run_id, safe='')}/files/{quote(name, safe='/')}"


def usage_export_path(filters: Mapping[str, str | None]) -> str:
    given = {name: value for name, value in filters.items() if value is not None}
    return f"{API}/usage/export?{urlencode(given)}" if given else f"{API}/usage/export"


def version_file_path(bot: str, version: str, path: str) -> str:
    return (
        f"{API}/bots/{quote(bot, safe='')}/versions/{quote(version, safe='')}/files/{quote(path, safe='/')}"
    )


def log_stream_path(run_id: str) -> str:
    return f"{API}/runs/{quote(run_id, safe='')}/logs/stream"


def builder_stream_path(session_id: str) -> str:
    return f"{API}/builder/sessions/{quote(session_id, safe='')}/events"


def stream_headers(last_event_id: str | None) -> Mapping[str, str]:
    headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
    return headers | ({"Last-Event-ID": last_event_id} if last_event_id else {})


def log_line(event: Event) -> LogLine:
    return LogLine.model_validate_json(event.data)


def reason_of(error: httpx.TransportError) -> str:
    """One short phrase for a person."""
    if isinstance(error, httpx.ConnectError):
        return "connection refused" if "refused" in str(error).lower() else "no connection"
    if isinstance(error, httpx.TimeoutException):
        return "timed out"
    return "the connection broke"


@contextmanager
def replacing(target: Path) -> Generator[BinaryIO]:
    """A file that becomes `target` only when all of it was written."""
    unfinished = target.with_name(f".{target.name}.part")
    try:
        with unfinished.open("wb") as file:
            yield file
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def safe_name(name: str) -> str:
    """The last part of a file name the server chose, so that a download stays in its folder."""
    return PurePath(name.replace("\\", "/")).name or "file"


def _credentials(api_key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {api_key}"} if api_key else {}


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
