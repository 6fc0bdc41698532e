"""Requests to a service whose replica is replaced at the worst moment, and answers that outlive their key.

The workers' doors are played by the test: at the real socket, with the real knock.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from codex32_server.features.services.endpoints import lasting
from codex32_server.features.services.errors import BadGatewayError, ServiceNotFoundError
from codex32_server.features.services.facade import HeldReplicas
from codex32_server.kit import knock
from codex32_server.kit.ids import new_id
from sqlalchemy import text
from support.api import Api, Tenant
from support.folders import reachable_folder
from support.postgres import DatabaseUnderTest

from .test_endpoints import deploy

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere"
Act = Callable[[], Awaitable[None]]


@dataclass
class Door:
    """A worker's door with one bot behind it, which answers once it has the whole head and body."""

    address: str
    answer: bytes = ANSWER
    says: bytes = knock.OK
    then: Act | None = None
    """Done when somebody knocks, before anything is said."""
    requests: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        if self.then:
            await self.then()
        writer.write(self.says)
        if self.says == knock.OK:
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(1) if b"content-length: 1" in head.lower() else b""
            self.requests.append(head + body)
            writer.write(self.answer)
        writer.close()


@dataclass
class Street:
    """One service with one replica, whose address the test decides."""

    api: Api
    database: DatabaseUnderTest
    key: str
    path: str
    folder: Path
    held: AsyncExitStack

    async def door(self, name: str, **more: Any) -> Door:
        door = Door(f"unix:{self.folder / name}", **more)
        server = await asyncio.start_unix_server(door.serve, self.folder / name)
        self.held.callback(server.close)
        return door

    async def lead_to(self, address: str) -> None:
        """Another process of the replica is ready there."""
        async with self.database.owner.transaction(None) as tx:
            statement = "update service_replicas set address = :address, fence = fence + 1"
            await tx.execute(text(statement), {"address": address})

    async def ask(self, method: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.key}"}
        return await self.api.http.request(method, self.path, headers=headers, **more)


@pytest.fixture
async def street(api: Api, one: Tenant, database: DatabaseUnderTest) -> AsyncIterator[Street]:
    await deploy(api, one)
    key = one.keys["editor"]
    slug = (await api.call(one.keys["owner"], "GET", "/workspace")).json()["slug"]
    replicas = HeldReplicas(database.worker)
    (claimed,) = await replicas.claim(new_id(), "unix:/nowhere", 1, 30)
    assert await replicas.ready(claimed, True, {})
    with reachable_folder("codex32-doors-") as folder:
        async with AsyncExitStack() as held:
            yield Street(api, database, key, f"/s/{slug}/up/", folder, held)


@asynccontextmanager
async def replaced(street: Street, **former: Any) -> AsyncIterator[tuple[Door, Door]]:
    """The replica is replaced while the former one is asked."""
    later = await street.door("later")
    before = await street.door("before", then=lambda: street.lead_to(later.address), **former)
    await street.lead_to(before.address)
    yield before, later


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PATCH"])
async def test_what_nobody_took_is_asked_again(street: Street, method: str) -> None:
    body = {"content": b"x"} if method in ("POST", "PATCH") else {}
    async with replaced(street, says=b"NO gone\n") as (_, later):
        answer = await street.ask(method, **body)
    assert (answer.status_code, answer.text) == (200, "here")
    assert len(later.requests) == 1
    assert later.requests[0].endswith(b"x" if body else b"\r\n\r\n")


@pytest.mark.parametrize(
    ("method", "status", "again"), [("GET", 200, 1), ("POST", 502, 0), ("DELETE", 502, 0)]
)
async def test_what_was_taken_is_asked_again_if_it_only_reads(
    street: Street, method: str, status: int, again: int
) -> None:
    async with replaced(street, answer=b"") as (before, later):
        answer = await street.ask(method)
    assert answer.status_code == status
    assert (len(before.requests), len(later.requests)) == (1, again)


async def test_where_nothing_was_replaced_it_is_asked_once(street: Street) -> None:
    for says, answer, status in ((b"NO gone\n", b"", 503), (knock.OK, b"", 502)):
        door = await street.door(f"door-{status}", says=says, answer=answer)
        knocks: list[int] = []

        async def count(knocks: list[int] = knocks) -> None:
            knocks.append(1)

        door.then = count
        await street.lead_to(door.address)
        assert (await street.ask("GET")).status_code == status
        assert len(knocks) == 1


async def test_an_answer_is_cut_off_once_its_key_is_revoked(
    street: Street, one: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lasting, "RECHECK_SECONDS", 0.0)
    made = (
        await street.api.call(one.keys["owner"], "POST", "/keys", {"name": "lent", "role": "editor"})
    ).json()
    street.key = made["key"]
    parts = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhere\r\n0\r\n\r\n"
    door = await street.door("door", answer=parts)
    await street.lead_to(door.address)
    assert (await street.ask("GET")).text == "here"

    async def revoke() -> None:
        answer = await street.api.call(one.keys["owner"], "DELETE", f"/keys/{made['id']}")
        assert answer.status_code == 204

    door.then = revoke  # it was let in, and is not any more when the answer comes
    assert "here" not in (await street.ask("GET")).text
    assert len(door.requests) == 2
    assert (await street.ask("GET")).status_code == 401


async def test_an_answer_goes_on_while_nobody_can_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lasting, "RECHECK_SECONDS", 0.0)

    async def away() -> None:
        raise BadGatewayError("nobody answers")

    async def private() -> None:
        raise ServiceNotFoundError("not yours")

    assert await lasting.Permit(away).lost() is None
    assert await lasting.Permit(private).lost() == "service_not_found"
    monkeypatch.setattr(lasting, "RECHECK_SECONDS", 60.0)
    assert await lasting.Permit(private).lost() is None
