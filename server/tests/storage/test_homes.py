"""Where an installation keeps its things, and the key from which its passwords come."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from codex32_server.storage.homes import Home, HomeUnusableError, default_home, open_home
from support.folders import reachable_folder

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands files to other accounts")


@pytest.fixture
def room() -> Iterator[Path]:
    with reachable_folder("codex32-homes-") as folder:
        yield folder


def opened(folder: Path, room: Path) -> Home:
    return open_home(folder, system_root=room / "system")


@needs_root
@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_as_root_a_home_that_others_may_traverse_holds_its_data_itself(room: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        home = opened(room / "deep" / "home", room)
    finally:
        os.umask(before)
    assert home.data_root == home.path
    assert home.path.stat().st_mode & 0o777 == 0o711
    assert home.logs.stat().st_mode & 0o777 == 0o700
    assert home.runtime_root == room / "system" / "runtime"


@needs_root
def test_as_root_a_hidden_home_keeps_its_data_elsewhere_and_always_in_the_same_place(room: Path) -> None:
    hidden = room / "hidden"
    hidden.mkdir(mode=0o700)
    home = opened(hidden / "home", room)
    assert home.data_root.parent == room / "system" / "homes"
    assert home.data_root.stat().st_mode & 0o001
    hidden.chmod(0o755)
    assert opened(hidden / "home", room) == home
    other = opened(hidden / "other", room)
    hidden.chmod(0o700)
    assert other.data_root == other.path


@needs_root
def test_data_that_are_in_the_home_stay_there_when_it_is_hidden_later(room: Path) -> None:
    home = opened(room / "home", room)
    home.postgres.mkdir()
    room.chmod(0o700)
    assert opened(room / "home", room) == home


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HomeUnusableError, match=r"file/home cannot be used as home: .*/file: File exists\.$"):
        open_home(tmp_path / "file" / "home")
    with pytest.raises(HomeUnusableError, match=r"file cannot be used as home: File exists\.$"):
        open_home(tmp_path / "file")


def test_the_default_home_depends_on_who_we_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert default_home() == tmp_path / ".local/share/codex32"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert default_home() == Path("/var/lib/codex32")
