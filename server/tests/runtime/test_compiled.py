"""An entry is compiled once: kept as bytes, given to runs of the same workspace, believed only in time."""

from __future__ import annotations

import json
import marshal
import socket
import sys
from collections.abc import Sequence
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from codex32_server.runtime.capture import LineLog
from codex32_server.runtime.compiled import _LARGEST, CompiledEntries
from codex32_server.runtime.contract import End, Limits
from codex32_server.runtime.conversation import Conversation
from codex32_server.runtime.frames import ProtocolError
from codex32_server.runtime.guest import bot
from codex32_server.runtime.guest.wire import Wire
from codex32_server.runtime.order import told

from .conftest import Lines, Memory, make_spec

SOURCE = "def main(): return 1"
ONE, OTHER = UUID(int=1), UUID(int=2)


def kept(entries: CompiledEntries, code: bytes = b"code", **changes: Any) -> bytes:
    """Have it compiled by a run, and look for it again."""
    spec = make_spec(SOURCE, **{"workspace_id": ONE, **changes})
    take = entries.taker(spec, untouched=True)
    if take:
        take(code)
    return entries.find(spec)


def test_it_is_kept_for_the_same_source_in_the_same_workspace() -> None:
    entries = CompiledEntries()
    assert kept(entries) == b"code"
    assert entries.find(make_spec(SOURCE, workspace_id=ONE, version="another")) == b"code"
    assert entries.find(make_spec(SOURCE, workspace_id=OTHER)) == b""
    assert entries.find(make_spec(SOURCE + "\n", workspace_id=ONE)) == b""
    assert entries.taker(make_spec(SOURCE, workspace_id=ONE), untouched=True) is None


@pytest.mark.parametrize(
    "changes", [{"mode": "tests"}, {"mode": "service"}, {"reuse": True}, {"entry": "x.py"}]
)
def test_runs_of_another_kind_compile_for_themselves(changes: dict[str, Any]) -> None:
    assert kept(CompiledEntries(), **changes) == b""


def test_what_a_guest_with_packages_compiled_is_not_believed() -> None:
    spec = make_spec(SOURCE, dependencies=Path("/deps"))
    entries = CompiledEntries()
    order, _, take = told(spec, {}, entries, warm=True)
    assert (order["compile"], take) == (False, None)
    order, _, take = told(spec, {}, entries, warm=False)
    assert order["compile"]
    assert take is not None


def test_the_code_stands_before_the_input() -> None:
    entries = CompiledEntries()
    assert kept(entries, b"code") == b"code"
    order, body, take = told(make_spec(SOURCE, workspace_id=ONE, input=b"{}"), {}, entries, warm=True)
    assert (order["code"], order["compile"], body, take) == (4, False, b"code{}", None)


def test_the_oldest_make_room_and_the_largest_are_not_kept() -> None:
    entries = CompiledEntries(most_bytes=10, largest=6)
    assert kept(entries, b"1234567") == b""
    assert kept(entries, b"123456") == b"123456"
    assert kept(entries, b"12345", workspace_id=OTHER) == b"12345"
    assert entries.find(make_spec(SOURCE, workspace_id=ONE)) == b""


async def heard(says: Sequence[dict[str, Any]]) -> list[bytes]:
    """What a host that waits for code takes from a guest that says this."""
    host, inside = socket.socketpair()
    host.setblocking(False)
    taken: list[bytes] = []
    talk = Conversation(host, LineLog(Lines(), Limits()), Memory(), Limits())
    wire = Wire(inside.detach())
    for number, header in enumerate(says):
        wire.tell(header, b"%d" % number)
    wire.close()
    await talk.hold({"kind": "order"}, b"{}", taken.append)
    return taken


async def test_code_is_taken_before_anything_of_the_bot_is_heard() -> None:
    assert await heard([{"kind": "begun"}, {"kind": "compiled"}, {"kind": "result"}]) == [b"1"]


@pytest.mark.parametrize("first", ["compiled", "log", "result"])
async def test_a_bot_that_speaks_later_cannot_bring_code(first: str) -> None:
    with pytest.raises(ProtocolError):
        await heard([{"kind": "begun"}, {"kind": first}, {"kind": "begun"}, {"kind": "compiled"}])


class Said(list[tuple[dict[str, Any], bytes]]):
    """A wire that keeps what it is told."""

    def tell(self, header: dict[str, Any], body: bytes = b"") -> None:
        self.append((header, body))


@pytest.mark.parametrize(("more", "handed_over"), [(0, True), (1, False)])
def test_code_that_the_host_would_not_keep_is_not_sent(
    monkeypatch: pytest.MonkeyPatch, more: int, handed_over: bool
) -> None:
    code = "x" * (bot._LARGEST_CODE - len(marshal.dumps("x" * 1000)) + 1000 + more)
    assert (len(marshal.dumps(code)) <= _LARGEST) == handed_over, "guest and host have the same bound"
    monkeypatch.setattr(bot.entry, "compiled", lambda _: code)
    said, order = Said(), {"compile": True, "entry": "bot.py"}
    assert bot._take_code(said, order, b"{}") == b"{}"  # type: ignore[arg-type]
    assert order["compiled"] == code
    assert said == [({"kind": "compiled"}, marshal.dumps(code) if handed_over else b"")]


def test_an_empty_message_is_no_code() -> None:
    assert kept(entries := CompiledEntries(), b"") == b""
    assert kept(entries) == b"code"


@pytest.mark.sandbox
async def test_a_bot_of_any_size_runs(bench: Any) -> None:
    source = f"NAME = {'x' * 5 * 1024 * 1024!r}\ndef main(): return len(NAME)"
    assert json.loads((await bench.run(source)).output) == 5 * 1024 * 1024


@pytest.mark.sandbox
async def test_the_second_run_is_given_what_the_first_compiled(bench: Any) -> None:
    source = "NAME = __file__\ndef main(): return [NAME, __name__, __spec__.origin]"
    expected = ["/bot/bot.py", "bot", "/bot/bot.py"]
    for _ in range(2):
        outcome = await bench.run(source)
        assert json.loads(outcome.output) == expected
    code = bench.driver._compiled.find(make_spec(source, workspace_id=UUID(int=32)))
    assert marshal.loads(code).co_filename == "/bot/bot.py"


@pytest.mark.sandbox
async def test_a_fault_is_told_with_its_line_whoever_compiled(bench: Any) -> None:
    source = "def main():\n    1 / 0\n"
    for _ in range(2):
        outcome = await bench.run(source)
        assert outcome.error.detail.startswith("ZeroDivisionError")
        assert 'File "/bot/bot.py", line 2, in main\n    1 / 0' in outcome.error.traceback
        assert "codex32_guest" not in outcome.error.traceback


@pytest.mark.sandbox
async def test_what_does_not_compile_fails_each_time(bench: Any) -> None:
    for _ in range(2):
        outcome = await bench.run("def main(:\n")
        assert (outcome.end, outcome.error.code) == (End.FAILED, "bot_error")
        assert outcome.error.detail.startswith("SyntaxError")


@pytest.mark.sandbox
async def test_compiled_code_beside_the_source_is_not_looked_at(bench: Any) -> None:
    """A version could show a person one text and run another."""
    forged = compile("def main(): return 'forged'", "/bot/bot.py", "exec")
    unchecked = MAGIC_NUMBER + (1).to_bytes(4, "little") + bytes(8)
    cached = f"__pycache__/bot.{sys.implementation.cache_tag}.pyc"
    files = {"bot.py": SOURCE, cached: unchecked + marshal.dumps(forged)}
    outcome = await bench.run(files)
    assert json.loads(outcome.output) == 1
