"""The model gateway behind `llm`, by plain HTTP: at the address that the platform put into the environment,
or on a laptop at the one that its owner put there.

Connections are not kept: inside of a sandbox the next hop is the loopback. There nothing here is secret.
"""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Generator
from typing import Any
from urllib.parse import urlsplit

from .errors import (
    BudgetExceeded,
    ModelAnswerInvalid,
    ModelError,
    ModelRateLimited,
    ModelRefused,
    ModelUnavailable,
)

URL, KEY = "CODEX32_LLM_URL", "CODEX32_LLM_KEY"
_LARGEST = 64 * 1024 * 1024
_LONGEST_EVENT = 8 * 1024 * 1024
_DONE = b"[DONE]"
_KINDS: dict[int, type[ModelError]] = {402: ModelRefused, 408: ModelUnavailable, 429: ModelRateLimited}
_BUDGET = "budget_exceeded"
_FAULTS = (OSError, http.client.HTTPException)


def ask(path: str, request: dict[str, Any], timeout: float, hint: str) -> Any:
    """A whole answer. `hint` says what to do where there is no gateway. Raises ModelError."""
    connection = _connection(timeout, hint)
    try:
        answer = _sent(connection, path, request)
        body = answer.read(_LARGEST)
    except _FAULTS as error:
        raise _unreachable(error) from error
    finally:
        connection.close()
    try:
        return json.loads(body)
    except ValueError as error:
        raise ModelAnswerInvalid("answer_invalid", "What the gateway sent is no JSON.") from error


def stream(path: str, request: dict[str, Any], timeout: float, hint: str) -> Generator[Any]:
    """The events of an answer, as they come. Raises ModelError, also in the middle."""
    connection = _connection(timeout, hint)
    try:
        answer = _sent(connection, path, request)
        for data in _events(answer):
            if data == _DONE:
                return
            yield _event(data)
        raise ModelUnavailable("upstream_broken_off", "The answer broke off before its end.", "Ask again.")
    except _FAULTS as error:
        raise _unreachable(error) from error
    finally:
        connection.close()


def _connection(timeout: float, hint: str) -> http.client.HTTPConnection:
    address = os.environ.get(URL)
    if not address:
        raise ModelUnavailable("no_models", "This bot has no models to ask.", hint)
    parts = urlsplit(address)
    kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    if parts.scheme not in kinds or not parts.hostname:
        raise ModelUnavailable("no_models", f"{URL} is no http:// or https:// address.", hint)
    return kinds[parts.scheme](parts.hostname, parts.port, timeout=timeout)


def _sent(
    connection: http.client.HTTPConnection, path: str, request: dict[str, Any]
) -> http.client.HTTPResponse:
    base = urlsplit(os.environ[URL]).path.rstrip("/")
    body = json.dumps(request, allow_nan=False).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {os.environ.get(KEY, '')}"}
    connection.request("POST", f"{base}/{path}", body, headers)
    answer = connection.getresponse()
    if answer.status != http.client.OK:
        raise _refusal(answer.status, answer.read(_LONGEST_EVENT), answer.getheader("Retry-After"))
    return answer


def _events(answer: http.client.HTTPResponse) -> Generator[bytes]:
    """The `data` of server-sent events; every event here has one line of it."""
    while line := answer.readline(_LONGEST_EVENT):
        if line.startswith(b"data:"):
            yield line[5:].strip()


def _event(data: bytes) -> Any:
    try:
        event: Any = json.loads(data)
    except ValueError as error:
        raise ModelAnswerInvalid("answer_invalid", "An event of the answer is no JSON.") from error
    if not isinstance(event, dict):
        raise ModelAnswerInvalid("answer_invalid", "An event of the answer is no object.")
    if event.get("error"):  # pyright: ignore[reportUnknownMemberType]
        raise _refusal(http.client.BAD_GATEWAY, data, None)
    return event  # pyright: ignore[reportUnknownVariableType]


def _refusal(status: int, body: bytes, retry_after: str | None) -> ModelError:
    told = _told(body)
    code = str(told.get("code") or told.get("type") or f"http_{status}")
    detail = str(told.get("message") or told.get("detail") or f"The gateway answered with status {status}.")
    kind = BudgetExceeded if code == _BUDGET else _KINDS.get(status)
    if kind is None:
        kind = ModelUnavailable if status >= http.client.INTERNAL_SERVER_ERROR else ModelRefused
    seconds = float(retry_after) if retry_after and retry_after.isdigit() else None
    next_step = told.get("next_step")
    return kind(code, detail, str(next_step) if next_step else None, seconds)


def _told(body: bytes) -> dict[str, Any]:
    """What an error says: in OpenAI's form, as a problem (RFC 9457), or as plain text."""
    try:
        document: Any = json.loads(body)
        found: Any = document.get("error", document)
        return dict(found)
    except (ValueError, AttributeError, TypeError):
        return {"message": body.decode(errors="replace").strip()[:500]}


def _unreachable(error: Exception) -> ModelUnavailable:
    why = str(error) or type(error).__name__
    return ModelUnavailable("unreachable", f"The model gateway does not answer: {why}.", "Try again.")
