"""Zygotes of a test's own, and packages that are folders: nothing needs to be installed to be imported."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping
from pathlib import Path
from typing import Any

import pytest
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.zygote.pool import Key, Terms
from codex32_server.runtime.zygote.warm import WarmStarts

Install = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def install(shared: Path) -> Generator[Install]:
    """Makes a folder of packages: module name → source."""
    made: list[Path] = []

    def installed(packages: Mapping[str, str]) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="deps-", dir=shared))
        made.append(folder)
        folder.chmod(0o755)
        for name, source in packages.items():
            (folder / f"{name}.py").write_text(source)
        return folder

    yield installed
    for folder in made:
        shutil.rmtree(folder)


@pytest.fixture
async def warm(backend: LocalBackend) -> AsyncGenerator[WarmStarts]:
    """Warm starts of this test alone, nothing started yet."""
    warm = WarmStarts(backend.means, Terms(import_seconds=5))
    yield warm
    await warm.close()


@pytest.fixture
def warm_bench(bench: Any, backend: LocalBackend, warm: WarmStarts) -> Any:
    """Runs bots of one workspace through `warm`."""
    bench.driver = Driver(backend, work=bench.work, grace=0.5, warm=warm)
    bench.warm = warm
    return bench


@pytest.fixture
def ready(warm: WarmStarts) -> Callable[..., Awaitable[Key]]:
    """Tries to start a zygote for a folder of packages and gives its key, whether there is one or not."""

    async def tried(dependencies: Path | None = None, workspace: int = 32) -> Key:
        key = Key(f"{workspace:032x}", dependencies, "strict")
        if (starting := warm.pool.prepare(key)) is not None:
            await starting
        return key

    return tried


async def soon(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Whether it becomes true in time."""
    import asyncio

    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        await asyncio.sleep(0.01)
    return condition()
