"""People who go on submitting while the API is killed, and what they were promised."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

_CUT_OFF = (httpx.TransportError,)
_GIVEN_UP = 60.0
"""Seconds after which a request that is never answered is a failure of the test."""


@dataclass
class Promises:
    """What was acknowledged: the run of each key, and runs that were asked for without one."""

    keyed: dict[str, str] = field(default_factory=dict[str, str])
    unkeyed: list[str] = field(default_factory=list[str])
    unanswered: int = 0
    """Requests without a key whose answer never came: each may have made one run, or none."""
    repeated: int = 0
    """Requests with a key that had to be sent again."""
    waited: int = 0

    @property
    def acknowledged(self) -> list[str]:
        return [*self.keyed.values(), *self.unkeyed]


class Submitter:
    """Submits runs of one bot over HTTP, one after the other, each of a few kinds in turn."""

    def __init__(self, client: httpx.AsyncClient, bot: str, promises: Promises) -> None:
        self._client = client
        self._path = f"/api/v1/bots/{bot}/runs"
        self._promises = promises

    async def keep_on(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; a request that was begun is brought to its end."""
        number = 0
        while not stop.is_set():
            number += 1
            if number % 3 == 0:
                await self._without_key()
            else:
                await self.with_key(str(uuid4()), wait=5 if number % 3 == 1 else 0)

    async def with_key(self, key: str, wait: float = 0) -> str:
        """Send it until it is answered, as a client with a key does; the id of its run."""
        async with asyncio.timeout(_GIVEN_UP):
            while True:
                try:
                    answer = await self._send({"Idempotency-Key": key}, wait)
                except _CUT_OFF:
                    self._promises.repeated += 1
                    await asyncio.sleep(0.05)
                    continue
                if answer.status_code < 300:
                    self._promises.waited += answer.status_code == 200
                    self._promises.keyed[key] = answer.json()["id"]
                    return answer.json()["id"]
                assert answer.status_code == 503, answer.text
                await asyncio.sleep(0.05)

    async def _without_key(self) -> None:
        try:
            answer = await self._send({}, 0)
        except httpx.ConnectError:
            await asyncio.sleep(0.05)
        except _CUT_OFF:
            self._promises.unanswered += 1
        else:
            assert answer.status_code in (202, 503), answer.text
            if answer.status_code == 202:
                self._promises.unkeyed.append(answer.json()["id"])

    async def _send(self, headers: dict[str, str], wait: float) -> httpx.Response:
        body: dict[str, Any] = {"input": {}, "wait": wait}
        return await self._client.post(self._path, json=body, headers=headers)
