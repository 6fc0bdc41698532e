"""The real sandbox for tests: one runtime folder for all sessions, one backend per session."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from codex32_server.runtime import files
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.contract import Limits, LogLine, Outcome, RunSpec
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.zygote.pool import Key, Terms
from codex32_server.runtime.zygote.warm import WarmStarts

pytestmark = pytest.mark.sandbox

WORKSPACE = UUID(int=32)
"""Whose runs come from the zygote of a session."""

BOTH_WAYS = {
    "test_compiled",
    "test_driver",
    "test_driver_cleanup",
    "test_driver_limits",
    "test_escape",
    "test_models",
}
"""Modules whose tests run cold and warm: the promises are the same."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "bench" in metafunc.fixturenames and metafunc.module.__name__.rpartition(".")[2] in BOTH_WAYS:
        metafunc.parametrize("bench", ["cold", "warm"], indirect=True)


class Lines:
    """Keeps what a bot printed."""

    def __init__(self) -> None:
        self.lines: list[LogLine] = []

    async def write(self, lines: Sequence[LogLine]) -> None:
        self.lines += lines

    def texts(self, stream: str) -> list[str]:
        return [line.text for line in self.lines if line.stream == stream]


class Memory:
    """A state store that forgets."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    async def get(self, key: str) -> Any:
        return self.values.get(key)

    async def set(self, key: str, value: Any) -> None:
        self.values[key] = value

    async def delete(self, key: str) -> None:
        self.values.pop(key, None)

    async def keys(self, prefix: str) -> Sequence[str]:
        return sorted(key for key in self.values if key.startswith(prefix))

    async def swap(self, key: str, expected: tuple[bool, Any], value: Any) -> bool:
        if (key in self.values, self.values.get(key)) != expected:
            return False
        self.values[key] = value
        return True


def make_spec(source: str | Mapping[str, str | bytes], **changes: Any) -> RunSpec:
    """A run of a bot given as the text of bot.py or as files."""
    texts = {"bot.py": source} if isinstance(source, str) else source
    content = {name: text.encode() if isinstance(text, str) else text for name, text in texts.items()}
    defaults: dict[str, Any] = {
        "run_id": uuid4(), "workspace_id": uuid4(), "bot_id": None, "bot_name": "test", "version": "v",
        "environment": "dev", "attempt": 1, "source": content, "limits": Limits(timeout=20.0),
    }  # fmt: skip
    return RunSpec(**{**defaults, **changes})


@dataclass
class Bench:
    """Runs bots for one test."""

    driver: Driver
    work: Path
    lines: Lines = field(default_factory=Lines)
    state: Memory = field(default_factory=Memory)
    cancel: asyncio.Event = field(default_factory=asyncio.Event)
    warm: WarmStarts | None = None

    async def run(self, source: str | Mapping[str, str | bytes], **changes: Any) -> Outcome:
        async with self.running(source, **changes) as outcome:
            return outcome

    @asynccontextmanager
    async def running(
        self, source: str | Mapping[str, str | bytes], on_started: Any = None, **changes: Any
    ) -> AsyncGenerator[Outcome]:
        spec = make_spec(source, **{"workspace_id": WORKSPACE, **changes})
        async with self.driver.run(
            spec, logs=self.lines, state=self.state, cancel=self.cancel, on_started=on_started
        ) as outcome:
            yield outcome


@pytest.fixture(scope="session")
def shared() -> Path:
    """Outside of pytest's own folder, which no other user may enter, and kept so that it is built once."""
    folder = Path(tempfile.gettempdir(), f"codex32-tests-{os.geteuid()}")
    folder.mkdir(mode=0o755, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def runtime_files(shared: Path) -> files.RuntimeFiles:
    return files.prepare(shared)


@pytest.fixture(scope="session")
def backend(runtime_files: files.RuntimeFiles, shared: Path) -> Generator[LocalBackend]:
    backend = LocalBackend(runtime_files, locks=shared / "uids")
    yield backend
    backend.close()


@pytest.fixture(scope="session")
async def warm_starts(backend: LocalBackend) -> AsyncGenerator[WarmStarts]:
    """With one zygote that is ready, for bots without dependencies."""
    warm = WarmStarts(backend.means, Terms(refused=1.0))
    await zygote_ready(warm)
    yield warm
    await warm.close()


async def zygote_ready(warm: WarmStarts, dependencies: Path | None = None) -> Key:
    """Wait until there is a zygote for WORKSPACE; one that was too slow beside other tests is tried again."""
    key = Key(WORKSPACE.hex, dependencies, "strict")
    try:
        async with asyncio.timeout(30):
            while (starting := warm.pool.prepare(key)) is not None or warm.pool.refusal(key):
                await (starting or asyncio.sleep(0.1))
    except TimeoutError:
        raise AssertionError(warm.pool.refusal(key)) from None
    return key


@pytest.fixture
def bench(backend: LocalBackend, shared: Path, request: pytest.FixtureRequest) -> Generator[Bench]:
    """Cold, unless the test is parametrised otherwise."""
    warm = request.getfixturevalue("warm_starts") if getattr(request, "param", "cold") == "warm" else None
    yield from make_bench(backend, shared, warm)


def make_bench(backend: LocalBackend, shared: Path, warm: WarmStarts | None) -> Generator[Bench]:
    work = Path(tempfile.mkdtemp(prefix="runs-", dir=shared))
    work.chmod(0o711)
    yield Bench(Driver(backend, work=work, grace=0.5, warm=warm), work, warm=warm)
    work.rmdir()
