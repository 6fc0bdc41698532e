"""`codex32 run FILE.py` without a server: the same sandbox, state in a folder."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import httpx
import pytest
from codex32_server.kit.manifest.errors import BotFileError
from codex32_server.runtime import standalone
from codex32_server.runtime.contract import End, Limits, LogLine
from codex32_server.runtime.standalone import FolderState, StandaloneResult, StandaloneRun
from support.folders import reachable_folder
from support.stack import free_port

pytestmark = pytest.mark.sandbox

BOT = '''# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.codex32]
# name = "counter"
# limits = { timeout = "7s", memory = "100MiB" }
# ///
"""Count how often it ran."""
from codex32_bot import files, state


def main(step: int = 1) -> dict[str, int]:
    count = state.get("count", 0) + step
    state.set("count", count)
    print("counted", count)
    files.output("count.txt").write_text(str(count))
    return {"count": count}
'''


@pytest.fixture
def home(shared: Path) -> Generator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="home-", dir=shared))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


async def run(what: StandaloneRun, home: Path, shared: Path) -> tuple[StandaloneResult, list[LogLine]]:
    lines: list[LogLine] = []
    result = await standalone.run(what, home=home, shared=shared, on_line=lines.append)
    return result, lines


async def test_a_file_runs_and_remembers(home: Path, shared: Path, tmp_path: Path) -> None:
    path = tmp_path / "counter.py"
    path.write_text(BOT)
    for expected in (2, 4):
        what = StandaloneRun(path, input=b'{"step": 2}', outputs=tmp_path / "out")
        result, lines = await run(what, home, shared)
        assert result.outcome.end is End.SUCCEEDED, result.outcome.error
        assert json.loads(result.outcome.output or b"") == {"count": expected}
        assert [line.text for line in lines] == [f"counted {expected}"]
        assert [file.read_text() for file in result.files] == [str(expected)]
    assert json.loads((home / "state" / "dev" / "counter.json").read_text()) == {"count": 4}
    assert list((home / "runs").iterdir()) == []


async def test_a_folder_and_limits_of_the_manifest(home: Path, shared: Path, tmp_path: Path) -> None:
    (tmp_path / "bot.py").write_text(BOT)
    result, _ = await run(StandaloneRun(tmp_path), home, shared)
    limits = standalone.limits_of(result.package)
    assert (limits.timeout, limits.memory, limits.output) == (7.0, 100 * 1024 * 1024, Limits().output)
    assert result.outcome.output == b'{"count":1}'
    assert result.files == []


async def test_a_bot_that_is_not_sound_is_not_run(home: Path, shared: Path, tmp_path: Path) -> None:
    path = tmp_path / "bot.py"
    path.write_text("def main(: ...")
    with pytest.raises(BotFileError):
        await run(StandaloneRun(path), home, shared)


async def test_state_in_a_folder(tmp_path: Path) -> None:
    state = FolderState(tmp_path / "dev" / "bot.json")
    assert (await state.get("a"), await state.keys("")) == (None, [])
    await state.set("b", [1])
    await state.set("a", {"x": None})
    await state.delete("missing")
    assert await state.keys("") == ["a", "b"]
    assert await FolderState(tmp_path / "dev" / "bot.json").get("a") == {"x": None}
    await state.delete("a")
    assert await state.keys("a") == []


async def test_a_service_is_reached_at_its_port(tmp_path: Path, shared: Path) -> None:
    """As `codex32 run` does it: until it is cancelled, whatever its timeout says."""
    port = free_port()
    source = f"""# /// script
# [tool.codex32]
# name = "up"
# kind = "service"
# service = {{ port = {port} }}
# limits = {{ timeout = "1s" }}
# ///
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")
def main():
    HTTPServer(("127.0.0.1", {port}), Handler).serve_forever()
"""
    path = tmp_path / "up.py"
    path.write_text(source)
    lines: list[LogLine] = []
    with reachable_folder("codex32-standing-") as home:
        running = asyncio.create_task(
            standalone.run(StandaloneRun(path), home=home, shared=shared, on_line=lines.append)
        )
        try:
            async with httpx.AsyncClient() as client, asyncio.timeout(30):
                while True:
                    with contextlib.suppress(httpx.TransportError):
                        answer = await client.get(f"http://127.0.0.1:{port}/")
                        break
                    await asyncio.sleep(0.05)
            assert answer.text == "hello"
            assert any(f"http://127.0.0.1:{port}/" in line.text for line in lines)
        finally:
            running.cancel()
            await asyncio.wait([running])
    assert running.cancelled()
