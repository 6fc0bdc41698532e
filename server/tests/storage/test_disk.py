"""How much room a disk has, and when that is not enough."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from codex32_server.storage.cluster import Cluster, buffers, memory
from codex32_server.storage.disk import MIB, Disk


class Statvfs:
    """A disk whose room the test decides; counts how often it was looked at."""

    def __init__(self, free: int) -> None:
        self.free = free
        self.looks = 0

    def __call__(self, _folder: object) -> SimpleNamespace:
        self.looks += 1
        return SimpleNamespace(f_bavail=self.free, f_frsize=1)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Statvfs:
    found = Statvfs(200 * MIB)
    monkeypatch.setattr(os, "statvfs", found)
    return found


def test_it_is_short_below_its_reserve_and_says_so(found: Statvfs) -> None:
    now = [0.0]
    disk = Disk(Path("/data"), 128 * MIB, clock=lambda: now[0])
    assert not disk.short()
    found.free = 127 * MIB
    now[0] = 1.0
    assert disk.short()
    assert disk.sentence() == "The disk has 127 MiB left; 128 MiB are kept free."
    found.free = 128 * MIB
    now[0] = 2.0
    assert not disk.short()


def test_one_look_is_good_for_a_moment(found: Statvfs) -> None:
    now = [0.0]
    disk = Disk(Path("/data"), MIB, clock=lambda: now[0])
    for _ in range(1000):
        disk.short()
    assert found.looks == 1
    now[0] = 0.3
    disk.short()
    assert found.looks == 2


def test_a_folder_that_cannot_be_looked_at_refuses_nothing(tmp_path: Path) -> None:
    assert not Disk(tmp_path / "missing", MIB).short()


@pytest.mark.parametrize(
    ("total", "expected"),
    [(400 * MIB, "64MB"), (4096 * MIB, "256MB"), (16 * 1024 * MIB, None), (1024**4, None)],
)
def test_the_write_ahead_log_is_kept_small_on_a_small_disk(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, total: int, expected: str | None
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: SimpleNamespace(total=total))
    assert Cluster(tmp_path, None).sized().get("max_wal_size") == expected


@pytest.mark.parametrize(
    ("gibibytes", "expected"), [(0.5, "128MB"), (2, "128MB"), (4, "256MB"), (24, "1024MB"), (512, "1024MB")]
)
def test_buffers_are_a_part_of_the_memory(gibibytes: float, expected: str) -> None:
    assert buffers(int(gibibytes * 2**30)) == expected


def test_a_containers_limit_is_its_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = tmp_path / "memory.max", tmp_path / "none"
    monkeypatch.setattr("codex32_server.storage.cluster._MEMORY_LIMITS", limits)
    limits[0].write_text("max\n")
    machine = memory()
    limits[0].write_text("1048576\n")
    assert (machine > 2**28, memory()) == (True, 1048576)
