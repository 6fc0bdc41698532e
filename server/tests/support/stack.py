"""Starting the whole product as a person does, for tests that look at it from outside."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

CODEX32 = Path(sys.executable).with_name("codex32")
_LINK = re.compile(r"https?://\S+/sign-in#token=\S+")


@dataclass(frozen=True)
class Stack:
    """A running installation. `environ` lets the command line find it."""

    url: str
    sign_in_link: str
    environ: dict[str, str]

    def codex32(self, *arguments: str) -> str:
        """Run a command and give what it printed; raises CalledProcessError when it failed."""
        return subprocess.run(
            [CODEX32, *arguments], env=self.environ, check=True, capture_output=True, text=True, timeout=120
        ).stdout

    def new_link(self) -> str:
        return find_link(self.codex32("open"))

    def workspace(self, name: str) -> Stack:
        """The same installation as the owner of a new, empty workspace sees it."""
        made = json.loads(self.codex32("workspaces", "create", name, "--json"))
        known = {"CODEX32_URL": self.url, "CODEX32_API_KEY": made["key"]["key"]}
        of_owner = replace(self, environ={**self.environ, **known})
        return replace(of_owner, sign_in_link=of_owner.new_link())


def find_link(printed: str) -> str:
    found = _LINK.search(printed)
    assert found, f"no sign-in link in: {printed}"
    return found.group()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(home: Path, **settings: str) -> Iterator[Stack]:
    """`codex32 up --detach` in `home` with these settings; everything is stopped at the end."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CODEX32_")}
    environ = {**kept, "XDG_CONFIG_HOME": str(home / "config"), **settings}
    port = free_port()
    started = subprocess.run(
        [CODEX32, "up", "--home", home, "--port", str(port), "--detach"],
        env=environ, check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert started.returncode == 0, started.stdout + started.stderr
    try:
        yield Stack(f"http://127.0.0.1:{port}", find_link(started.stdout), environ)
    finally:
        subprocess.run([CODEX32, "down", "--home", home], env=environ, check=True, timeout=60)
