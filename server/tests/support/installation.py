"""A whole installation on this machine, driven by the command line as a person drives it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PATIENCE = 170.0


@dataclass
class Told:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Installation:
    """One home and one port of its own; `config` is where its profile goes."""

    def __init__(self, base: Path, **settings: str) -> None:
        self.home = base / "home"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.profile = base / "config" / "codex32" / "profile.json"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CODEX32_")}
        self.environment = inherited | {"XDG_CONFIG_HOME": str(base / "config"), "TZ": "UTC"} | settings
        self.base = base

    def codex32(self, *arguments: object, patience: float = _PATIENCE, **settings: str) -> Told:
        """Run a command in the folder of this installation."""
        program = Path(sys.executable).with_name("codex32")
        done = subprocess.run(
            [program, *map(str, arguments)],
            env=self.environment | settings,
            cwd=self.base,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=patience,
            check=False,
        )
        return Told(done.returncode, done.stdout, done.stderr)

    def up(self, *more: object) -> Told:
        return self.codex32("up", "--home", self.home, "--port", self.port, "--detach", "--json", *more)

    def down(self) -> Told:
        return self.codex32("down", "--home", self.home, "--json")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
