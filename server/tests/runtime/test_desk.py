"""Frames of steps, events, calls, sleeps and questions: shape, size, order, count, and nothing after a
suspension.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from codex32_server.kit.errors import ConflictError
from codex32_server.kit.redaction import Redactor
from codex32_server.runtime import desk as desks
from codex32_server.runtime.alone import AloneEffects
from codex32_server.runtime.desk import Desk
from codex32_server.runtime.effects import Answered, Calling, Emitted, Searching, Suspension
from codex32_server.runtime.frames import Frame
from hypothesis import given, settings
from hypothesis import strategies as st

LARGEST_INPUT = 1000


class Recorder(AloneEffects):
    """Remembers what was stored and called; a sleep of more than two seconds suspends."""

    def __init__(self, *, before: int = 0) -> None:
        super().__init__()
        self.before = before
        self.stored: list[tuple[str, Any, list[str], list[str]]] = []
        self.started: list[Calling] = []
        self.refuses = False

    async def store_step(
        self, place: str, value: Any, events: Sequence[Emitted], calls: Sequence[Calling]
    ) -> None:
        if self.refuses:
            raise ConflictError("not now")
        await super().store_step(place, value, events, calls)
        self.stored.append((place, value, [event.type for event in events], [call.bot for call in calls]))

    async def events_before(self) -> int:
        return self.before

    async def check_call(self, wish: Calling) -> None:
        if wish.bot == "nobody":
            raise ConflictError("no such bot")

    async def call(self, wish: Calling) -> UUID:
        await self.check_call(wish)
        self.started.append(wish)
        return wish.child_id

    async def wait_for(
        self, place: str, bot: str, child: UUID, seconds: float
    ) -> Answered | Suspension | None:
        answers: dict[str, Any] = {"slow": None, "fails": Answered(code="bot_error", detail="x")}
        return answers.get(bot, Answered(b'{"n": 1}'))

    async def sleep(self, place: str, *, seconds: float | None, until: datetime | None) -> Any:
        if seconds is not None and seconds <= 2:
            return seconds
        return Suspension("sleep", "sleep", wake_at=until)

    async def ask(self, name: str, message: str, timeout: float | None) -> Any:
        return {"decision": "approve"} if name == "yes" else Suspension("approval", name, message)


async def say(desk: Desk, kind: str, body: bytes = b"", **header: Any) -> tuple[dict[str, Any], bytes]:
    answer = await desk.answer(Frame(kind, header, body))
    line, _, content = answer[4:].partition(b"\n")
    return orjson.loads(line), content


async def detail(desk: Desk, kind: str, body: bytes = b"", **header: Any) -> str:
    said, _ = await say(desk, kind, body, **header)
    assert said["kind"] == "failed", said
    return said["detail"]


async def test_a_step_takes_its_events_and_calls_along() -> None:
    effects = Recorder()
    desk = Desk(effects, LARGEST_INPUT)
    begun, _ = await say(desk, "step", op="begin", place="step:a#1")
    assert begun["done"] is False
    await say(desk, "emit", b"1", step="step:a#1", type="in.step")
    await say(desk, "emit", b"2", type="outside")
    await say(desk, "call", b"{}", op="start", place="c", bot="b", wait=False, step="step:a#1")
    await say(desk, "call", b"{}", op="start", place="d", bot="now", wait=True, step="step:a#1")
    assert [wish.bot for wish in effects.started] == ["now"]
    said, _ = await say(desk, "step", b"[1]", op="end", place="step:a#1")
    assert said["kind"] == "ok"
    assert effects.stored == [("step:a#1", [1], ["in.step"], ["b"])]
    assert [event.type for event in desk.events] == ["outside"]
    begun, body = await say(desk, "step", op="begin", place="step:a#1")
    assert (begun["done"], json.loads(body)) == (True, [1])


async def test_what_a_dropped_or_refused_step_said_is_forgotten() -> None:
    effects = Recorder(before=desks.MOST_EVENTS - 1)
    desk = Desk(effects, LARGEST_INPUT)
    for end in ({"op": "drop"}, {"op": "end"}):
        await say(desk, "step", op="begin", place="s")
        assert (await say(desk, "emit", b"1", step="s", type="a"))[0]["kind"] == "ok"
        assert "up to 1000 events" in await detail(desk, "emit", b"1", step="s", type="a")
        effects.refuses = True
        await say(desk, "step", b"1", place="s", **end)
    assert effects.stored == []
    await say(desk, "step", op="begin", place="s")
    assert "no such open step" in await detail(desk, "emit", b"1", step="other", type="a")
    assert "is open already" in await detail(desk, "step", op="begin", place="s")


@pytest.mark.parametrize(
    ("kind", "header", "body", "why"),
    [
        ("emit", {"type": ""}, b"1", "1 to 128 characters"),
        ("emit", {"type": "x" * 129}, b"1", "1 to 128 characters"),
        ("emit", {"type": "a\n"}, b"1", "printable"),
        ("emit", {"type": 5}, b"1", "printable"),
        ("emit", {"type": "codex32.run"}, b"1", "platform's own"),
        ("emit", {"type": "a", "subject": ""}, b"1", "1 to 256"),
        ("emit", {"type": "a", "subject": 7}, b"1", "1 to 256"),
        ("emit", {"type": "a"}, b"", "not JSON"),
        ("emit", {"type": "a"}, b"NaN", "NaN"),
        ("emit", {"type": "a"}, b"[" * 99 + b"]" * 99, "deeper than"),
        ("emit", {"type": "a"}, b'"' + b"x" * 70_000 + b'"', "at most 65536"),
        ("step", {"op": "begin", "place": ""}, b"", "1000 characters"),
        ("step", {"op": "begin", "place": "x" * 1001}, b"", "1000 characters"),
        ("step", {"op": "begin", "place": ["x"]}, b"", "1000 characters"),
        ("step", {"op": "end", "place": "x"}, b"1", "no such open step"),
        ("call", {"op": "start", "place": "x", "bot": ""}, b"{}", "1 to 100"),
        ("call", {"op": "start", "place": "x", "bot": "b"}, b"[" + b"1," * 600 + b"1]", "at most 1000"),
        ("call", {"op": "start", "place": "x", "bot": "nobody"}, b"{}", "no such bot"),
        ("call", {"op": "wait", "place": "x"}, b"", "no such call"),
        ("call", {"op": "", "place": "x"}, b"", "no such call of a bot"),
        ("sleep", {"place": "x"}, b"", "seconds or a moment"),
        ("sleep", {"place": "x", "seconds": 1, "until": 1}, b"", "seconds or a moment"),
        ("sleep", {"place": "x", "seconds": -1}, b"", "not a time"),
        ("sleep", {"place": "x", "seconds": True}, b"", "not a time"),
        ("sleep", {"place": "x", "seconds": "1"}, b"", "not a time"),
        ("sleep", {"place": "x", "seconds": 1e10}, b"", "five years"),
        ("sleep", {"place": "x", "until": 9e10}, b"", "five years"),
        ("sleep", {"place": "x", "until": 1e12}, b"", "not a time"),
        ("ask", {"name": "a b"}, b"", "letters, digits"),
        ("ask", {"name": "yes", "timeout": -1}, b"", "not a time"),
    ],
)
async def test_other_shapes_are_refused(kind: str, header: dict[str, Any], body: bytes, why: str) -> None:
    desk = Desk(Recorder(), LARGEST_INPUT)
    assert why in await detail(desk, kind, body, **header)
    assert desk.suspension is None


async def test_counts_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "LONGEST_EVENTS", 10)
    monkeypatch.setattr(desks, "MOST_OPEN_STEPS", 1)
    monkeypatch.setattr(desks, "MOST_CALLS", 1)
    desk = Desk(Recorder(), LARGEST_INPUT)
    await say(desk, "emit", b'"123456"', type="a")
    assert "10 bytes in all" in await detail(desk, "emit", b'"123456"', type="a")
    await say(desk, "step", op="begin", place="a")
    assert "At most 1 steps" in await detail(desk, "step", op="begin", place="b")
    await say(desk, "call", b"{}", op="start", place="a", bot="b")
    assert "up to 1 times" in await detail(desk, "call", b"{}", op="start", place="c", bot="b")


async def test_the_end_of_a_called_run() -> None:
    desk = Desk(Recorder(), LARGEST_INPUT)
    for bot in ("slow", "fails", "works"):
        await say(desk, "call", b"{}", op="start", place=bot, bot=bot)
    answers = [await say(desk, "call", op="wait", place=bot) for bot in ("slow", "fails", "works")]
    assert [(said["state"], said.get("code"), body) for said, body in answers] == [
        ("pending", None, b""),
        ("ended", "bot_error", b"null"),
        ("ended", "", b'{"n": 1}'),
    ]


async def test_nothing_is_taken_once_the_run_waits() -> None:
    effects = Recorder()
    desk = Desk(effects, LARGEST_INPUT)
    assert (await say(desk, "sleep", place="x", seconds=1.5))[0]["seconds"] == 1.5
    await say(desk, "step", op="begin", place="s")
    assert (await say(desk, "ask", name="no", message="Well?"))[0]["kind"] == "suspend"
    assert desk.suspension == Suspension("approval", "no", "Well?")
    for kind, header in (
        ("step", {"op": "end", "place": "s"}),
        ("emit", {"type": "late"}),
        ("ask", {"name": "yes"}),
        ("sleep", {"place": "y", "seconds": 1}),
    ):
        said, _ = await say(desk, kind, b"1", **header)
        assert (said["kind"], said["code"]) == ("failed", "suspended")
    assert (effects.stored, desk.events) == ([], [])


async def test_alone_there_is_nobody() -> None:
    alone = Desk(AloneEffects(), LARGEST_INPUT)
    assert "no other bot here" in await detail(alone, "call", b"{}", op="start", place="a", bot="b")
    assert "Nobody can answer" in await detail(alone, "ask", name="a")
    said, _ = await say(alone, "sleep", place="x", until=datetime.now(UTC).timestamp() + 5)
    assert 4 < said["seconds"] <= 5
    assert (await say(alone, "sleep", place="x", seconds=3))[0]["seconds"] == 3
    obliging = Desk(AloneEffects("reject"), LARGEST_INPUT)
    assert json.loads((await say(obliging, "ask", name="a"))[1])["decision"] == "reject"


_scalars = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=20)
_headers = st.fixed_dictionaries(
    {},
    optional={
        "op": st.sampled_from(["begin", "end", "drop", "start", "wait"]) | _scalars,
        "place": st.sampled_from(["a", "b"]) | _scalars,
        "step": st.sampled_from(["", "a", "b"]) | _scalars,
        "bot": st.sampled_from(["slow", "works", "nobody"]) | _scalars,
        "type": st.text(max_size=5) | _scalars,
        "subject": _scalars,
        "wait": _scalars,
        "name": st.sampled_from(["yes", "no"]) | _scalars,
        "message": _scalars,
        "seconds": _scalars,
        "until": _scalars,
        "timeout": _scalars,
    },
)
_bodies = st.sampled_from([b"{}", b"[1, 2]", b"null", b"\xff", b'"\\ud800"', b"1e999"]) | st.binary(
    max_size=40
)
_frames = st.tuples(st.sampled_from(["emit", "step", "call", "sleep", "ask", "search"]), _headers, _bodies)


@settings(max_examples=300, deadline=None)
@given(st.lists(_frames, max_size=25))
def test_whatever_a_guest_says_each_frame_has_one_answer(frames: list[Any]) -> None:
    async def talk() -> None:
        effects = Recorder()
        desk = Desk(effects, LARGEST_INPUT)
        for kind, header, body in frames:
            said, _ = await say(desk, kind, body, **header)
            assert said["kind"] in {"ok", "failed", "step", "call", "sleep", "ask", "suspend"}
            assert (said["kind"] == "suspend") <= (desk.suspension is not None)
        stored = [place for place, *_ in effects.stored]
        assert len(stored) == len(set(stored))
        assert len(desk.events) <= desks.MOST_EVENTS

    asyncio.run(talk())


async def test_names_are_free_of_secrets_too() -> None:
    """Those of steps are listed, those of approvals stand in URLs."""
    office = Recorder()
    desk = Desk(office, LARGEST_INPUT, Redactor({"KEY": "sk_live_42"}))
    place = "step:pay sk_live_42#1"
    assert (await say(desk, "step", op="begin", place=place))[0]["done"] is False
    await say(desk, "emit", b"1", type="paid", step=place)
    await say(desk, "step", b"7", op="end", place=place)
    assert office.stored == [("step:pay [secret KEY]#1", 7, ["paid"], [])]
    assert (await say(desk, "step", op="begin", place=place))[0]["done"] is True
    await say(desk, "call", b"{}", op="start", place="call:sk_live_42#1", bot="b", wait=True)
    assert office.started[0].place == "call:[secret KEY]#1"
    assert (await say(desk, "call", op="wait", place="call:sk_live_42#1"))[1] == b'{"n": 1}'
    await say(desk, "ask", name="may-sk_live_42-go", message="?", timeout=None)
    assert desk.suspension == Suspension("approval", "may--secret-KEY--go", "?")


async def test_what_people_read_is_free_of_secrets() -> None:
    effects = Recorder()
    desk = Desk(effects, LARGEST_INPUT, Redactor({"KEY": "s3cret-value"}))
    body = b'{"url": "https://x/s3cret-value", "n": 1}'
    await say(desk, "emit", body, type="got.s3cret-value", subject="s3cret-value")
    (event,) = desk.events
    assert (event.type, event.subject) == ("got.[secret KEY]", "[secret KEY]")
    assert json.loads(event.data) == {"url": "https://x/[secret KEY]", "n": 1}
    await say(desk, "step", op="begin", place="s")
    await say(desk, "step", b'"s3cret-value"', op="end", place="s")
    assert effects.stored[0][1] == "s3cret-value"
    await say(desk, "ask", name="no", message="May s3cret-value go?")
    assert desk.suspension == Suspension("approval", "no", "May [secret KEY] go?")


class Librarian(Recorder):
    """Remembers what was searched."""

    def __init__(self) -> None:
        super().__init__()
        self.wishes: list[Searching] = []

    async def search(self, wish: Searching) -> bytes:
        self.wishes.append(wish)
        return b"[]"


async def test_a_search_goes_to_the_port() -> None:
    effects = Librarian()
    said, body = await say(
        Desk(effects, LARGEST_INPUT), "search", b'{"a": 1}', base="faq", query="why", top=3
    )
    assert (said["kind"], body) == ("search", b"[]")
    assert effects.wishes == [Searching("faq", "why", 3, {"a": 1})]


@pytest.mark.parametrize(
    ("header", "body", "why"),
    [
        ({"query": "", "top": 1}, b"{}", "1 to 2000 characters"),
        ({"query": "x" * 2_001, "top": 1}, b"{}", "1 to 2000 characters"),
        ({"query": "x", "top": 0}, b"{}", "1 to 50 chunks"),
        ({"query": "x", "top": 51}, b"{}", "1 to 50 chunks"),
        ({"query": "x", "top": True}, b"{}", "1 to 50 chunks"),
        ({"query": "x", "top": 1}, b"[]", "filter of a search is an object"),
        ({"query": "x", "top": 1}, b"{" + b" " * 9_000 + b"}", "filter of a search"),
        ({"query": "x", "top": 1, "base": "a\nb"}, b"{}", "printable"),
        ({"query": "x", "top": 1}, b"{}", "no knowledge base"),
    ],
)
async def test_other_searches_are_refused(header: dict[str, Any], body: bytes, why: str) -> None:
    assert why in await detail(Desk(AloneEffects(), LARGEST_INPUT), "search", body, **header)


async def test_searches_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "MOST_SEARCHES", 1)
    desk = Desk(Librarian(), LARGEST_INPUT)
    assert (await say(desk, "search", b"{}", query="x", top=1))[0]["kind"] == "search"
    assert "up to 1 times" in await detail(desk, "search", b"{}", query="x", top=1)
