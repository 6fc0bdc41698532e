"""What runs in a home now, as `up` and `status` report it."""

from __future__ import annotations

import time

from codex32_server.main.running import RunningState, running_state
from codex32_server.main.serving import Served
from codex32_server.storage.homes import Home

_POLL = 0.1


def served(state: RunningState, home: Home, *, already_running: bool = False) -> Served:
    """What the status file says."""
    return Served(
        state.url,
        str(home.path),
        state.ready and all(process.healthy and process.lives() for process in state.processes),
        [
            {"name": process.name, "pid": process.pid, "healthy": process.healthy and process.lives()}
            | ({"problem": process.problem} if process.problem else {})
            for process in state.processes
        ],
        already_running=already_running,
    )


def present(home: Home, patience: float) -> Served | None:
    """What runs already; one that is still starting is given `patience` seconds. None if nothing runs."""
    deadline = time.monotonic() + patience
    state = running_state(home)
    while state is not None and not state.ready and time.monotonic() < deadline:
        time.sleep(_POLL)
        state = running_state(home)
    return served(state, home, already_running=True) if state is not None else None
