"""The way to the gateway of this installation: one POST, in the format that all providers can be asked in.

The format is OpenAI's *responses*, because the gateway translates it for every kind of provider, the ceiling
of the answer included. Retries, fallback, budgets and prices are the gateway's; here what it says is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import quote

import httpx

_OK = 200
_LISTING = 10.0
_LARGEST = 4 * 1024 * 1024
_UNREACHABLE = "gateway_unreachable"
_BROKEN = "gateway_answer_invalid"


class GatewayRefusalError(Exception):
    """The gateway gave no answer; `code` is its own (`gateway.errors`)."""

    def __init__(self, code: str, detail: str, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.retry_after = retry_after


@dataclass(frozen=True)
class Said:
    """What a model answered."""

    text: str
    model: str
    whole: bool = True
    """False: it was cut off at its ceiling."""
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True)
class GatewayDoor:
    """`url` ends in `/llm/v1`; `key` is the session's, worth nothing outside of it."""

    client: httpx.AsyncClient
    url: str
    key: str = field(repr=False)

    async def ask(self, body: Mapping[str, Any], timeout: float) -> Said:
        """Raises GatewayRefusalError."""
        headers = {"authorization": f"Bearer {self.key}", "x-codex32-timeout": f"{timeout:g}"}
        try:
            async with self.client.stream(
                "POST", f"{self.url}/responses", json=dict(body), headers=headers, timeout=timeout + 10
            ) as answer:
                content = await _bounded(answer)
        except httpx.HTTPError as error:
            raise GatewayRefusalError(_UNREACHABLE, f"The model gateway does not answer: {error}.") from error
        document = _document(content)
        if answer.status_code != _OK:
            raise _refusal(answer, document)
        return _said(document)

    async def context(self, model: str) -> int | None:
        """Tokens that a model holds; None where nobody knows, or nobody answers."""
        try:
            answer = await self.client.get(
                f"{self.url}/models/{quote(model, safe='')}",
                headers={"authorization": f"Bearer {self.key}"},
                timeout=_LISTING,
            )
        except httpx.HTTPError:
            return None
        document = _mapping(answer.json()) if answer.status_code == _OK else {}
        return _count(document.get("context_window")) or None


async def _bounded(answer: httpx.Response) -> bytes:
    pieces: list[bytes] = []
    size = 0
    async for piece in answer.aiter_bytes():
        size += len(piece)
        if size > _LARGEST:
            raise GatewayRefusalError(_BROKEN, f"The model's answer has more than {_LARGEST} bytes.")
        pieces.append(piece)
    return b"".join(pieces)


def _document(content: bytes) -> dict[str, Any]:
    try:
        found: Any = httpx.Response(200, content=content).json()
    except ValueError:
        raise GatewayRefusalError(_BROKEN, "The model gateway's answer is not JSON.") from None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _refusal(answer: httpx.Response, document: Mapping[str, Any]) -> GatewayRefusalError:
    error = _mapping(document.get("error"))
    detail = str(error.get("message") or f"The model gateway answered {answer.status_code}.")
    after = answer.headers.get("retry-after", "")
    return GatewayRefusalError(
        answer.headers.get("x-codex32-error", f"status_{answer.status_code}"),
        detail[:500],
        float(after) if after.isdecimal() else None,
    )


def _said(document: Mapping[str, Any]) -> Said:
    """The text of every message of the answer; reasoning and the like are left out."""
    texts = [
        str(content.get("text", ""))
        for item in _objects(document.get("output"))
        if item.get("type") == "message"
        for content in _objects(item.get("content"))
        if content.get("type") == "output_text"
    ]
    usage = _mapping(document.get("usage"))
    return Said(
        "".join(texts),
        str(document.get("model", ""))[:200],
        document.get("status") != "incomplete",
        _count(usage.get("input_tokens")),
        _count(usage.get("output_tokens")),
    )


def _mapping(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _objects(value: Any) -> list[dict[str, Any]]:
    items = cast("list[Any]", value) if isinstance(value, list) else []
    return [_mapping(item) for item in items]


def _count(value: Any) -> int:
    return value if isinstance(value, int) and value >= 0 else 0
