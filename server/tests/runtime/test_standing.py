"""A service in a real sandbox: probes of all kinds, being told to stop, and what its end looks like."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from codex32_server.kit.manifest.services import Probe
from codex32_server.runtime import attempt, capture
from codex32_server.runtime.contract import End, Limits, Outcome
from codex32_server.runtime.frames import Frame
from codex32_server.runtime.standing import Standing

from .conftest import Bench, make_spec

pytestmark = pytest.mark.sandbox

HTTP = """
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response({"/bad": 500, "/moved": 302}.get(self.path, 200))
        self.end_headers()
        self.wfile.write(b"hello")
    def log_message(self, *_): pass
def main():
    print("serving", flush=True)
    http.server.HTTPServer(("127.0.0.1", 8080), Handler).serve_forever()
"""
LOOP = """
from codex32_bot import log, service, state
def main():
    state.set("starts", (state.get("starts") or 0) + 1)
    while not service.wait(0.05):
        service.heartbeat()
    state.set("ended", True)
    log.info("done")
"""
Up = Callable[..., AbstractAsyncContextManager[tuple[Standing, "asyncio.Task[Outcome]"]]]


@pytest.fixture
def up(bench: Bench) -> Up:
    @asynccontextmanager
    async def start(source: str, **changes: Any) -> AsyncGenerator[tuple[Standing, asyncio.Task[Outcome]]]:
        standing = Standing()
        spec = make_spec(source, mode="service", inbound=(8080,), **changes)

        async def live() -> Outcome:
            async with bench.driver.run(
                spec, logs=bench.lines, state=bench.state, cancel=bench.cancel, standing=standing
            ) as outcome:
                return outcome

        task = asyncio.create_task(live())
        try:
            async with asyncio.timeout(20):
                await asyncio.wait(
                    [task, up := asyncio.create_task(standing.up.wait())], return_when="FIRST_COMPLETED"
                )
                up.cancel()
            yield standing, task
        finally:
            bench.cancel.set()
            await asyncio.wait([task])

    return start


async def passes(standing: Standing, probe: Probe) -> None:
    async with asyncio.timeout(20):
        while not (await standing.look(probe, 8080)).ok:
            await asyncio.sleep(0.02)


async def test_http_probes(up: Up) -> None:
    async with up(HTTP) as (standing, _):
        await passes(standing, Probe(http="/"))
        bad = await standing.look(Probe(http="/bad"), 8080)
        assert (bad.ok, bad.detail) == (False, "HTTP 500")
        assert (await standing.http(8080, "/bad", 5, any_status=True)).ok
        assert (await standing.http(8080, "/moved", 5)).ok
        assert not (await standing.http(9999, "/", 5)).ok


async def test_nothing_answers_yet(up: Up) -> None:
    async with up("import time\ndef main(): time.sleep(60)") as (standing, _):
        look = await standing.look(Probe(http="/"), 8080)
        assert (look.ok, look.detail) == (False, "nothing answers on port 8080")
        look = await standing.look(Probe(heartbeat="1s"), None)  # type: ignore[arg-type]
        assert (look.ok, look.detail) == (False, "no heartbeat yet")


async def test_something_else_than_http(up: Up) -> None:
    source = """
import socket
def main():
    with socket.create_server(("127.0.0.1", 8080)) as server:
        while True:
            connection, _ = server.accept()
            connection.sendall(b"x" * 100_000)
            connection.close()
