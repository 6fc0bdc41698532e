"""Logs that a running process has open stay small."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from codex32_server.storage.logfiles import trim


def test_it_is_cut_while_its_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "up.log"
    writer = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(writer, b"old\n" * 1000)
    assert not trim(log, limit=4000)
    os.write(writer, b"one more\n")
    assert trim(log, limit=4000)
    os.write(writer, b"new\n")
    os.close(writer)
    assert log.read_bytes() == b"new\n"
    aside = tmp_path / "up.log.1"
    assert aside.read_bytes().endswith(b"one more\n")
    assert aside.stat().st_mode & 0o077 == 0


def test_a_full_disk_costs_old_lines_and_not_the_space(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "up.log"
    log.write_bytes(b"x" * 100)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("shutil.copy2", full)
    assert trim(log, limit=10)
    assert log.stat().st_size == 0


def test_what_is_not_there_needs_no_cutting(tmp_path: Path) -> None:
    assert not trim(tmp_path / "none.log")
