"""The same promises for a user without privileges and without a writable cgroup, in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import codex32_bot
import codex32_sdk
import codex32_server
import pytest
from codex32_server.runtime.files import RuntimeFiles

pytestmark = pytest.mark.sandbox

UID = 1_899_123_456


@pytest.fixture(scope="module")
def told(runtime_files: RuntimeFiles, shared: Path) -> Any:
    """What ordinary_user.py saw. As root it gets another uid and an interpreter which that uid can read."""
    home = shared / f"ordinary-{os.getpid()}"
    home.mkdir(mode=0o755)
    packages = [
        Path(module.__file__ or "").parent.parent for module in (codex32_server, codex32_bot, codex32_sdk)
    ]
    paths = [*packages, Path(sysconfig.get_path("purelib"))]
    owner = UID if os.geteuid() == 0 else None
    if owner is not None:
        os.chown(home, owner, owner)
        if not all(_open_to_all(path) for path in paths):
            pytest.skip("the packages are in a folder that another user cannot enter")
    environment = {
        "PYTHONPATH": os.pathsep.join(str(path) for path in paths),
        "LD_LIBRARY_PATH": str(runtime_files.python.parent.parent / "lib"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(home),
        "PATH": os.environ["PATH"],
    }
    script = home / "ordinary_user.py"
    script.write_bytes(Path(__file__).with_name("ordinary_user.py").read_bytes())
    done = subprocess.run(
        [str(runtime_files.python) if owner is not None else sys.executable, str(script), str(home)],
        env=environment, capture_output=True, cwd="/", check=False, timeout=120,
        user=owner, group=owner, extra_groups=None if owner is None else [],
    )  # fmt: skip
    try:
        assert done.returncode == 0, done.stderr.decode()
        yield json.loads(done.stdout.splitlines()[-1])
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _open_to_all(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents])


def test_it_really_is_an_ordinary_user(told: Any) -> None:
    assert told["uid"] != 0
    assert told["layers"]["bubblewrap"]
    assert told["layers"]["seccomp"]


def test_bots_run_and_leave_files(told: Any) -> None:
    assert told["plain"] == ["succeeded", None, []]
    assert told["files"] == ["succeeded", None, ["kept"]]
    assert told["left"] == []


@pytest.mark.parametrize("name", ["memory", "memory of children"])
def test_memory_is_limited_without_a_cgroup(told: Any, name: str) -> None:
    assert told[name][:2] == ["failed", "out_of_memory"]


def test_forks_and_daemons_are_contained(told: Any) -> None:
    assert told["forks"][0] == "timed_out"
    assert told["daemon"][:2] == ["succeeded", None]
    assert not [path for path in Path("/proc").glob("[0-9]*/cmdline") if b"time.sleep(77)" in _read(path)]


def test_warm_starts_hold_and_end_in_the_same_way(told: Any) -> None:
    assert told["warm fault"] == ""
    assert told["warm"] == {name: told[name] for name in told["warm"]}
    assert told["started warm"] == len(told["warm"])


def test_a_required_cgroup_refuses_and_says_so(told: Any) -> None:
    if told["layers"]["cgroup"]:
        pytest.skip("this user has a writable cgroup")
    detail, advice = told["required"]
    assert "CODEX32_REQUIRE_CGROUP" in detail
    assert "systemd-run" in advice


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_the_network_works_for_an_ordinary_user(told: Any) -> None:
    assert told["network"] == ["ok", "ok"]