"""
    async with up(source) as (standing, _):
        for _ in range(5):
            assert not (await standing.look(Probe(http="/"), 8080)).ok


async def test_command_probes_run_inside(up: Up) -> None:
    async with up(LOOP) as (standing, _):
        good = Probe(command=("python", "-c", "print('well')"))
        await passes(standing, good)
        assert (await standing.look(good, None)).detail == "well"
        bad = await standing.look(Probe(command=("python", "-c", "raise SystemExit(3)")), None)
        assert (bad.ok, bad.detail) == (False, "it ended with 3")
        none = await standing.look(Probe(command=("no-such-program",)), None)
        assert "could not be started" in none.detail
        slow = Probe(command=("python", "-c", "import time; time.sleep(60)"), timeout="0.2s")  # type: ignore[arg-type]
        assert "longer than 0.2 seconds" in (await standing.look(slow, None)).detail


async def test_commands_and_calls_do_not_mix_up(up: Up, bench: Bench) -> None:
    source = LOOP.replace("service.heartbeat()", "state.set('n', (state.get('n') or 0) + 1)").replace(
        "0.05", "0.001"
    )
    async with up(source) as (standing, _):
        probe = Probe(command=("python", "-c", "print('x')"))
        await passes(standing, probe)
        looks = await asyncio.gather(*(standing.look(probe, None) for _ in range(5)))
        assert all(look.ok for look in looks)
    assert bench.state.values["n"] > 5
    assert bench.state.values["ended"] is True


async def test_heartbeats(up: Up) -> None:
    async with up(LOOP) as (standing, _):
        await asyncio.wait_for(standing.beaten.wait(), 20)
        assert (await standing.look(Probe(heartbeat="30s"), None)).ok  # type: ignore[arg-type]


async def test_it_returns_when_it_is_told_to_stop(up: Up, bench: Bench) -> None:
    async with up(LOOP, stop_grace=20.0) as (standing, task):
        await asyncio.wait_for(standing.beaten.wait(), 20)
        standing.why = "it is replaced"
        bench.cancel.set()
        outcome = await asyncio.wait_for(task, 15)
    assert (outcome.end, outcome.exit_code) == (End.CANCELLED, 0)
    assert bench.state.values == {"starts": 1, "ended": True}
    assert "Stopped: it is replaced." in bench.lines.texts("system")


async def test_one_that_does_not_ask_cleans_up_and_ends(up: Up, bench: Bench) -> None:
    source = """
import time
from codex32_bot import service
def main():
    try:
        service.ready()
        time.sleep(600)
    finally:
        print("cleaned")
"""
    async with up(source, stop_grace=20.0) as (standing, task):
        await asyncio.wait_for(standing.beaten.wait(), 20)
        bench.cancel.set()
        outcome = await asyncio.wait_for(task, 15)
    assert outcome.exit_code == 0
    assert bench.lines.texts("stdout") == ["cleaned"]


async def test_one_that_ignores_it_is_killed(up: Up, bench: Bench) -> None:
    source = """
import signal, time
from codex32_bot import service
def main():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    service.ready()
    while True:
        time.sleep(1)
"""
    async with up(source, stop_grace=0.3) as (standing, task):
        await asyncio.wait_for(standing.beaten.wait(), 20)
        bench.cancel.set()
        outcome = await asyncio.wait_for(task, 15)
    assert outcome.end is End.CANCELLED
    assert outcome.exit_code is None


async def test_no_timeout_ends_it(up: Up) -> None:
    async with up(LOOP, limits=Limits(timeout=0.2)) as (standing, task):
        await asyncio.wait_for(standing.beaten.wait(), 20)
        await asyncio.sleep(0.5)
        assert not task.done()


@pytest.mark.parametrize(
    ("source", "end", "code", "exit_code"),
    [
        ("def main(): return object()", End.SUCCEEDED, None, 0),
        ("def main(): raise ValueError('no')", End.FAILED, "bot_error", 1),
        ("import sys\ndef main(): sys.exit(0)", End.FAILED, "exit_code", 0),
        ("import sys\ndef main(): sys.exit(7)", End.FAILED, "exit_code", 7),
        ("def main(x): pass", End.FAILED, "input_invalid", 1),
    ],
)
async def test_how_it_ends_by_itself(up: Up, source: str, end: End, code: str | None, exit_code: int) -> None:
    async with up(source) as (_, task):
        outcome = await asyncio.wait_for(task, 20)
    assert outcome.end is end
    assert (outcome.error.code if outcome.error else None) == code
    assert outcome.exit_code == exit_code


async def test_forged_answers_are_ignored() -> None:
    standing = Standing()
    for identifier in (1, "1", None, [1], True):
        standing.frames["probed"](Frame("probed", {"id": identifier, "ok": True}, b""))
    assert not (await standing.look(Probe(command=("true",)), None)).ok


async def test_the_log_is_limited_by_the_hour(up: Up, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempt, "WINDOW", 0.3)
    monkeypatch.setattr(capture, "MOST_LINES", 50)
    source = """
import time
def main():
    while True:
        for number in range(100):
            print(number)
        time.sleep(0.05)
"""
    async with up(source):
        async with asyncio.timeout(20):
            while len(bench.lines.texts("stdout")) < 120:
                await asyncio.sleep(0.02)
    assert "log limit" in " ".join(bench.lines.texts("system"))
