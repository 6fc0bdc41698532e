"""Status file, lock, `down` and `--detach`, with real processes that are killed at bad moments."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest
from codex32_server.main.detach import WrongSettingsError, start_detached
from codex32_server.main.running import (
    AlreadyRunningError,
    NotOursError,
    UpLock,
    down,
    read_state,
    running_state,
)
from codex32_server.main.supervisor import StartFailedError
from codex32_server.storage.binaries import Binaries
from codex32_server.storage.embedded import EmbeddedPostgres
from codex32_server.storage.homes import Home, open_home
from support import embedded_driver, supervised
from support.embedded import server_processes
from support.folders import reachable_folder
from support.interpreter import import_path
from support.passwords import password_of

ENVIRONMENT = {"PYTHONPATH": import_path(), "PATH": os.environ["PATH"]}


@pytest.fixture
def home() -> Iterator[Home]:
    with reachable_folder("codex32-home-") as folder:
        opened = open_home(folder / "home", system_root=folder / "system")
        yield opened
        down(opened, timeout=5)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", import_path())


def detached(home: Home) -> list[str]:
    return start_detached(
        [sys.executable, "-P", supervised.__file__, str(home.path)], log=home.logs / "up.log", timeout=30
    )


def test_a_detached_start_returns_when_all_is_well_and_down_ends_it(home: Home) -> None:
    assert detached(home) == ["open " + supervised.URL]
    state = running_state(home)
    assert state is not None
    assert state.ready
    assert state.url == supervised.URL
    assert os.getsid(state.pid) == state.pid
    assert home.status_file.stat().st_mode & 0o777 == 0o600
    assert [(process.name, process.healthy) for process in state.processes] == [("api", True)]
    assert down(home) == ["api", "up"]
    assert not psutil.pid_exists(state.processes[0].pid)
    assert running_state(home) is None
    assert not home.status_file.exists()


def test_a_second_one_is_told_who_runs_and_where(home: Home) -> None:
    detached(home)
    state = running_state(home)
    assert state is not None
    with pytest.raises(StartFailedError, match=f"Process {state.pid} runs .* at {supervised.URL}"):
        detached(home)
    with pytest.raises(AlreadyRunningError), UpLock(home, "http://other"):
        pass
    assert running_state(home) == state


def test_a_detached_start_that_dies_shows_the_end_of_its_log(home: Home) -> None:
    with pytest.raises(StartFailedError, match="ModuleNotFoundError"):
        start_detached([sys.executable, "-c", "import no_such_module"], log=home.logs / "up.log")
    refusing = (
        "import os, sys, json; "
        "os.write(int(sys.argv[2]), json.dumps({'code': 'settings_invalid', 'detail': 'CODEX32_X', "
        "'advice': 'look'}).encode())"
    )
    with pytest.raises(WrongSettingsError, match="CODEX32_X"):
        start_detached([sys.executable, "-c", refusing], log=home.logs / "up.log")
    with pytest.raises(StartFailedError, match="silent for 0 seconds"):
        start_detached(
            [sys.executable, "-S", "-c", "import time; time.sleep(60)"], log=home.logs / "up.log", timeout=0.3
        )


def test_a_killed_supervisor_leaves_no_child(home: Home) -> None:
    detached(home)
    state = running_state(home)
    assert state is not None
    os.kill(state.pid, signal.SIGKILL)
    child = psutil.Process(state.processes[0].pid) if psutil.pid_exists(state.processes[0].pid) else None
    if child is not None:
        psutil.wait_procs([child], timeout=5)
    assert not state.processes[0].lives()
    assert running_state(home) is None
    assert detached(home) == ["open " + supervised.URL]


def test_down_without_anything_running_does_nothing(home: Home) -> None:
    assert down(home) == []


def test_down_never_touches_a_pid_that_is_somebody_else_now(home: Home) -> None:
    with subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"]) as bystander:
        home.status_file.write_text(
            '{"pid": 1, "started": 1.0, "started_at": "", "url": "", "ready": true, "processes": '
            f'[{{"name": "api", "pid": {bystander.pid}, "started": 5.0, "healthy": true, "restarts": 0}}]}}'
        )
        assert down(home) == []
        assert bystander.poll() is None
        bystander.kill()


def test_down_refuses_when_the_holder_of_the_lock_is_unknown(home: Home) -> None:
    with UpLock(home, "http://x"):
        home.status_file.unlink()
        with pytest.raises(NotOursError, match=str(os.getpid())):
            down(home)


@pytest.mark.chaos
def test_down_stops_the_database_that_a_killed_up_left(home: Home) -> None:
    with subprocess.Popen(
        [sys.executable, "-P", embedded_driver.__file__, home.postgres],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=ENVIRONMENT,
    ) as driver:
        assert driver.stdout is not None
        assert b"url" in driver.stdout.readline()
        driver.kill()
    assert server_processes(home.postgres)
    assert down(home) == ["postgres"]
    assert server_processes(home.postgres) == []


async def test_the_lock_is_free_again_and_unreadable_files_are_no_state(home: Home) -> None:
    with UpLock(home, "http://x"):
        state = read_state(home)
        assert state is not None
        assert state.pid == os.getpid()
    home.status_file.write_text("{")
    assert read_state(home) is None
    server = EmbeddedPostgres(home.postgres, Binaries.installed(), password_of=password_of)
    assert server.pid is None
    await asyncio.sleep(0)
