"""The arena of the escape suite: every attack is tried at every level of isolation and on every kind of start.

Adding an attack is one entry in a list of a `test_*.py` here. Attacks on the egress proxy belong into
`test_egress.py` (names that resolve to private addresses, rebinding, redirects, DNS exfiltration, SNI). A new
kind of start (a warm zygote) is a line in `STARTS` that makes its backend.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.files import RuntimeFiles
from runtime.conftest import Lines, Memory, make_spec, runtime_files, shared
from support.escapes import Arena

__all__ = ["runtime_files", "shared"]

STARTS: dict[str, Callable[[RuntimeFiles, Path], Any]] = {
    "cold": lambda files, shared: LocalBackend(files, locks=shared / "uids"),
}
LEVELS = ("strict",)


@pytest.fixture(scope="session", params=[f"{start}-{level}" for start in STARTS for level in LEVELS])
def arena(request: pytest.FixtureRequest, runtime_files: RuntimeFiles, shared: Path) -> Generator[Arena]:
    start, level = request.param.split("-")
    backend = STARTS[start](runtime_files, shared)
    work = Path(tempfile.mkdtemp(prefix="escapes-", dir=shared))
    work.chmod(0o711)
    yield Arena(
        Driver(backend, work=work, grace=0.5), make_spec, Lines(), Memory(), [runtime_files.root, work], level
    )
    backend.close()
    left = [path.name for path in work.iterdir()]
    shutil.rmtree(work)
    assert left == []
