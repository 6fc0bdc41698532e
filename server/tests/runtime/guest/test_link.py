"""Guest and host speak the same frames: the real guest link against the real conversation."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from typing import Any

import pytest
from codex32_server.kit.errors import ConflictError
from codex32_server.runtime.capture import LineLog
from codex32_server.runtime.contract import Limits
from codex32_server.runtime.conversation import Conversation
from codex32_server.runtime.frames import ProtocolError
from codex32_server.runtime.guest.failure import Failure, describe
from codex32_server.runtime.guest.link import Link, Refused
from codex32_server.runtime.guest.wire import Wire

from ..conftest import Lines, Memory

ORDER = {"kind": "order", "run": {"id": "r"}, "input_folder": "/input", "output_folder": "/output"}


async def _converse(guest: Callable[[Wire], None]) -> tuple[Conversation, Lines, Memory]:
    """Run `guest` in a thread against a host that answers."""
    host, inside = socket.socketpair()
    host.setblocking(False)
    lines, memory = Lines(), Memory()
    log = LineLog(lines, Limits())
    talk = Conversation(host, log, memory, Limits())

    def play() -> None:
        wire = Wire(inside.detach())
        guest(wire)
        wire._socket.close()

    _, result = await asyncio.gather(
        asyncio.to_thread(play), talk.hold(ORDER, b'{"x": 1}'), return_exceptions=True
    )
    log.finish()
    await log.pump()
    if isinstance(result, BaseException):
        raise result
    return talk, lines, memory


async def test_everything_a_bot_may_ask() -> None:
    seen: list[Any] = []

    def guest(wire: Wire) -> None:
        order, body = wire.receive()
        link = Link(wire, order)
        seen.extend([body, link.run_info(), link.input_folder])
        link.log("warning", "careful", {"n": 1, "odd": object})
        seen.append(link.state_get("k"))
        link.state_set("k", [1])
        seen.extend(
            [link.state_get("k"), list(link.state_keys("")), link.state_delete("k"), link.state_get("k")]
        )
        wire.tell({"kind": "result"}, b"[1]")

    talk, lines, memory = await _converse(guest)
    assert seen == [
        b'{"x": 1}',
        {"id": "r"},
        "/input",
        (False, None),
        (True, [1]),
        ["k"],
        None,
        (False, None),
    ]
    assert talk.verdict.output == b"[1]"
    assert lines.texts("log")[0].startswith("careful n=1 odd=")
    assert memory.values == {}


async def test_refusals_reach_the_bot() -> None:
    said: list[str] = []

    def guest(wire: Wire) -> None:
        link = Link(wire, wire.receive()[0])
        for call in (
            lambda: link.state_set("k", "x" * 300_000),
            lambda: link.state_get("k\n"),
            lambda: link.state_get(""),
        ):
            with pytest.raises(ValueError) as caught:
                call()
            said.append(str(caught.value))
        header, _ = wire.ask({"kind": "state", "op": "drop", "key": "k"})
        said.append(header["detail"])

    await _converse(guest)
    assert ["at most 262144" in said[0], "printable" in said[1], "printable" in said[2]] == [True] * 3
    assert said[3] == "there is no such call on the state"


async def test_a_refusal_of_the_store_has_a_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when another attempt has the run."""
    codes: list[str] = []

    async def refuse(*_: Any) -> None:
        raise ConflictError("The run is not this attempt's any more.")

    def guest(wire: Wire) -> None:
        link = Link(wire, wire.receive()[0])
        for call in (lambda: link.state_set("k", 1), lambda: link.state_delete("k")):
            with pytest.raises(Refused, match="not this attempt's") as caught:
                call()
            codes.append(caught.value.code)

    monkeypatch.setattr(Memory, "set", refuse)
    monkeypatch.setattr(Memory, "delete", refuse)
    await _converse(guest)
    assert codes == ["conflict", "conflict"]


async def test_a_second_result_is_forged() -> None:
    def guest(wire: Wire) -> None:
        wire.receive()
        wire.tell({"kind": "result"}, b"1")
        wire.tell({"kind": "error", "code": "bot_error", "detail": "x"})

    with pytest.raises(ProtocolError, match="a second result"):
        await _converse(guest)


async def test_errors_keep_to_what_a_guest_may_say() -> None:
    def guest(wire: Wire) -> None:
        wire.receive()
        wire.tell(
            {"kind": "error", "code": "cancelled", "detail": "x" * 9000, "traceback": 5, "retryable": False}
        )

    talk, _, _ = await _converse(guest)
    error = talk.verdict.error
    assert error
    assert (error.code, len(error.detail), error.traceback, error.retryable) == (
        "bot_error",
        2000,
        None,
        False,
    )


def test_a_fork_may_not_speak(capfd: pytest.CaptureFixture[str]) -> None:
    ends = socket.socketpair()
    link = Link(Wire(ends[0].detach()), ORDER)
    child = os.fork()
    if child == 0:
        try:
            link.log("info", "from a fork", {})
            link.state_get("k")
        except RuntimeError:
            os._exit(7)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert "from a fork" in capfd.readouterr().err
    ends[1].close()


def test_what_a_bot_raises_is_described() -> None:
    class Rude(Exception):
        def __str__(self) -> str:
            raise ValueError("no")

    assert describe(Rude())["detail"].endswith("Rude: (its text cannot be shown)")
    assert describe(MemoryError())["code"] == "out_of_memory"
    assert describe(OSError(28, "full"))["code"] == "disk_full"
    assert describe(OSError(2, "gone"))["code"] == "bot_error"
    assert describe(SyntaxError("x"))["retryable"] is False
    assert describe(ValueError())["detail"] == "ValueError"
    assert len(Failure("bot_error", "x" * 5000).header()["detail"]) == 2000


async def test_half_a_surrogate_pair_is_no_forgery() -> None:
    """A name of a file that is not UTF-8 comes with some, in an error as in a log line."""

    def guest(wire: Wire) -> None:
        order, _ = wire.receive()
        Link(wire, order).log("info", "read \udcff.csv", {"name": "\udcff.csv"})
        wire.tell({"kind": "error", **describe(OSError(2, "gone", "\udcff.csv"))})

    talk, lines, _ = await _converse(guest)
    assert talk.verdict.error is not None
    assert talk.verdict.error.code == "bot_error"
    assert "\\udcff.csv" in talk.verdict.error.detail
    assert any("read \\udcff.csv" in line.text for line in lines.lines)
