"""Whether a provider answers: it is asked for its list of models, which costs nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any, cast

import orjson

from codex32_server.features.models.schemas import ProviderReport
from codex32_server.gateway.contract import Target
from codex32_server.gateway.errors import (
    GatewayError,
    UpstreamFailedError,
    UpstreamRateLimitedError,
    UpstreamRefusedError,
    UpstreamTimeoutError,
)
from codex32_server.gateway.providers.presets import DIALECTS, LOCAL
from codex32_server.gateway.providers.transport.client import MIB, HttpClient
from codex32_server.gateway.providers.transport.url import parse_base_url

SECONDS = 20.0
_MOST_MODELS = 5000
_LONGEST_NAME = 256


class ProviderProbe:
    """Asks providers for what they have."""

    def __init__(self, client: HttpClient, seconds: float = SECONDS) -> None:
        self._client = client
        self._seconds = seconds

    async def check(self, target: Target) -> tuple[ProviderReport, Sequence[str] | None]:
        """What was found, and the names of the models; None if there was no such list."""
        if target.kind == LOCAL:
            return _runs_here(target), None
        begun = time.monotonic()
        try:
            models = await self._listed(target)
        except GatewayError as error:
            return _report(target, begun, error, None), None
        return _report(target, begun, None, models), models

    async def _listed(self, target: Target) -> list[str]:
        """Raises GatewayError."""
        url = parse_base_url(target.base_url)
        way = DIALECTS[target.kind].listing(target)
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._client.send(
                    url.origin, "GET", url.path + way.path, way.headers, most=8 * MIB
                )
                body = await answer.read()
        except TimeoutError:
            raise UpstreamTimeoutError(
                f"{url.origin.host} did not answer within {self._seconds:g} s."
            ) from None
        if answer.status != 200:
            raise refusal(target, answer.status)
        return _names(body)


def refusal(target: Target, status: int) -> GatewayError:
    """What a status other than 200 means. Nothing of the answer is shown: it may repeat the key."""
    if status in (401, 403):
        what = "does not accept the key" if target.secret else "wants a key, and none is set"
        return UpstreamRefusedError(
            f"{target.provider} {what} (HTTP {status}).",
            next_step=f"Set the key with `codex32 llm providers set {target.provider} --key-file FILE`.",
        )
    if status == 402:
        return UpstreamRefusedError(
            f"{target.provider} says that there is no credit left (HTTP 402).",
            next_step="Add credit to the provider's account.",
        )
    if status == 404:
        return UpstreamFailedError(
            f"{target.provider} has no list of models at {target.base_url} (HTTP 404).",
            next_step="Check the address; it usually ends with /v1.",
        )
    if status == 429:
        return UpstreamRateLimitedError(f"{target.provider} limits the rate (HTTP 429).")
    if 300 <= status < 400:
        return UpstreamFailedError(
            f"{target.provider} sends elsewhere (HTTP {status}), which is not followed.",
            next_step="Set the address that it sends to.",
        )
    return UpstreamFailedError(f"{target.provider} answered with HTTP {status}.")


def _names(body: bytes) -> list[str]:
    """OpenAI and Anthropic say `data[].id`, Google `models[].name`. Raises UpstreamFailedError."""
    try:
        document: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        document = None
    if not isinstance(document, dict):
        raise UpstreamFailedError(
            "What it answered is no list of models.", next_step="Check the address; it usually ends with /v1."
        )
    given = cast("dict[str, Any]", document)
    entries: Any = given.get("data", given.get("models"))
    if not isinstance(entries, list):
        raise UpstreamFailedError(
            "What it answered is no list of models.", next_step="Check the address; it usually ends with /v1."
        )
    found: list[str] = []
    for entry in cast("list[Any]", entries)[:_MOST_MODELS]:
        one = cast("dict[str, Any]", entry) if isinstance(entry, dict) else {}
        name = one.get("id") or one.get("name")
        if isinstance(name, str) and 0 < len(name) <= _LONGEST_NAME and name.isprintable():
            found.append(name.removeprefix("models/"))
    return found


def _runs_here(target: Target) -> ProviderReport:
    """Nothing is dialled: its address is known only while it runs."""
    detail = "It runs on this machine and starts when it is asked."
    return ProviderReport(
        provider=target.provider, ok=True, latency_ms=0, models=None, code=None, detail=detail, next_step=None
    )


def _report(
    target: Target, begun: float, error: GatewayError | None, models: Sequence[str] | None
) -> ProviderReport:
    count = len(models) if models is not None else None
    return ProviderReport(
        provider=target.provider,
        ok=error is None,
        latency_ms=round((time.monotonic() - begun) * 1000, 1),
        models=count,
        code=error.code if error else None,
        detail=error.detail if error else f"{target.provider} answered and lists {count} models.",
        next_step=error.advice if error else None,
    )
