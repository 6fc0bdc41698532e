"""A worker is killed while it installs dependencies: nothing of that goes on, nor holds the next one up."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from pathlib import Path
from uuid import uuid4

import pytest
from codex32_server.runtime.dependencies.policy import Policy
from codex32_server.runtime.environments import Environments
from codex32_server.runtime.files import RuntimeFiles
from runtime.conftest import runtime_files as runtime_files
from runtime.conftest import shared as shared
from support.package_index import PackageIndex

pytestmark = [pytest.mark.chaos, pytest.mark.sandbox]

WORKER = """
import asyncio, json, sys
from pathlib import Path
from codex32_server.runtime.dependencies.policy import Policy
from codex32_server.runtime.environments import Environments
from codex32_server.runtime.files import RuntimeFiles
root, folder, environ, allow = sys.argv[1:]
made = Environments(
    RuntimeFiles(Path(root)), folder=Path(folder), environ=json.loads(environ),
    policy=Policy(allow_sdist=allow == "True"),
)
asyncio.run(made.lock(["part"]))
"""


@pytest.fixture
def place(shared: Path) -> Generator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="builder-", dir=shared))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("allow_sdist", [False, True], ids=["wheels", "sources"])
async def test_nothing_of_an_installation_outlives_its_worker(
    runtime_files: RuntimeFiles, place: Path, allow_sdist: bool
) -> None:
    index = PackageIndex()
    environ = {**index.environ, "UV_HTTP_TIMEOUT": "60"}
    index.broken["/simple"] = 0
    arguments = [str(runtime_files.root), str(place / "made"), json.dumps(environ), str(allow_sdist)]
    worker = subprocess.Popen([sys.executable, "-c", WORKER, *arguments])
    assert _soon(lambda: bool(index.requests), 60), "it asks the index"
    below = _marked(str(place))
    assert below, "it runs"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    assert _soon(lambda: not _marked(str(place)) and not _marked("dependencies.door"), 1.0), below
    index.hang.set()
    index.broken.clear()
    index.add(place, "part", "1.0", {"part.py": "VERSION = 1\n"})
    made = Environments(
        runtime_files,
        folder=place / "made",
        environ=index.environ,
        policy=Policy(allow_sdist=allow_sdist),
    )
    assert await made.ensure(await made.lock(["part"]), uuid4()) is not None
    index.close()


def _soon(condition: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
    return condition()


def _marked(word: str) -> list[int]:
    """Live processes that are named so in their arguments or work below that folder."""
    found: list[int] = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            state = (path / "stat").read_text().rpartition(") ")[2][:1]
            said = (path / "cmdline").read_bytes().decode(errors="replace") + str((path / "cwd").readlink())
        except OSError:
            continue
        if word in said and state not in "ZX" and int(path.name) != os.getpid():
            found.append(int(path.name))
    return found
