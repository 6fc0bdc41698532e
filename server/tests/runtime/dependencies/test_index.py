"""Environments against an index on loopback: what it may hold, and every way in which it may fail."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from codex32_server.runtime.dependencies.policy import Policy
from codex32_server.runtime.environments import Environments, Lock
from codex32_server.runtime.errors import (
    DependencyChangedError,
    DependencyNotFoundError,
    DependencyRefusedError,
    DependencyTooLargeError,
    DependencyTooNewError,
    DependencyWithoutWheelError,
    EnvironmentFailedError,
    IndexUnavailableError,
)
from codex32_server.runtime.files import RuntimeFiles
from support.package_index import PackageIndex, make_sdist
from support.waiting import until

pytestmark = pytest.mark.sandbox

MIB = 1024 * 1024
LONG_AGO, YESTERDAY = (
    "2020-01-01T00:00:00Z",
    time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 86400)),
)
Make = Callable[..., Environments]


@pytest.fixture
def place(shared: Path) -> Generator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="environments-", dir=shared))
    folder.chmod(0o755)
    (folder / "wheels").mkdir()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def index(place: Path) -> Generator[PackageIndex]:
    index = PackageIndex()
    yield index
    index.close()


@pytest.fixture
def make(place: Path, index: PackageIndex, runtime_files: RuntimeFiles) -> Make:
    def make(**policy: object) -> Environments:
        chosen = replace(Policy(), **policy)  # type: ignore[arg-type]
        return Environments(
            runtime_files, folder=place / "environments", policy=chosen,
            environ={**index.environ, "CODEX32_MASTER_KEY": "never"},
        )  # fmt: skip

    return make


def add(index: PackageIndex, place: Path, name: str, version: str = "1.0", **more: object) -> None:
    files = more.pop("files", {f"{name}.py": f"VERSION = {version!r}\n"})
    index.add(place / "wheels", name, version, files, **more)  # type: ignore[arg-type]


async def test_what_was_published_lately_is_not_used_yet(
    make: Make, index: PackageIndex, place: Path
) -> None:
    add(index, place, "part", "1.0", uploaded=LONG_AGO)
    add(index, place, "part", "2.0", uploaded=YESTERDAY)
    assert "part==1.0" in (await make().lock(["part"])).text
    assert "part==2.0" in (await make(exclude_newer=None).lock(["part"])).text
    assert "part==2.0" in (await make(exclude_newer=timedelta(hours=1)).lock(["part"])).text
    with pytest.raises(DependencyTooNewError) as caught:
        await make().lock(["part==2.0"])
    assert "CODEX32_DEPENDENCIES_EXCLUDE_NEWER_DAYS" in caught.value.advice


async def test_an_index_without_upload_times_is_taken_as_it_is(
    make: Make, index: PackageIndex, place: Path
) -> None:
    """Mirrors often do not pass the times on. What has a time is still held to it."""
    add(index, place, "undated_one", requires="undated-two")
    add(index, place, "undated_two", requires="dated")
    add(index, place, "dated", "1.0", uploaded=LONG_AGO)
    add(index, place, "dated", "2.0", uploaded=YESTERDAY)
    text = (await make().lock(["undated-one"])).text
    assert [line.partition(" ")[0] for line in text.splitlines() if line[:1].isalpha()] == [
        "dated==1.0", "undated-one==1.0", "undated-two==1.0",
    ]  # fmt: skip


async def test_a_package_that_was_withdrawn(make: Make, index: PackageIndex, place: Path) -> None:
    add(index, place, "part", "1.0")
    lock, workspace = await make().lock(["part"]), uuid4()
    folder = await make().ensure(lock, workspace)
    index.published[0].yanked = "has a hole"
    shutil.rmtree(place / "environments" / "builder" / "cache")
    with pytest.raises(DependencyNotFoundError, match="withdrawn") as caught:
        await make().lock(["part"])
    assert "has a hole" in caught.value.detail
    assert "go on running" in caught.value.advice
    # What runs already is untouched, and what was locked can still be installed elsewhere.
    assert await make().ensure(lock, workspace) == folder
    assert await make().ensure(lock, uuid4()) is not None


async def test_a_source_is_not_built(make: Make, index: PackageIndex) -> None:
    index.publish("sourced", "sourced-1.0.tar.gz", make_sdist("sourced"))
    with pytest.raises(DependencyWithoutWheelError) as caught:
        await make().lock(["sourced"])
    assert "CODEX32_DEPENDENCIES_ALLOW_SDIST" in caught.value.advice


@pytest.mark.parametrize(
    ("files", "named"),
    [
        ({"evil.pth": "import os\n"}, "evil.pth"),
        ({"pack/deep.pth": "import os\n"}, "deep.pth"),
        ({"sitecustomize.py": ""}, "sitecustomize.py"),
        ({"usercustomize/__init__.py": ""}, "usercustomize"),
        ({"sitecustomize.cpython-311-x86_64-linux-gnu.so": ""}, "sitecustomize.cpython"),
        ({"codex32_bot/__init__.py": ""}, "codex32_bot"),
    ],
)
async def test_what_may_not_be_installed(
    make: Make, index: PackageIndex, place: Path, files: dict[str, str], named: str
) -> None:
    add(index, place, "evil", files=files)
    made, workspace = make(), uuid4()
    lock = await made.lock(["evil"])
    for _ in range(2):
        with pytest.raises(DependencyRefusedError) as caught:
            await made.ensure(lock, workspace)
        assert named in caught.value.detail
    assert not [path for path in (place / "environments").glob("workspaces/*/*") if path.is_dir()]


@pytest.mark.parametrize("status", [500, 503, 403])
async def test_an_index_that_fails(make: Make, index: PackageIndex, place: Path, status: int) -> None:
    add(index, place, "part")
    made, workspace = make(), uuid4()
    lock = await made.lock(["part"])
    folder = await made.ensure(lock, workspace)
    index.broken["/"] = status
    shutil.rmtree(place / "environments" / "builder" / "cache")
    with pytest.raises(IndexUnavailableError) as caught:
        await made.lock(["part"])
    assert (caught.value.status, str(status) in caught.value.detail) == (503, True)
    with pytest.raises(IndexUnavailableError):
        await made.ensure(lock, uuid4())
    assert await made.ensure(lock, workspace) == folder
    index.broken.clear()
    assert await made.ensure(lock, uuid4()) is not None


async def test_an_index_that_does_not_answer(make: Make, index: PackageIndex) -> None:
    index.broken["/simple"] = 0
    with pytest.raises(IndexUnavailableError, match=r"timed out|error sending"):
        await make().lock(["part"])


async def test_a_download_that_is_something_else(make: Make, index: PackageIndex, place: Path) -> None:
    add(index, place, "part")
    made = make()
    lock = await made.lock(["part"])
    other = index.add(place / "wheels", "part", "1.0", {"part.py": "CHANGED = True\n"})
    index.published.remove(other)
    index.published[0].served = other.content
    shutil.rmtree(place / "environments" / "builder" / "cache")
    with pytest.raises(DependencyChangedError):
        await made.ensure(lock, uuid4())


async def test_too_much_is_refused(make: Make, index: PackageIndex, place: Path) -> None:
    one_file = {"large.py": "#" + "x" * 3 * MIB}
    many = {f"many/m{n}.py": "#" + "x" * 100_000 for n in range(40)}
    add(index, place, "large", files=one_file)
    add(index, place, "many", files=many)
    made = make(largest=2 * MIB)
    for name in ("large", "many"):
        lock = await made.lock([name])
        with pytest.raises(DependencyTooLargeError):
            await made.ensure(lock, uuid4())
    assert await make(largest=20 * MIB).ensure(await made.lock(["many"]), uuid4()) is not None


async def test_a_build_that_takes_too_long(make: Make, index: PackageIndex) -> None:
    index.broken["/simple"] = 0
    with pytest.raises(EnvironmentFailedError, match=r"longer than 0\.5 seconds"):
        await make(timeout=0.5).lock(["part"])


async def test_stages_are_told(make: Make, index: PackageIndex, place: Path) -> None:
    add(index, place, "part")
    stages: list[str] = []

    async def note(stage: str) -> None:
        stages.append(stage)

    made, workspace = make(), uuid4()
    lock = await made.lock(["part"], note)
    await made.ensure(lock, workspace, note)
    await made.ensure(lock, workspace, note)
    assert stages == ["resolving the dependencies", "downloading and installing 1 package"]


async def test_one_build_for_workers_of_several_processes(
    make: Make, index: PackageIndex, place: Path
) -> None:
    """Two objects share no lock in memory, as two processes do not."""
    add(index, place, "part")
    lock, workspace = await make().lock(["part"]), uuid4()
    index.requests.clear()
    shutil.rmtree(place / "environments" / "builder" / "cache")
    folders = await asyncio.gather(*(make().ensure(lock, workspace) for _ in range(4)))
    assert len(set(folders)) == 1
    assert len([path for path in index.requests if path.startswith("/files")]) == 1


async def test_whoever_gives_up_stops_the_build_and_others_go_on(
    make: Make, index: PackageIndex, place: Path
) -> None:
    add(index, place, "part")
    lock, workspace = await make().lock(["part"]), uuid4()
    shutil.rmtree(place / "environments" / "builder" / "cache")
    index.requests.clear()
    index.broken["/simple"] = index.broken["/files"] = 0
    impatient = asyncio.create_task(make().ensure(lock, workspace))

    async def asked() -> bool:
        return bool(index.requests)

    await until(asked, True)
    patient = asyncio.create_task(make().ensure(lock, workspace))
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    index.broken.clear()
    index.hang.set()
    assert await patient is not None
    assert [*(place / "environments" / "builder").glob("build-*")] == []


async def test_a_lock_counts_its_packages() -> None:
    assert Lock("a==1 \\\n    --hash=sha256:00\nb==2 \\\n    --hash=sha256:00\n").packages == 2
