"""Steps, events, calls, sleeps and approvals on a laptop and on the workbench; and the guide that shows
them.
"""

from __future__ import annotations

import asyncio
import io
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from codex32_bot import (
    ApprovalRejected,
    BotCallError,
    Decision,
    _local_calls,
    _platform,
    approval,
    call,
    emit,
    files,
    sleep,
    state,
    step,
)
from codex32_bot.testing import Called, Emitted, workbench

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "durable.md"


@pytest.fixture
def laptop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    for name in ("CODEX32_INPUT_DIR", "CODEX32_OUTPUT_DIR", "CODEX32_STATE_DIR", "CODEX32_APPROVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CODEX32_BOT", "parent")
    restore = _platform.use(None)
    yield tmp_path
    restore()


def test_a_step_is_done_once_and_gives_what_was_stored() -> None:
    done: list[int] = []

    @step
    def double(n: int) -> tuple[int, int]:
        done.append(n)
        return (n, n)

    @step("named")
    def other() -> None:
        done.append(-1)

    with workbench() as bench:
        for _ in range(2):
            assert [double(n) for n in range(3)] == [[0, 0], [1, 1], [2, 2]]
            assert other() is None
            assert step("sum", sum, [1, 2]) == 3
            bench.again()
    assert done == [0, 1, 2, -1]
    assert sorted(bench.steps) == [
        "step:double#1",
        "step:double#2",
        "step:double#3",
        "step:named#1",
        "step:sum#1",
    ]


def test_steps_hold_steps_and_calls() -> None:
    with workbench(calls={"b": 1}) as bench:
        assert step("outer", lambda: [step("inner", lambda: 1), call("b"), call("b")]) == [1, 1, 1]
    assert set(bench.steps) == {"step:outer#1", "step:outer#1/step:inner#1"}
    assert bench.called == [Called("b", {}), Called("b", {})]


def test_an_asynchronous_step_is_awaited() -> None:
    @step
    async def later(n: int) -> int:
        await asyncio.sleep(0)
        emit("later", n)
        return n

    async def main() -> list[int]:
        return list(await asyncio.gather(later(1), later(2)))

    with workbench() as bench:
        assert asyncio.run(main()) == [1, 2]
        bench.again()
        assert asyncio.run(main()) == [1, 2]
    assert bench.events == [
        Emitted("later", 1, None, "step:later#1"),
        Emitted("later", 2, None, "step:later#2"),
    ]


def test_a_step_that_raises_has_emitted_nothing() -> None:
    def breaks() -> None:
        emit("in.vain")
        raise KeyError("x")

    async def breaks_later() -> None:
        breaks()

    with workbench() as bench:
        emit("outside", subject="s")
        with pytest.raises(KeyError):
            step("breaks", breaks)
        with pytest.raises(KeyError):
            asyncio.run(step("later", breaks_later))
        with pytest.raises(TypeError, match="step 'set' returned what is not JSON"):
            step("set", lambda: {1})
    assert bench.events == [Emitted("outside", None, "s")]
    assert bench.steps == {}


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (lambda: step("a#b", int), ValueError),
        (lambda: step("", int), ValueError),
        (lambda: step("x" * 101, int), ValueError),
        (lambda: step("a\n", int), ValueError),
        (lambda: step(5, int), TypeError),  # type: ignore[call-overload]
        (lambda: emit(""), ValueError),
        (lambda: emit("a", object()), TypeError),
        (lambda: emit("a", float("nan")), ValueError),
        (lambda: emit("a", subject=""), ValueError),
        (lambda: emit(None), TypeError),  # type: ignore[arg-type]
        (lambda: call("b", {"x": {1}}), TypeError),
        (lambda: call(""), ValueError),
        (lambda: sleep(-1), ValueError),
        (lambda: sleep(), TypeError),
        (lambda: sleep(1, until=datetime.now(UTC)), TypeError),
        (lambda: sleep("1"), TypeError),  # type: ignore[arg-type]
        (lambda: sleep(float("nan")), ValueError),
        (lambda: sleep(timedelta(days=9999)), ValueError),
        (lambda: sleep(until=datetime(2030, 1, 1)), ValueError),
        (lambda: sleep(5, name="a#b"), ValueError),
        (lambda: step("s", lambda: sleep(5)), ValueError),
        (lambda: step("s", lambda: approval("a")), ValueError),
        (lambda: approval("a b"), ValueError),
        (lambda: approval(""), ValueError),
        (lambda: approval("a", message="x" * 2001), ValueError),
        (lambda: approval("a", timeout=0), ValueError),
        (lambda: approval("a", timeout=True), TypeError),
    ],
)
def test_what_cannot_be_asked(wrong: Callable[[], Any], error: type[Exception]) -> None:
    with workbench(calls={"b": 1}, approvals={"a": "approve"}), pytest.raises(error):
        wrong()


