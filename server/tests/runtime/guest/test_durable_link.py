"""The guest's end of steps, calls and waits, against the real conversation; and frames as both sides
write them.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import codex32_bot
import pytest
from codex32_bot import _platform, state
from codex32_bot.errors import ApprovalRejected, BotCallError, Suspended
from codex32_server.runtime import frames
from codex32_server.runtime.alone import AloneEffects
from codex32_server.runtime.capture import LineLog
from codex32_server.runtime.contract import Limits
from codex32_server.runtime.conversation import Conversation
from codex32_server.runtime.effects import Answered, Calling, Suspension
from codex32_server.runtime.guest.link import Link
from codex32_server.runtime.guest.wire import Wire
from hypothesis import given, settings
from hypothesis import strategies as st

from ..conftest import Lines, Memory

ORDER = {
    "kind": "order",
    "run": {"id": "r"},
    "input_folder": "/input",
    "output_folder": "/",
    "largest_files": 9,
}


class Office(AloneEffects):
    """Bots that answer at the second look; questions that are answered or suspend."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0

    async def check_call(self, wish: Calling) -> None: ...

    async def call(self, wish: Calling) -> UUID:
        return wish.child_id

    async def wait_for(self, place: str, bot: str, child: UUID, seconds: float) -> Any:
        self.looks += 1
        if bot == "crowded":
            return Suspension("call", bot, child_run_id=child)
        if self.looks % 2:
            return None
        return Answered(code="bot_error", detail="no") if bot == "fails" else Answered(b'{"a": [1]}')

    async def sleep(self, place: str, *, seconds: float | None, until: datetime | None) -> Any:
        return Suspension("sleep", place) if (seconds or 0) > 2 else 0.0

    async def ask(self, name: str, message: str, timeout: float | None) -> Any:
        if name in ("approve", "reject", "expired"):
            return {"decision": name, "comment": message, "by": "Ann", "at": timeout}
        return Suspension("approval", name)


async def _talk(bot: Callable[[Wire], Any]) -> tuple[Any, Conversation]:
    """What `bot` gives when it uses the package in a process of its own, so to speak."""
    host, inside = socket.socketpair()
    host.setblocking(False)
    log = LineLog(Lines(), Limits())
    talk = Conversation(host, log, Memory(), Limits(), Office())

    def play() -> Any:
        wire = Wire(inside.detach())
        restore = _platform.use(Link(wire, wire.receive()[0]))
        try:
            return bot(wire)
        finally:
            restore()
            wire._socket.close()

    result, _ = await asyncio.gather(asyncio.to_thread(play), talk.hold(ORDER, b""))
    return result, talk


async def test_a_bot_uses_everything() -> None:
    def bot(_: Wire) -> list[Any]:
        @codex32_bot.step
        def twice(n: int) -> int:
            codex32_bot.emit("twice", n)
            return 2 * n

        codex32_bot.sleep(0.001)
        codex32_bot.sleep(until=datetime.now(UTC) - timedelta(days=1))
        decision = codex32_bot.approval("approve", "m", timeout=5)
        return [
            twice(2), twice(3), codex32_bot.step("s", sorted, [2, 1]),
            codex32_bot.call("works"), len(codex32_bot.call("works", wait=False)),
            decision.approved, decision.comment, decision.by, decision.at,
            codex32_bot.approval("expired").expired,
            state.swap("k", state.ABSENT, 1), state.swap("k", 2, 3), state.update("k", lambda n: n + 1),
        ]  # fmt: skip

    seen, talk = await _talk(bot)
    assert seen == [4, 6, [1, 2], {"a": [1]}, 36, True, "m", "Ann", 5.0, True, True, False, 2]
    assert talk.desk.events == []
    assert not talk.verdict.given


async def test_refusals_are_errors_of_the_bot() -> None:
    def bot(_: Wire) -> list[Any]:
        with pytest.raises(BotCallError) as failed:
            codex32_bot.call("fails")
        with pytest.raises(ApprovalRejected) as rejected:
            codex32_bot.approval("reject", "why")
        with pytest.raises(ValueError, match="platform's own"):
            codex32_bot.emit("codex32.x")
        return [failed.value.code, failed.value.detail, str(rejected.value)]

    seen, _ = await _talk(bot)
    assert seen == ["bot_error", "no", "Ann rejected 'reject': why"]


@pytest.mark.parametrize(
    "waits",
    [
        lambda: codex32_bot.sleep(60),
        lambda: codex32_bot.approval("open"),
        lambda: codex32_bot.call("crowded"),
        lambda: codex32_bot.step("s", lambda: codex32_bot.call("crowded")),
    ],
)
async def test_waiting_ends_the_process_whatever_the_bot_tries(waits: Callable[[], Any]) -> None:
    def bot(wire: Wire) -> None:
        with pytest.raises(Suspended):
            try:
                waits()
            except Exception:  # noqa: BLE001 - what careless bots do
                pytest.fail("it was caught")
        with pytest.raises(Suspended):
            codex32_bot.emit("late")
        with pytest.raises(ValueError, match="the run waits"):
            state.set("late", 1)
        wire.tell({"kind": "result"}, b"1")

    _, talk = await _talk(bot)
    assert talk.verdict.suspended
    assert talk.verdict.output is None
    assert talk.desk.suspension is not None
    assert talk.desk.events == []


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_headers = st.dictionaries(st.text(min_size=1, max_size=10), _json, max_size=5)


@settings(max_examples=150, deadline=None)
@given(header=_headers, body=st.binary(max_size=200), kind=st.text(max_size=8))
def test_both_sides_read_what_the_other_writes(header: dict[str, Any], body: bytes, kind: str) -> None:
    ends = socket.socketpair()
    wire = Wire(ends[0].detach())
    wire.tell({**header, "v": 1, "kind": kind}, body)
    ends[1].sendall(frames.encode({**header, "v": 1, "kind": kind}, body))
    assert wire.receive() == ({**header, "v": 1, "kind": kind}, body)

    async def read() -> Any:
        reader = asyncio.StreamReader()
        reader.feed_data(ends[1].recv(1 << 16))
        reader.feed_eof()
        return await frames.read(reader, 1000)

    frame = asyncio.run(read())
    assert (frame.kind, frame.body) == (kind, body)
    assert {**header, "v": 1, "kind": kind} == frame.header
    ends[1].close()
    wire._socket.close()


@settings(max_examples=150, deadline=None)
@given(answer=st.binary(max_size=60))
def test_a_broken_answer_is_an_error_and_never_a_hang(answer: bytes) -> None:
    """The guest trusts its host; a host that dies in the middle of a word must still let it go."""
    ends = socket.socketpair()
    link = Link(Wire(ends[0].detach()), ORDER)
    ends[1].sendall(answer)
    ends[1].shutdown(socket.SHUT_WR)
    with pytest.raises(Exception):  # noqa: B017 - any error of the bot's process will do
        link.step_begin("step:a#1")
    ends[1].close()
    link._wire._socket.close()
