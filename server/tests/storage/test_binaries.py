"""PostgreSQL's programs: found in the wheel, and copied whole where another account must execute them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from codex32_server.storage.binaries import Binaries
from codex32_server.storage.embedded_errors import BinariesMissingError


def test_the_installed_programs_say_their_version() -> None:
    assert Binaries.installed().major() >= 18


def test_a_copy_is_made_once_works_and_leaves_out_what_only_builds_need(tmp_path: Path) -> None:
    copy = Binaries.installed().copied_to(tmp_path)
    assert copy.major() == Binaries.installed().major()
    again = subprocess.run([copy.program("initdb"), "--version"], check=True, capture_output=True, text=True)
    assert "initdb" in again.stdout
    assert not list(copy.folder.rglob("*.a"))
    stamp = copy.folder.stat().st_ino
    assert Binaries.installed().copied_to(tmp_path).folder.stat().st_ino == stamp
    assert [entry.name for entry in (tmp_path / Binaries.installed().digest()).iterdir()] == ["pg"]


def test_an_interrupted_copy_is_not_taken_for_a_whole_one(tmp_path: Path) -> None:
    half = tmp_path / Binaries.installed().digest() / "pg.1234"
    half.mkdir(parents=True)
    assert Binaries.installed().copied_to(tmp_path).program("postgres").is_file()


def test_a_program_that_does_not_execute_is_named(tmp_path: Path) -> None:
    with pytest.raises(BinariesMissingError, match="does not execute"):
        Binaries(tmp_path).major()