def test_the_bench_answers_for_others() -> None:
    replies = {"echo": lambda given: given, "fixed": [1], "broken": BotCallError("bot_error", "x")}
    answers: dict[str, Any] = {
        "yes": Decision("approve", comment="c"),
        "no": "reject",
        "late": "expired",
        "yes:2": "reject",
    }
    with workbench(calls=replies, approvals=answers) as bench:
        assert (call("echo", {"n": 1}), call("fixed"), call("fixed", wait=False)) == (
            {"n": 1},
            [1],
            "run-of-fixed",
        )
        for bot in ("broken", "unknown"):
            with pytest.raises(BotCallError):
                call(bot)
        assert approval("yes").comment == "c"
        assert approval("late").expired
        for name in ("no", "yes"):  # the second `yes` is another question
            with pytest.raises(ApprovalRejected):
                approval(name)
        with pytest.raises(AssertionError, match="the bot asks 'new'"):
            approval("new")
        sleep(3600)
        sleep(until=datetime.now(UTC) + timedelta(seconds=50))
        assert files.room() is None
    assert bench.slept[0] == 3600
    assert 40 < bench.slept[1] <= 50


def test_state_is_compared_and_set() -> None:
    with workbench(state={"k": {"a": 1}}) as bench:
        assert not state.swap("k", {"a": True}, 2)
        assert not state.swap("k", state.ABSENT, 2)
        assert state.swap("k", {"a": 1}, 2)
        assert state.swap("new", state.ABSENT, None)
        assert state.update("k", lambda n: n + 1) == 3
        assert state.update("count", lambda n: n + 1, 0) == 1
        with pytest.raises(TypeError):
            state.swap("k", 3, {1})
    assert bench.state == {"k": 3, "new": None, "count": 1}


def test_others_may_be_faster_but_not_for_ever() -> None:
    with workbench(state={"k": 0}) as bench:

        def meanwhile(_: int) -> int:
            bench.state["k"] += 1
            return -1

        with pytest.raises(TimeoutError):
            state.update("k", meanwhile)


def test_a_laptop_prints_events_and_keeps_steps(laptop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    emit("a.b", {"n": 1}, subject="s")
    assert step("x", lambda: 5) == 5
    with pytest.raises(KeyError):
        step("y", lambda: {}["no"])
    sleep(0.001)
    sleep(until=datetime.now(UTC) - timedelta(days=1))
    assert state.swap("k", state.ABSENT, 1)
    assert not state.swap("k", state.ABSENT, 1)
    assert files.outputs() == []
    assert 'EVENT   a.b about s {"n": 1}' in capsys.readouterr().err
    assert (laptop / ".codex32" / "state" / "parent.json").is_file()


def test_a_laptop_calls_the_file_beside(laptop: Path) -> None:
    (laptop / "the_child.py").write_text(
        "from codex32_bot import state\ndef main(n):\n    state.set('n', n)\n    return {'half': 4 / n}\n"
    )
    (laptop / "deep").mkdir()
    (laptop / "deep" / "bot.py").write_text(
        "from codex32_bot import call\ndef main():\n    return call('deep')\n"
    )
    (laptop / "empty.py").touch()
    assert call("the-child", {"n": 2}) == {"half": 2.0}
    assert call("the-child", {"n": 2}, wait=False) == "local"
    assert (laptop / ".codex32" / "state" / "the-child.json").is_file()
    for bot, given, code, said in (
        ("the-child", {"n": 0}, "bot_error", "ZeroDivisionError"),
        ("deep", {}, "call_too_deep", "8 bots"),
        ("nobody", {}, "bot_not_found", "nobody.py"),
        ("empty", {}, "bot_error", "no function `main`"),
    ):
        with pytest.raises(BotCallError) as caught:
            call(bot, given)
        assert (caught.value.code, said in caught.value.detail) == (code, True)


def test_a_laptop_asks_the_terminal(laptop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RuntimeError, match="CODEX32_APPROVE"):
        approval("a")

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(_local_calls.sys, "stdin", Terminal("perhaps\ny\nno\n"))
    assert approval("a", "Well?").approved
    with pytest.raises(ApprovalRejected):
        approval("b")
    with pytest.raises(RuntimeError, match="nobody answered"):
        approval("c")
    monkeypatch.setenv("CODEX32_APPROVE", "approve")
    assert "approve" in repr(approval("d"))


def test_the_guide_is_true(tmp_path: Path) -> None:
    bot, test = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    (tmp_path / "letters.py").write_text(bot)
    (tmp_path / "test_letters.py").write_text(test)
    package = str(Path(_platform.__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_letters.py"],
        cwd=tmp_path, env={"PYTHONPATH": f"{package}:{tmp_path}"}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_an_unknown_name_is_an_attribute_error() -> None:
    import codex32_bot

    with pytest.raises(AttributeError, match="nothing"):
        _ = codex32_bot.nothing  # type: ignore[attr-defined]
