"""Locks and builds against a folder of wheels made here: no network."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from codex32_server.runtime.dependencies.cache import Cache
from codex32_server.runtime.environments import Environments, Lock
from codex32_server.runtime.errors import EnvironmentFailedError
from codex32_server.runtime.files import RuntimeFiles
from support.package_index import make_wheel

pytestmark = pytest.mark.sandbox


@pytest.fixture
def place(shared: Path) -> Generator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="environments-", dir=shared))
    folder.chmod(0o755)
    (folder / "wheels").mkdir(mode=0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def wheels(place: Path) -> Path:
    folder = place / "wheels"
    make_wheel(
        folder, "hello_words", "1.0", {"hello_words.py": "WORDS = 'hello'\n"}, requires="spare_part>=1"
    )
    make_wheel(folder, "spare_part", "1.5", {"spare_part/__init__.py": "PART = 7\n"})
    make_wheel(folder, "early_code", "1.0", {"early_code.pth": "import os\n", "early_code.py": ""})
    (folder / "only_source-1.0.tar.gz").write_bytes(b"not even an archive")
    return folder


@pytest.fixture
def made(place: Path, wheels: Path, runtime_files: RuntimeFiles) -> Environments:
    environ = {
        "UV_NO_INDEX": "1",
        "UV_FIND_LINKS": str(wheels),
        "CODEX32_SECRET": "never",
        "DATABASE_URL": "never",
    }
    return Environments(runtime_files, folder=place / "environments", environ=environ)


async def test_a_bot_imports_what_it_depends_on(made: Environments, bench: Any) -> None:
    lock = await made.lock(["hello-words"])
    assert "hello-words==1.0" in lock.text
    assert "spare-part==1.5" in lock.text
    assert lock.text.count("--hash=sha256:") == 2
    folder = await made.ensure(lock, uuid4())
    source = (
        "import hello_words, spare_part\n"
        "def main(): return [hello_words.WORDS, spare_part.PART, spare_part.__file__]"
    )
    outcome = await bench.run(source, dependencies=folder)
    assert json.loads(outcome.output) == ["hello", 7, "/deps/spare_part/__init__.py"]


async def test_the_same_lock_is_built_once_for_many(
    made: Environments, monkeypatch: pytest.MonkeyPatch
) -> None:
    builds: list[Path] = []
    original = Cache.publish

    def publish(cache: Cache, staging: Path, target: Path) -> None:
        builds.append(target)
        original(cache, staging, target)

    monkeypatch.setattr(Cache, "publish", publish)
    lock, workspace = await made.lock(["spare-part"]), uuid4()
    folders = await asyncio.gather(*(made.ensure(lock, workspace) for _ in range(5)))
    assert len(set(folders)) == len(builds) == 1
    assert folders[0] is not None
    assert not (folders[0] / ".lock").exists()
    assert all(path.stat().st_uid == os.geteuid() for path in folders[0].rglob("*"))
    assert not any(path.stat().st_mode & 0o022 for path in [folders[0], *folders[0].rglob("*")])


async def test_workspaces_share_no_file(made: Environments) -> None:
    lock = await made.lock(["spare-part"])
    one, other = uuid4(), uuid4()
    folders = [await made.ensure(lock, workspace) for workspace in (one, other)]
    inodes = [(folder / "spare_part" / "__init__.py").stat().st_ino for folder in folders if folder]
    assert len(set(inodes)) == 2
    await made.forget(one)
    assert [folder.exists() for folder in folders if folder] == [False, True]


async def test_no_dependencies_need_no_folder(made: Environments) -> None:
    lock = await made.lock([])
    assert lock.text == ""
    assert await made.ensure(lock, uuid4()) is None


@pytest.mark.parametrize(
    ("dependency", "words"),
    [
        ("no-such-package-here", "does not exist"),
        ("spare-part==99", "does not exist"),
        ("only-source", "has no wheel"),
        ("spare-part @ https://evil.example/x.whl", "an address is not allowed"),
        ("spare-part @ file:///etc/passwd", "an address is not allowed"),
        ("-r /etc/passwd", "dependency specifier"),
        ("--index-url=http://evil.example", "dependency specifier"),
        ("../x", "dependency specifier"),
        ("spare-part\n--index-url http://evil.example", "'spare-part"),
    ],
)
async def test_each_fault_has_its_sentence(made: Environments, dependency: str, words: str) -> None:
    with pytest.raises(EnvironmentFailedError) as caught:
        await made.lock([dependency])
    assert words in caught.value.detail
    assert caught.value.advice


async def test_what_does_not_fit_together(made: Environments) -> None:
    with pytest.raises(EnvironmentFailedError, match=r"does not exist|fit together"):
        await made.lock(["spare-part>=1", "spare-part<1"])


async def test_an_index_that_is_not_there(place: Path, runtime_files: RuntimeFiles) -> None:
    environ = {"UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple", "UV_HTTP_RETRIES": "0"}
    made = Environments(runtime_files, folder=place / "environments", environ=environ)
    with pytest.raises(EnvironmentFailedError, match="index cannot be reached"):
        await made.lock(["anything"])


async def test_files_that_run_at_every_start_are_refused(made: Environments) -> None:
    lock, workspace = await made.lock(["early-code"]), uuid4()
    with pytest.raises(EnvironmentFailedError, match=r"early_code\.pth"):
        await made.ensure(lock, workspace)
    with pytest.raises(EnvironmentFailedError, match=r"early_code\.pth"):
        await made.ensure(lock, workspace)


async def test_another_package_under_the_same_name_is_noticed(made: Environments, wheels: Path) -> None:
    lock = await made.lock(["spare-part"])
    make_wheel(wheels, "spare_part", "1.5", {"spare_part/__init__.py": "PART = 'changed'\n"})
    shutil.rmtree(wheels.parent / "environments" / "builder" / "cache")
    with pytest.raises(EnvironmentFailedError, match="not the one in the lock"):
        await made.ensure(lock, uuid4())


async def test_what_was_verified_once_stays_as_it_was(made: Environments, wheels: Path) -> None:
    lock = await made.lock(["spare-part"])
    make_wheel(wheels, "spare_part", "1.5", {"spare_part/__init__.py": "PART = 'changed'\n"})
    with contextlib.suppress(EnvironmentFailedError):
        folder = await made.ensure(lock, uuid4())
        assert folder
        assert "changed" not in (folder / "spare_part" / "__init__.py").read_text()


async def test_a_lock_without_hashes_is_not_installed(made: Environments) -> None:
    with pytest.raises(EnvironmentFailedError):
        await made.ensure(Lock("spare-part==1.5\n"), uuid4())


async def test_nothing_is_left_in_the_workshop(made: Environments, place: Path) -> None:
    await made.ensure(await made.lock(["spare-part"]), uuid4())
    assert [path.name for path in (place / "environments" / "builder").glob("build-*")] == []


async def test_what_no_run_asked_for_in_long_is_removed_and_built_again(made: Environments) -> None:
    workspace = uuid4()
    lock = await made.lock(["hello-words"])
    used, unused = await made.ensure(lock, workspace), await made.ensure(lock, uuid4())
    assert used is not None
    assert unused is not None
    long_ago = time.time() - 40 * 24 * 3600
    for folder in (used, unused):
        os.utime(folder, (long_ago, long_ago))
    assert await made.ensure(lock, workspace) == used
    assert (await made.collect()).removed == 1
    assert used.is_dir()
    assert not unused.exists()
    assert list(unused.parent.glob("*.removed-*")) == []
    assert (await made.collect()).removed == 0
