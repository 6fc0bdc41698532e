"""The hosts of a workspace, when they change while a run is under way: its gate loses and regains hosts."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from codex32_server.runtime.proxy import child, client
from codex32_server.runtime.proxy.client import EgressProxy
from runtime.conftest import make_spec
from support.origins import Authority, Names, Web, echo, serving
from support.waiting import until

HOST, OTHER = "api.example.test", "other.example.test"
BOTH = {HOST: [["127.0.0.1"]], OTHER: [["127.0.0.1"]]}


async def test_a_host_that_is_not_allowed_any_more_is_refused_and_not_resolved(opened: Any) -> None:
    names = Names(**BOTH)
    async with serving(Web()) as port, opened(_both(port), names=names) as way:
        way.gate.bound([f"{OTHER}:{port}"])
        answer = await way.get(f"http://{HOST}:{port}/")
        assert answer.startswith(b"HTTP/1.1 403 the workspace does not allow")
        assert b"codex32 workspaces hosts" in answer
        assert HOST not in names.asked
        assert (await way.get(f"http://{OTHER}:{port}/")).startswith(b"HTTP/1.1 200")
        way.gate.bound([])
        assert (await way.get(f"http://{HOST}:{port}/")).startswith(b"HTTP/1.1 200")
    assert way.reasons == ["not_in_workspace", "in_manifest", "in_manifest"]


async def test_they_bound_and_do_not_grant(opened: Any) -> None:
    async with opened([f"{HOST}:8080"], bounds=("*.example.test:8080",)) as way:
        assert b"is missing in the manifest" in await way.get(f"http://{OTHER}:8080/")
    assert way.reasons == ["not_in_manifest"]


async def test_what_is_open_is_cut_off_and_nothing_else(opened: Any) -> None:
    async with (
        serving(echo) as port,
        opened(_both(port), names=Names(**BOTH)) as way,
    ):
        _, lost = await way.tunnel(f"{HOST}:{port}")
        _, kept = await way.tunnel(f"{OTHER}:{port}")
        for reader, writer in (lost, kept):
            writer.write(b"hello")
            assert await reader.readexactly(5) == b"hello"
        way.gate.bound([f"{OTHER}:{port}"])
        assert await _ended(lost[0])
        kept[1].write(b"still")
        assert await kept[0].readexactly(5) == b"still"
        kept[1].close()
        await until(_told(way, 2), wanted=True)
    assert [(one["host"], one["allowed"], one["reason"]) for one in way.records] == [
        (HOST, True, "not_in_workspace"),
        (OTHER, True, "in_manifest"),
    ]


async def test_a_kept_connection_is_cut_off_and_the_next_request_refused(opened: Any) -> None:
    web = Web()
    async with (
        serving(web) as port,
        opened(_both(port), names=Names(**BOTH)) as way,
    ):
        reader, writer = await way.connect()
        writer.write(_get(HOST, port))
        await reader.readuntil(b"|")
        way.gate.bound([f"{OTHER}:{port}"])
        assert await _ended(reader)
        assert b" 403 " in await way.get(f"http://{HOST}:{port}/")
    assert way.reasons == ["not_in_workspace", "not_in_workspace"]
    assert web.connections == 1


async def test_a_client_that_has_gone_on_to_another_host_is_left_alone(opened: Any) -> None:
    async with (
        serving(Web()) as port,
        opened(_both(port), names=Names(**BOTH)) as way,
    ):
        reader, writer = await way.connect()
        for host in (HOST, OTHER):
            writer.write(_get(host, port))
            await reader.readuntil(b"|")
        way.gate.bound([f"{OTHER}:{port}"])
        writer.write(_get(OTHER, port))
        await reader.readuntil(b"|")
        writer.close()
        await until(_told(way, 2), wanted=True)
    assert way.reasons == ["in_manifest", "in_manifest"]


async def test_a_tunnel_whose_tls_has_not_begun_is_cut_off(opened: Any) -> None:
    authority = Authority(HOST)
    async with serving(Web(), authority.server(HOST)) as port, opened([HOST]) as way:
        way.ports[443] = port
        _, (reader, _) = await way.tunnel(f"{HOST}:443")
        way.gate.bound([OTHER])
        assert await _ended(reader)
    assert way.reasons == ["not_in_workspace"]


class Slow:
    """A process of the proxy that does what it is told, and may be silent about it."""

    def __init__(self) -> None:
        self.bounds: list[list[str]] = []
        self.silent = False
        self.channel = self
        self._told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def send(self, message: dict[str, Any], _descriptors: Any = ()) -> None:
        answers = {"open": "opened", "bound": "bounded", "close": "closed"}
        run = message.get("run") or message["grant"]["run"]
        if message["kind"] == "bound":
            self.bounds.append(list(message["hosts"]))
        if not self.silent:
            self._told.put_nowait({"kind": answers[message["kind"]], "run": run, "untold": 0})

    async def receive(self) -> dict[str, Any]:
        return await self._told.get()

    async def end(self) -> None:
        pass


async def test_what_was_not_answered_may_have_been_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """A widening whose answer was lost, taken back before the next look: the proxy hears of that."""
    slow = Slow()

    async def start(_outside: Any) -> child.Child:
        return cast("child.Child", slow)

    monkeypatch.setattr(child, "start", start)
    monkeypatch.setattr(client, "ANSWER_SECONDS", 0.05)
    proxy, spec = EgressProxy(), make_spec("", network=[f"{HOST}:8080"])
    async with proxy.lease(spec) as lease:
        await lease.open([])
        await proxy.bound(spec.workspace_id, [OTHER])
        await proxy.bound(spec.workspace_id, [OTHER])
        assert slow.bounds == [[OTHER]]
        slow.silent = True
        await proxy.bound(spec.workspace_id, [])
        slow.silent = False
        await proxy.bound(spec.workspace_id, [OTHER])
    await proxy.close()
    assert slow.bounds == [[OTHER], [], [OTHER]]


def _both(port: int) -> list[str]:
    return [f"{HOST}:{port}", f"{OTHER}:{port}"]


def _get(host: str, port: int) -> bytes:
    return f"GET http://{host}:{port}/ HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode()


async def _ended(reader: asyncio.StreamReader) -> bool:
    """Whether the connection ends, in whatever way."""
    async with asyncio.timeout(20):
        try:
            return await reader.read() == b""
        except OSError:
            return True


def _told(way: Any, count: int) -> Any:
    async def told() -> bool:
        return len(way.records) >= count

    return told
