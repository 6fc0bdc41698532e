"""What `up` and the supervisor it starts tell each other. Imports nothing heavy: `up` must be quick."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

CLI_KEY_FILE = "cli.key"
"""In the home: the key of this machine's command line, from which its profile is written."""

UP_LOG = "up.log"
"""In the home's log folder: what a detached `up` and its processes write."""


@dataclass(frozen=True)
class Served:
    """What is running, as `up` reports it."""

    url: str
    home: str
    healthy: bool
    processes: Sequence[Mapping[str, Any]]
    sign_in_url: str | None = None
    already_running: bool = False

    def document(self) -> dict[str, Any]:
        return asdict(self)


def lines(report: Served) -> list[str]:
    """The report as people read it."""
    names = ", ".join(str(process["name"]) for process in report.processes)
    state = "healthy" if report.healthy else "not healthy"
    first = (
        f"Codex-32 runs here already and is {state}"
        if report.already_running
        else "Codex-32 is up and healthy"
    )
    told = [f"{first} ({names}).", f"  {report.url}"]
    if report.sign_in_url:
        told += ["", "Sign in with this link, once:", f"  {report.sign_in_url}"]
    else:
        told.append("A sign-in link: codex32 open")
    return [*told, "", 'Next: codex32 new "every weekday at 9 …"']


def python_module(name: str) -> list[str]:
    """How a process of ours is started. `-P`: what lies in the working folder is never imported."""
    return [sys.executable, "-P", "-m", name]
