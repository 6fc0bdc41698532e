"""Mode `main` through the real sandbox: what goes in, what comes out, and how each kind of end is told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from codex32_server.runtime.contract import End, Limits
from codex32_server.runtime.errors import UnsafeSourceError

pytestmark = pytest.mark.sandbox


async def test_main_gets_its_input_and_gives_its_output(bench: Any) -> None:
    outcome = await bench.run("def main(a, b=2):\n    return {'sum': a + b}", input=b'{"a": 1}')
    assert (outcome.end, json.loads(outcome.output), outcome.error) == (End.SUCCEEDED, {"sum": 3}, None)
    assert outcome.exit_code == 0
    assert outcome.use.wall_seconds > 0
    assert outcome.use.cpu_seconds


async def test_async_main(bench: Any) -> None:
    outcome = await bench.run(
        "import asyncio\nasync def main():\n    await asyncio.sleep(0.01)\n    return 'done'"
    )
    assert outcome.output == b'"done"'


async def test_common_types_become_json(bench: Any) -> None:
    source = """
import dataclasses, datetime, decimal, enum, uuid
@dataclasses.dataclass
class Point: x: int = 1
class Color(enum.Enum): RED = "red"
def main():
    number, name = decimal.Decimal("1.5"), uuid.UUID(int=0)
    return [Point(), datetime.date(2026, 1, 2), number, Color.RED, name, (1,), {1: "é"}]
"""
    outcome = await bench.run(source)
    zero = "00000000-0000-0000-0000-000000000000"
    assert json.loads(outcome.output) == [{"x": 1}, "2026-01-02", "1.5", "red", zero, [1], {"1": "é"}]


@pytest.mark.parametrize(
    ("source", "code", "words"),
    [
        ("def main():\n    raise ValueError('no rows')", "bot_error", "ValueError: no rows"),
        ("def main(:", "bot_error", "SyntaxError: invalid syntax (bot.py, line 1)"),
        ("import nothing_like_this\ndef main(): ...", "bot_error", "No module named 'nothing_like_this'"),
        ("value = 1", "bot_error", "bot.py has no function `main`"),
        ("def main(needed): ...", "input_invalid", "The input lacks needed."),
        ("import sys\ndef main(): sys.exit(3)", "exit_code", "exit code 3"),
        ("import os\ndef main(): os._exit(0)", "exit_code", "exit code 0 and without an output"),
        ("import os\ndef main(): os.kill(os.getpid(), 9)", "killed_by_signal", "SIGKILL"),
        ("import ctypes\ndef main(): ctypes.string_at(0)", "killed_by_signal", "SIGSEGV"),
        ("import os\ndef main(): os.abort()", "killed_by_signal", "SIGABRT"),
        ("def main(): return float('nan')", "output_not_json", "nan"),
        ("def main(): return {'a': [1e999]}", "output_not_json", "inf"),
        ("def main(): return object()", "output_not_json", "type object"),
        ("def main(): return {(1, 2): 3}", "output_not_json", "key of type tuple"),
        ("def main():\n    x = []\n    x.append(x)\n    return x", "output_too_deep", "64 levels"),
        (
            "def main():\n    x = 0\n    for _ in range(10_000): x = [x]\n    return x",
            "output_too_deep",
            "64",
        ),
        ("def main(): return 'x' * 100_000_000", "output_too_large", "1048576 bytes"),
        ("def main(): return ['x'] * 5_000_000", "output_too_large", "1048576 bytes"),
    ],
)
async def test_each_fault_is_told(bench: Any, source: str, code: str, words: str) -> None:
    outcome = await bench.run(source)
    assert outcome.end is End.FAILED
    assert outcome.output is None
    assert (outcome.error.code, words in outcome.error.detail) == (code, True), outcome.error


async def test_unknown_arguments_are_the_inputs_fault(bench: Any) -> None:
    outcome = await bench.run("def main(): ...", input=b'{"surprise": 1}')
    assert outcome.error.code == "input_invalid"
    assert not outcome.error.retryable


async def test_an_input_above_the_limit_starts_nothing(bench: Any) -> None:
    outcome = await bench.run("def main(x): ...", input=b'{"x": "1234567890"}', limits=Limits(input=10))
    assert outcome.error.code == "input_too_large"
    assert outcome.use.wall_seconds == 0


async def test_tracebacks_show_the_bot_and_not_the_guest(bench: Any) -> None:
    outcome = await bench.run("def main():\n    return 1 / 0")
    assert 'File "/bot/bot.py", line 2, in main' in outcome.error.traceback
    assert "codex32_guest" not in outcome.error.traceback


async def test_print_and_log_become_lines(bench: Any) -> None:
    source = """
