"""`reuse = true`: one process for several runs, and when it is not the same process any more."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from codex32_server.runtime.contract import End, Limits
from codex32_server.runtime.zygote.warm import ReuseTerms

pytestmark = pytest.mark.sandbox

COUNT = """
import os, codex32_bot
turn = 0
def main(word="", what=""):
    global turn
    turn += 1
    print("said", word)
    found = sorted(os.listdir("/tmp") + os.listdir("/output") + os.listdir("/dev/shm"))
    if what: exec(what)
    return [turn, word, found]
"""


@pytest.fixture
def turn(warm_bench: Any, ready: Any) -> Any:
    """Runs COUNT once in a process that may be used again; gives its outcome."""

    async def run(what: str = "", word: str = "", **changes: Any) -> Any:
        await ready()
        given = json.dumps({"word": word, "what": what}).encode()
        return await warm_bench.run(COUNT, input=given, reuse=True, **changes)

    return run


def _turn_of(outcome: Any) -> Any:
    assert outcome.end is End.SUCCEEDED, outcome.error
    return json.loads(outcome.output)[0]


async def test_one_process_serves_one_run_after_the_other(turn: Any, warm_bench: Any) -> None:
    outcomes = [await turn(word=f"w{number}") for number in range(4)]
    assert [json.loads(outcome.output) for outcome in outcomes] == [[n + 1, f"w{n}", []] for n in range(4)]
    assert warm_bench.lines.texts("stdout") == [f"said w{number}" for number in range(4)]
    assert all(outcome.exit_code == 0 for outcome in outcomes)


async def test_at_the_same_time_there_are_several(turn: Any) -> None:
    await turn()
    outcomes = await asyncio.gather(*(turn("import time; time.sleep(0.3)") for _ in range(3)))
    assert sorted(_turn_of(outcome) for outcome in outcomes) == [1, 1, 2]


@pytest.mark.parametrize(
    "what",
    [
        "open('/tmp/left', 'w').write('x')",
        "os.makedirs('/tmp/deep/er'); open('/tmp/deep/er/left', 'w')",
        "open('/dev/shm/left', 'w')",
        "os.symlink('/bot', '/tmp/link')",
        "os.mkfifo('/tmp/pipe')",
        "os.mkdir('/tmp/closed'); open('/tmp/closed/x', 'w'); os.chmod('/tmp/closed', 0)",
    ],
)
async def test_files_do_not_stay(turn: Any, what: str) -> None:
    assert _turn_of(await turn(what)) == 1
    assert json.loads((await turn()).output)[2] == []


async def test_output_files_belong_to_their_run(turn: Any, warm_bench: Any, ready: Any) -> None:
    await ready()
    source = "def main(n):\n    open(f'/output/{n}.txt', 'w').write(str(n))"
    for number in range(3):
        async with warm_bench.running(source, input=b'{"n": %d}' % number, reuse=True) as outcome:
            assert [(file.name, file.path.read_text()) for file in outcome.files] == [
                (f"{number}.txt", str(number))
            ]


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("raise ValueError('no')", "bot_error"),
        ("os._exit(4)", "exit_code"),
        ("raise SystemExit(3)", "exit_code"),
        ("os.kill(os.getpid(), 11)", "killed_by_signal"),
        ("os.close(0); os.write(3, b'garbage!')", None),
    ],
)
async def test_a_failure_ends_the_process(turn: Any, what: str, code: str | None) -> None:
    assert _turn_of(await turn()) == 1
    outcome = await turn(what)
    if code:
        assert (outcome.end, outcome.error.code) == (End.FAILED, code)
        assert _turn_of(await turn()) == 1


@pytest.mark.parametrize("end", [End.TIMED_OUT, End.CANCELLED])
async def test_a_stopped_run_ends_the_process(turn: Any, warm_bench: Any, end: End) -> None:
    assert _turn_of(await turn()) == 1
    if end is End.CANCELLED:
        asyncio.get_running_loop().call_later(0.3, warm_bench.cancel.set)
    outcome = await turn(
        "import time; time.sleep(30)", limits=Limits(timeout=20.0 if end is End.CANCELLED else 0.3)
    )
    assert outcome.end is end
    warm_bench.cancel.clear()
    assert _turn_of(await turn()) == 1


@pytest.mark.parametrize(
    "what",
    [
        "import threading, time; threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
        "import os, time\nif os.fork() == 0:\n    time.sleep(60)\n    os._exit(0)",
        "import os, time\nif os.fork() == 0:\n    os.setsid(); os.fork()\n    time.sleep(60); os._exit(0)",
        "import os\nglobal kept\nkept = os.dup(1)",
        "global kept\nkept = [os.dup(n) for n in range(3, 9) if os.path.exists(f'/proc/self/fd/{n}')]",
    ],
    ids=["thread", "child", "daemon", "keeps stdout", "keeps its socket"],
)
async def test_what_is_left_running_ends_the_process_and_not_the_run(turn: Any, what: str) -> None:
    assert _turn_of(await turn()) == 1
    assert _turn_of(await turn(what)) == 2
    assert _turn_of(await turn()) == 1


async def test_a_fork_that_comes_back_from_main_serves_nobody(warm_bench: Any, ready: Any) -> None:
    await ready()
    source = (
        "import os, time\ndef main():\n    if os.fork() == 0: return 0\n    time.sleep(0.3)\n    return 'bot'"
    )
    for _ in range(2):
        outcome = await warm_bench.run(source, reuse=True)
        assert (outcome.end, outcome.output) == (End.SUCCEEDED, b'"bot"'), outcome.error


async def test_other_versions_environments_and_bots_get_their_own(turn: Any) -> None:
    assert _turn_of(await turn()) == 1
    assert _turn_of(await turn(version="w")) == 1
    assert _turn_of(await turn(environment="prod")) == 1
    assert _turn_of(await turn(limits=Limits(memory=10**8))) == 1
    assert _turn_of(await turn()) == 2


async def test_a_changed_secret_ends_the_use_of_a_process(turn: Any) -> None:
    """It may have kept the old value, which the next run's log would not be searched for."""
    assert [_turn_of(await turn(secrets={"KEY": "old-value"})) for _ in range(2)] == [1, 2]
    assert _turn_of(await turn(secrets={"KEY": "new-value"})) == 1


