"""A real sandbox whose bot begins to wait: its process ends, whatever it tries, and nothing of it counts."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from codex32_server.runtime.alone import AloneEffects
from codex32_server.runtime.contract import End, Limits
from codex32_server.runtime.effects import Suspension

from .conftest import Bench, make_spec

pytestmark = pytest.mark.sandbox

TOMORROW = datetime(2100, 1, 1, tzinfo=UTC)

POLITE = """
from codex32_bot import emit, files, sleep, step
def main():
    files.output("kept.txt").write_text("1")
    emit("in.vain")
    try:
        sleep(3600)
    except Exception:
        print("caught")
    finally:
        print("left")
    return 1
"""
STUBBORN = """
import time
from codex32_bot import sleep, state, step
def main():
    try:
        sleep(3600)
    except BaseException:
        pass
    for attempt in (lambda: state.set("late", 1), lambda: step("late", lambda: 1)):
        try:
            attempt()
        except BaseException as error:
            print(type(error).__name__)
    time.sleep(600)
"""
RETURNS = """
from codex32_bot import sleep
def main():
    try:
        sleep(3600)
    except BaseException:
        return {"a": 1}
"""
DIES = """
import os
from codex32_bot import sleep
def main():
    try:
        sleep(3600)
    finally:
        os._exit(3)
"""


class Sleepy(AloneEffects):
    """Every sleep suspends."""

    async def sleep(self, place: str, *, seconds: float | None, until: datetime | None) -> Any:
        return Suspension("sleep", "sleep", wake_at=TOMORROW)


async def run(bench: Bench, source: str) -> Any:
    spec = make_spec(source, limits=Limits(timeout=30.0))
    ports: dict[str, Any] = {"logs": bench.lines, "state": bench.state, "cancel": bench.cancel}
    async with bench.driver.run(spec, **ports, effects=Sleepy()) as outcome:
        return outcome


@pytest.mark.parametrize(
    "source", [POLITE, STUBBORN, RETURNS, DIES], ids=["polite", "stubborn", "returns", "dies"]
)
async def test_the_attempt_is_suspended(bench: Bench, source: str) -> None:
    began = time.monotonic()
    outcome = await run(bench, source)
    assert time.monotonic() - began < 15
    assert outcome.end is End.SUSPENDED
    assert outcome.suspension == Suspension("sleep", "sleep", wake_at=TOMORROW)
    assert (outcome.output, outcome.error, outcome.events) == (None, None, ())
    assert bench.state.values == {}
    assert bench.lines.texts("system") == ["The run sleeps until 2100-01-01 00:00:00 UTC."]
    if source is POLITE:
        assert bench.lines.texts("stdout") == ["left"]
        assert [file.name for file in outcome.files] == ["kept.txt"]
    if source is STUBBORN:
        assert bench.lines.texts("stdout") == ["ValueError", "Suspended"]


async def test_cancelled_while_it_is_being_suspended(bench: Bench) -> None:
    """The database decides what becomes of it: the attempt itself was suspended."""
    bench.cancel.set()
    outcome = await run(bench, STUBBORN)
    assert outcome.end in (End.CANCELLED, End.SUSPENDED)


async def test_without_a_platform_a_bot_is_alone(bench: Bench) -> None:
    outcome = await bench.run(
        "from codex32_bot import approval, call, emit, sleep, step\n"
        "def main():\n"
        "    emit('a')\n"
        "    sleep(0.01)\n"
        "    try:\n        call('b')\n"
        "    except Exception as error:\n        return [step('s', lambda: 1), error.code]\n"
    )
    assert outcome.output == b'[1,"bad_call"]'
