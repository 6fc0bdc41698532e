"""Lines are numbered, limited and handed over in batches."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from typing import Any

import pytest
from codex32_server.kit.redaction import Redactor
from codex32_server.runtime.capture import LineLog, LineSplitter, read_stream
from codex32_server.runtime.contract import Limits, LogLine


class Kept:
    def __init__(self, delay: float = 0.0) -> None:
        self.batches: list[list[str]] = []
        self.delay = delay

    async def write(self, lines: Sequence[LogLine]) -> None:
        await asyncio.sleep(self.delay)
        self.batches.append([line.text for line in lines])

    @property
    def texts(self) -> list[str]:
        return [text for batch in self.batches for text in batch]


async def _written(chunks: Sequence[bytes], **limits: Any) -> tuple[list[str], LineLog]:
    sink = Kept()
    log = LineLog(sink, Limits(**limits))
    splitter = LineSplitter(log, "stdout", log._limits.log_line)
    for chunk in chunks:
        splitter.feed(chunk)
    splitter.end()
    log.finish()
    await log.pump()
    return sink.texts, log


async def test_lines_across_chunks() -> None:
    texts, log = await _written([b"one\ntw", b"o\n\nthr", b"ee"])
    assert texts == ["one", "two", "", "three"]
    assert (log.bytes_seen, log.lines_dropped) == (14, 0)


async def test_a_long_line_is_cut_wherever_the_chunks_end() -> None:
    texts, _ = await _written([b"abcdef", b"ghij\nnext\n"], log_line=4)
    assert texts == ["abcd … [line cut]", "next"]


async def test_more_than_the_limit_is_counted() -> None:
    texts, log = await _written([b"12345\n" * 4, b"12345\n" * 1000], log=10)
    assert texts[:2] == ["12345", "12345"]
    assert "log limit" in texts[2]
    assert "1002 lines were dropped, 6024 bytes" in texts[3]
    assert log.lines_dropped == 1002


async def test_a_slow_sink_makes_the_writer_wait() -> None:
    sink = Kept(delay=0.01)
    log = LineLog(sink, Limits())
    pump = asyncio.create_task(log.pump())
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    reader = asyncio.create_task(read_stream(reading, LineSplitter(log, "stdout", 100), log))
    written = 0
    for _ in range(400):
        try:
            written += os.write(writing, b"sixteen bytes...\n" * 200)
        except BlockingIOError:
            await asyncio.sleep(0.005)
        assert len(log._pending) < 300_000
    os.close(writing)
    await reader
    log.finish()
    await pump
    assert log.bytes_seen == written
    assert len(sink.texts) == written // 17


async def test_a_sink_that_breaks_does_not_block_readers() -> None:
    class Broken:
        async def write(self, lines: Sequence[LogLine]) -> None:
            raise OSError("gone")

    log = LineLog(Broken(), Limits())
    for number in range(3000):
        log.add("stdout", str(number))
    with pytest.raises(OSError, match="gone"):
        await log.pump()
    await asyncio.wait_for(log.room(), 1)


async def test_log_calls_show_their_fields() -> None:
    sink = Kept()
    log = LineLog(sink, Limits(log_line=60))
    log.log_call("info", "dropped", {"rows": 3, "why": "no email"})
    log.log_call("info", "long", {"x": "y" * 100})
    log.log_call("info", "odd", [1])
    log.finish()
    await log.pump()
    assert sink.texts[0] == 'dropped rows=3 why="no email"'
    assert sink.texts[1].endswith("[line cut]")
    assert sink.texts[2] == "odd"


class Slow(Redactor):
    """Takes 30 ms a line."""

    def text(self, text: str, upto: int | None = None) -> str:
        time.sleep(0.03)
        return super().text(text, upto)


async def test_what_the_search_for_secrets_costs_the_bot_waits_for() -> None:
    log = LineLog(Kept(), Limits(), Slow({"KEY": "a-value"}))
    log.add("stdout", "an a-value")
    began = time.monotonic()
    await log.room()
    assert time.monotonic() - began >= 0.03
    began = time.monotonic()
    await log.room()
    assert time.monotonic() - began < 0.03, "once"


async def test_output_that_is_only_counted_costs_the_bot_time_as_well() -> None:
    """A full log is no way to the whole worker."""
    log = LineLog(Kept(), Limits(log=10))
    splitter = LineSplitter(log, "stdout", 100)
    splitter.feed(b"more than ten bytes\n")
    await log.room()
    for _ in range(400):
        splitter.feed(b"x\n" * 50_000)
    assert log.lines_dropped == 400 * 50_000
    began = time.monotonic()
    await log.room()
    assert time.monotonic() - began > 0.004, "twice what was spent, of which at least two milliseconds"


async def test_a_little_output_never_waits() -> None:
    log = LineLog(Kept(), Limits())
    log.add("stdout", "a line")
    waiting = asyncio.ensure_future(log.room())
    await asyncio.sleep(0)
    assert waiting.done()