async def test_a_process_serves_so_many_runs_and_no_more(turn: Any, warm_bench: Any) -> None:
    warm_bench.warm._reuse = ReuseTerms(runs=2)
    assert [_turn_of(await turn()) for _ in range(5)] == [1, 2, 1, 2, 1]


async def test_a_process_gets_so_old_and_no_older(turn: Any, warm_bench: Any) -> None:
    warm_bench.warm._reuse = ReuseTerms(age=0.0)
    assert [_turn_of(await turn()) for _ in range(2)] == [1, 1]


async def test_memory_is_limited_over_all_runs(turn: Any) -> None:
    hoard = "global kept\nkept = globals().get('kept', []) + [bytearray(60_000_000)]"
    limits = Limits(memory=150 * 1024 * 1024, timeout=20.0)
    outcomes = [await turn(hoard + "\nimport time; time.sleep(0.1)", limits=limits) for _ in range(3)]
    assert [outcome.error and outcome.error.code for outcome in outcomes] == [None, None, "out_of_memory"]


async def test_without_reuse_every_run_is_new(warm_bench: Any, ready: Any) -> None:
    await ready()
    for _ in range(2):
        assert _turn_of(await warm_bench.run(COUNT)) == 1


async def test_input_files_get_a_process_of_their_own(turn: Any) -> None:
    assert _turn_of(await turn()) == 1
    assert _turn_of(await turn("assert open('/input/x').read() == 'y'", input_files={"x": b"y"})) == 1
