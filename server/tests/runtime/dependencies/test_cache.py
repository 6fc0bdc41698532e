"""The cache of environments: what is kept, what goes, and how a folder that cannot be used is told about."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from codex32_server.runtime.dependencies import cache as cache_module
from codex32_server.runtime.dependencies.cache import RECENT, Cache, mounted_environments
from codex32_server.runtime.dependencies.explaining import explain, undated
from codex32_server.runtime.dependencies.policy import Policy
from codex32_server.runtime.environments import Environments
from codex32_server.runtime.errors import DependencyCacheError, DependencyCacheFullError
from codex32_server.runtime.files import RuntimeFiles
from support.package_index import make_wheel

DAY = 86_400.0


@pytest.fixture
def place(shared: Path) -> Generator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="cache-", dir=shared))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def fill(cache: Cache, digit: str, *, size: int = 1000, used: float = 0.0) -> Path:
    """An environment that was last used `used` seconds ago."""
    target = cache.place("a" * 32, digit * 64)
    staging = target.parent.parent.parent / f"staging-{digit}"
    staging.mkdir(parents=True)
    (staging / "content").write_bytes(b"x" * size)
    target.parent.mkdir(parents=True, exist_ok=True)
    cache.publish(staging, target)
    os.utime(target, (time.time() - used,) * 2)
    return target


def test_what_is_old_goes_and_what_is_used_stays(place: Path) -> None:
    cache = Cache(place, Policy(cache_age=timedelta(days=30)))
    old, new = fill(cache, "1", used=31 * DAY), fill(cache, "2", used=29 * DAY)
    used = fill(cache, "3", used=31 * DAY)
    assert cache.use(used)
    done = cache.collect()
    assert (done.removed, done.freed) == (1, 1000)
    assert [path.exists() for path in (old, new, used)] == [False, True, True]
    assert [path.name for path in old.parent.iterdir() if old.name in path.name] == []


def test_what_was_used_longest_ago_goes_first(place: Path) -> None:
    cache = Cache(place, Policy(cache_bytes=2500))
    targets = [fill(cache, str(n), used=(10 - n) * DAY) for n in range(1, 5)]
    assert cache.collect().removed == 2
    assert [path.exists() for path in targets] == [False, False, True, True]


def test_what_was_used_lately_stays_whatever_its_size(place: Path) -> None:
    cache = Cache(place, Policy(cache_bytes=1))
    recent, older = fill(cache, "1", used=RECENT - 60), fill(cache, "2", used=RECENT + 60)
    assert cache.collect().removed == 1
    assert recent.exists()
    assert not older.exists()


def test_downloads_go_last_and_not_while_they_are_used(place: Path) -> None:
    cache = Cache(place, Policy(cache_bytes=500))
    downloads = cache.builder / "cache"
    downloads.mkdir(parents=True)
    (downloads / "wheel").write_bytes(b"x" * 1000)
    with cache.downloading():
        assert cache.collect().freed == 0
    assert downloads.exists()
    assert cache.collect().freed == 1000
    assert not downloads.exists()


def test_leftovers_of_dead_workers_go(place: Path) -> None:
    cache = Cache(place, Policy())
    dead, alive = cache.builder / "build-dead", cache.builder / "build-alive"
    half = place / "workspaces" / ("a" * 32) / f"{'1' * 64}.removed-abcd"
    for folder in (dead, alive, half):
        folder.mkdir(parents=True)
    os.utime(dead, (time.time() - 2 * 3600,) * 2)
    cache.collect()
    assert [path.exists() for path in (dead, alive, half)] == [False, True, False]


def test_use_during_removal_brings_it_back(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(place, Policy(cache_bytes=1))
    target = fill(cache, "1", used=5 * DAY)
    found = cache_module.mounted_environments

    def used_meanwhile() -> set[tuple[str, str]]:
        cache.use(target)
        return found()

    monkeypatch.setattr(cache_module, "mounted_environments", used_meanwhile)
    assert cache.collect().removed == 0
    assert (target / "content").exists()


def test_only_one_collects_at_a_time(place: Path) -> None:
    import fcntl

    cache = Cache(place, Policy(cache_bytes=1))
    fill(cache, "1", used=5 * DAY)
    with (place / "collecting.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert cache.collect().removed == 0
    assert cache.collect().removed == 1


@pytest.mark.sandbox
async def test_what_a_sandbox_has_mounted_is_not_removed(place: Path, bench: Any) -> None:
    cache = Cache(place, Policy(cache_bytes=1, cache_age=timedelta(seconds=1)))
    target = fill(cache, "5")
    source = "import time\ndef main():\n    print('up', flush=True)\n    time.sleep(30)\n"
    running = asyncio.create_task(bench.run(source, dependencies=target))
    try:
        async with asyncio.timeout(30):
            while (target.parent.name, target.name) not in mounted_environments():
                await asyncio.sleep(0.05)
        os.utime(target, (time.time() - 5 * DAY,) * 2)
        assert cache.collect().removed == 0
        assert (target / "content").exists()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_waiting_for_another_build_can_be_cancelled(place: Path) -> None:
    cache = Cache(place, Policy())
    target = cache.place("a" * 32, "1" * 64)
    async with cache.building(target):

        async def wait() -> None:
            async with cache.building(target):
                raise AssertionError("it was not free")

        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0.3)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    async with cache.building(target) as waited:
        assert waited is False


async def test_a_dead_builder_holds_nobody_up(place: Path) -> None:
    cache = Cache(place, Policy())
    target = cache.place("a" * 32, "1" * 64)
    target.parent.mkdir(parents=True)
    lock = target.with_suffix(".lock")
    holder = subprocess.Popen(["flock", str(lock), "sleep", "60"], start_new_session=True)
    async with asyncio.timeout(30):
        while not lock.exists():
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.1)
    os.killpg(holder.pid, 9)
    holder.wait()
    async with asyncio.timeout(10), cache.building(target):
        assert not target.exists()


# -- a folder that cannot be used


@pytest.fixture
def wheels(place: Path) -> Path:
    folder = place / "wheels"
    folder.mkdir(mode=0o755)
    make_wheel(folder, "part", "1.0", {"part.py": "PART = 1\n"})
    return folder


def environments(runtime_files: RuntimeFiles, place: Path, wheels: Path) -> Environments:
    environ = {"UV_NO_INDEX": "1", "UV_FIND_LINKS": str(wheels)}
    return Environments(runtime_files, folder=place / "environments", environ=environ)


@pytest.mark.sandbox
async def test_a_folder_that_is_in_the_way_is_named_and_recovered_from(
    place: Path, wheels: Path, runtime_files: RuntimeFiles
) -> None:
    made = environments(runtime_files, place, wheels)
    lock = await made.lock(["part"])
    shutil.rmtree(place / "environments")
    (place / "environments").write_text("a file where the folder should be")
    for work in (made.lock(["part"]), made.ensure(lock, uuid4())):
        with pytest.raises(DependencyCacheError) as caught:
            await work
        assert str(place / "environments") in caught.value.detail
        assert caught.value.status == 503
    (place / "environments").unlink()
    assert await made.ensure(lock, uuid4()) is not None


@pytest.mark.sandbox
async def test_a_full_disk_is_cleared_once_and_then_told(
    place: Path, wheels: Path, runtime_files: RuntimeFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = environments(runtime_files, place, wheels)
    lock = await made.lock(["part"])
    old = fill(made._cache, "7", used=5 * DAY)
    failures = [1]
    original = Cache.publish

    def publish(cache: Cache, staging: Path, target: Path) -> None:
        if failures and failures.pop():
            raise OSError(28, "No space left on device")
        original(cache, staging, target)

    monkeypatch.setattr(Cache, "publish", publish)
    stages: list[str] = []

    async def note(stage: str) -> None:
        stages.append(stage)

    assert await made.ensure(lock, uuid4(), note) is not None
    assert "making room in the dependency cache" in stages
    assert not old.exists()
    failures += [1, 1]
    with pytest.raises(DependencyCacheError, match="No space left"):
        await made.ensure(lock, uuid4())


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("error: failed to write: No space left on device (os error 28)", DependencyCacheFullError),
        ("error: Read-only file system (os error 30)", DependencyCacheError),
        ("error: Permission denied (os error 13)", DependencyCacheError),
    ],
)
def test_what_uv_says_of_the_disk(words: str, kind: type[Exception]) -> None:
    assert type(explain(words)) is kind


def test_packages_without_dates_are_found() -> None:
    words = (
        "warning: `My_Part-1.0-py3-none-any.whl` is missing an upload date, but user provided: x\n"
        "warning: `other.part-1.0.tar.gz` is missing an upload date, but user provided: x\n"
        "warning: something else"
    )
    assert undated(words) == {"my-part", "other-part"}