import sys
from codex32_bot import log
def main():
    print("to stdout")
    print("to stderr", file=sys.stderr)
    log.warning("dropped", rows=3)
    sys.stdout.write("no newline")
"""
    await bench.run(source)
    assert bench.lines.texts("stdout") == ["to stdout", "no newline"]
    assert bench.lines.texts("stderr") == ["to stderr"]
    (logged,) = [line for line in bench.lines.lines if line.stream == "log"]
    assert (logged.text, logged.level) == ("dropped rows=3", "warning")
    assert [line.number for line in bench.lines.lines] == [1, 2, 3, 4]


async def test_state_outlives_the_run(bench: Any) -> None:
    source = """
from codex32_bot import state
def main(step):
    if step == 1:
        state.set("count", {"n": 1}); state.set("nothing", None); state.set("gone", 1); state.delete("gone")
    return [state.get("count"), state.get("nothing", "default"), state.get("gone", "default"), state.keys()]
"""
    expected = [{"n": 1}, None, "default", ["count", "nothing"]]
    for step in (1, 2):
        outcome = await bench.run(source, input=json.dumps({"step": step}).encode())
        assert json.loads(outcome.output) == expected


async def test_state_refuses_what_is_too_large(bench: Any) -> None:
    outcome = await bench.run("from codex32_bot import state\ndef main(): state.set('k', 'x' * 300_000)")
    assert "at most 262144 bytes" in outcome.error.detail
    assert bench.state.values == {}


async def test_files_go_in_and_out(bench: Any) -> None:
    source = """
from codex32_bot import files
def main():
    text = files.input("in.csv").read_text()
    files.output("out.csv").write_text(text.upper())
    return files.inputs()
"""
    async with bench.running(source, input_files={"in.csv": b"a,b", "other.bin": b"\0"}) as outcome:
        assert json.loads(outcome.output) == ["in.csv", "other.bin"]
        (left,) = outcome.files
        assert (left.name, left.size, left.content_type) == ("out.csv", 3, "text/csv")
        assert left.path.read_text() == "A,B"
    assert not left.path.exists()


async def test_several_files_and_any_entry(bench: Any) -> None:
    source = {
        "run-me.py": "from lib.words import hello\nfrom codex32_bot import run\n"
        "def main(): return [hello(), __name__, run.info().bot]",
        "lib/__init__.py": "",
        "lib/words.py": "def hello(): return 'hello'",
    }
    outcome = await bench.run(source, entry="run-me.py")
    assert json.loads(outcome.output) == ["hello", "run_me", "test"]


@pytest.mark.parametrize(
    "name", ["../escape.py", "/etc/cron.d/x", "a/../../b.py", "a\0b.py", "", "./bot.py", "a//b"]
)
async def test_names_that_leave_the_folder_are_refused(bench: Any, name: str) -> None:
    with pytest.raises(UnsafeSourceError):
        await bench.run({"bot.py": "def main(): ...", name: "x"})


async def test_tests_beside_the_bot_make_a_report(bench: Any) -> None:
    source = {
        "bot.py": "from codex32_bot import files\n"
        "def main(): files.output('o.txt').write_text('x'); return 1",
        "test_bot.py": """
import bot
from codex32_bot.testing import workbench
def test_good(tmp_path):
    with workbench() as bench:
        assert bot.main() == 1
    assert bench.output_text("o.txt") == "x"
def test_bad():
    assert bot.main() == 2
""",
        "test_broken.py": "import nothing_like_this",
    }
    outcome = await bench.run(source, mode="tests")
    report = json.loads(outcome.output)
    assert (outcome.end, outcome.error.code) == (End.FAILED, "tests_failed")
    assert (report["total"], report["passed"], report["failed"]) == (3, 1, 2)
    outcomes = {test["name"]: test["outcome"] for test in report["tests"]}
    assert outcomes == {
        "test_bot.py::test_good": "passed",
        "test_bot.py::test_bad": "failed",
        "test_broken.py": "failed",
    }


async def test_passing_tests_succeed_and_no_tests_are_none(bench: Any) -> None:
    passing = await bench.run(
        {"bot.py": "def main(): ...", "test_bot.py": "def test_a(): pass"}, mode="tests"
    )
    assert (passing.end, json.loads(passing.output)["passed"]) == (End.SUCCEEDED, 1)
    without = await bench.run("def main(): ...", mode="tests")
    assert (without.end, json.loads(without.output)["total"]) == (End.SUCCEEDED, 0)


async def test_schema_without_models_is_empty(bench: Any) -> None:
    outcome = await bench.run("def main(a: int): ...", mode="schema")
    assert json.loads(outcome.output) == {"parameters": {}}
