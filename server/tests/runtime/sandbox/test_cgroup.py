"""What is written where for v1 and v2 (in plain folders), and the real thing where it is writable."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from codex32_server.runtime.contract import MIB, Limits
from codex32_server.runtime.sandbox import cgroup
from codex32_server.runtime.sandbox.cgroup import Cgroups, Group, Hierarchy
from codex32_server.runtime.sandbox.process import owner_prefix

ALL = frozenset({"memory", "pids", "cpu"})
LIMITS = Limits(memory=64 * MIB, processes=10, cpu=0.5)


def _make(tmp_path: Path, version: int, monkeypatch: pytest.MonkeyPatch) -> tuple[Group, Path]:
    written = Hierarchy(tmp_path, version, ALL).settings(LIMITS, 100 * MIB)
    original = Path.mkdir

    def mkdir(path: Path, *arguments: object, **options: object) -> None:
        original(path)
        for name, _ in written:
            (path / name).touch()

    monkeypatch.setattr(Path, "mkdir", mkdir)
    group = Cgroups([Hierarchy(tmp_path, version, ALL)]).create("run", LIMITS, 100 * MIB)
    return group, group.folders[0][1]


def test_version_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    group, folder = _make(tmp_path, 2, monkeypatch)
    content = {path.name: path.read_text() for path in folder.iterdir()}
    assert content["memory.max"] == str(100 * MIB)
    assert content["memory.swap.max"] == "0"
    assert content["pids.max"] == "12"
    assert content["cpu.max"] == "50000 100000"
    (folder / "memory.events").write_text("low 0\noom 1\noom_kill 1\n")
    (folder / "memory.stat").write_text("anon 5000\nfile 7\n")
    (folder / "memory.peak").write_text("9000\n")
    (folder / "cpu.stat").write_text("usage_usec 1500000\n")
    assert group.out_of_memory()
    assert (group.anonymous_memory(), group.peak_memory(), group.cpu_seconds()) == (5000, 9000, 1.5)
    assert group.kill()
    assert (folder / "cgroup.kill").read_text() == "1"


def test_version_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    group, folder = _make(tmp_path, 1, monkeypatch)
    content = {path.name: path.read_text() for path in folder.iterdir()}
    assert content["memory.limit_in_bytes"] == str(100 * MIB)
    assert (content["cpu.cfs_period_us"], content["cpu.cfs_quota_us"]) == ("100000", "50000")
    (folder / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 2\n")
    assert group.out_of_memory()
    assert not group.kill()


def test_nothing_writable_is_an_empty_group() -> None:
    groups = Cgroups([])
    group = groups.create("run", LIMITS, 100 * MIB)
    assert groups.missing() == ["memory", "pids", "cpu"]
    assert not groups.explain().ok
    assert "Delegate=yes" in (groups.explain().remedy or "")
    assert (group.kill(), group.limits_memory(), group.out_of_memory(), group.peak_memory()) == (
        False,
        False,
        False,
        None,
    )


def test_delegation_moves_processes_out_of_the_way(tmp_path: Path) -> None:
    (tmp_path / "cgroup.controllers").write_text("cpuset cpu memory pids\n")
    (tmp_path / "cgroup.procs").write_text("1\n2\n")
    base = tmp_path / "codex32"
    base.mkdir()
    (base / "cgroup.subtree_control").write_text("cpu memory pids\n")
    assert {name.lstrip("+") for name in cgroup._delegate(tmp_path, base)} == ALL
    assert (tmp_path / "cgroup.subtree_control").read_text() == "+cpu +memory +pids"


@pytest.mark.sandbox
@pytest.mark.skipif(not cgroup.discover().hierarchies, reason="no cgroup is writable here")
def test_a_tree_is_killed_in_one_step() -> None:
    groups = cgroup.discover()
    group = groups.create(f"test-{time.monotonic_ns()}", LIMITS, 100 * MIB)
    child = subprocess.Popen(["sleep", "60"], start_new_session=True)
    try:
        group.add(child.pid)
        if group.kill():
            assert child.wait(5) == -9
    finally:
        child.kill()
        child.wait()
        group.remove()
    assert not any(folder.exists() for _, folder in group.folders)


@pytest.mark.sandbox
@pytest.mark.skipif(not cgroup.discover().hierarchies, reason="no cgroup is writable here")
def test_groups_of_a_dead_worker_are_swept() -> None:
    groups = cgroup.discover()
    gone = subprocess.Popen(["true"])
    gone.wait()
    folders = [hierarchy.base / f"{gone.pid}-12345-left" for hierarchy in groups.hierarchies]
    mine = [hierarchy.base / f"{owner_prefix()}-mine" for hierarchy in groups.hierarchies]
    for folder in [*folders, *mine]:
        folder.mkdir()
    assert groups.sweep() >= 1
    assert not any(folder.exists() for folder in folders)
    for folder in mine:
        folder.rmdir()
