"""Folders of earlier releases are removed, and never one that a process uses."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from codex32_server.runtime import in_use
from support.interpreter import import_path

WEEK = 7 * 24 * 3600.0
HOLD = """
import sys
from pathlib import Path
from codex32_server.runtime import in_use
print(in_use.hold(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


def folder(parent: Path, name: str, age: float = 2 * WEEK) -> Path:
    made = parent / name
    made.mkdir()
    in_use.mark(made)
    (made / "content").write_text("x")
    then = time.time() - age
    os.utime(made, (then, then))
    return made


def test_old_ones_go_and_young_ones_and_ours_stay(tmp_path: Path) -> None:
    ours, old, young = folder(tmp_path, "ours"), folder(tmp_path, "old"), folder(tmp_path, "young", age=60)
    staging = folder(tmp_path, ".building-x")
    assert in_use.collect(tmp_path, keep=ours, older_than=WEEK) == 1
    assert not old.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([ours.name, young.name, staging.name])


def test_one_that_another_process_uses_stays_until_that_process_is_dead(tmp_path: Path) -> None:
    ours, used = folder(tmp_path, "ours"), folder(tmp_path, "used")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(used)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": import_path()},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"True\n"
        assert in_use.collect(tmp_path, keep=ours, older_than=WEEK) == 0
        process.kill()
    assert in_use.collect(tmp_path, keep=ours, older_than=WEEK) == 1


def test_one_that_was_taken_away_cannot_be_held(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert not in_use.hold(gone)
    made = folder(tmp_path, "made")
    assert in_use.hold(made)
    assert in_use.hold(made)


def test_a_folder_without_a_mark_is_one_that_nobody_uses(tmp_path: Path) -> None:
    unmarked = folder(tmp_path, "unmarked")
    (unmarked / ".in-use").unlink()
    os.utime(unmarked, (0, 0))
    assert in_use.collect(tmp_path, keep=tmp_path / "ours", older_than=WEEK) == 1


def test_what_a_torn_removal_left_is_removed(tmp_path: Path) -> None:
    left = folder(tmp_path, ".removing-x")
    in_use.collect(tmp_path, keep=tmp_path / "ours", older_than=WEEK)
    assert not left.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may remove everything")
def test_one_that_may_not_be_touched_is_left_alone(tmp_path: Path) -> None:
    old = folder(tmp_path, "old")
    tmp_path.chmod(0o555)
    try:
        assert in_use.collect(tmp_path, keep=tmp_path / "ours", older_than=WEEK) == 0
    finally:
        tmp_path.chmod(0o755)
    assert old.is_dir()
