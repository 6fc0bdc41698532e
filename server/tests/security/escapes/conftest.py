"""The arena of the escape suite: every attack, at every level of isolation, on every kind of start.

Adding an attack is one entry in a list of a `test_*.py` here. Attacks on the egress proxy itself
(rebinding, redirects, DNS exfiltration, SNI, spellings of addresses) are in `runtime/proxy` and
`runtime/test_network.py`; here a bot with a way out tries everything else too. A new
kind of start (a warm zygote) is a line in `STARTS` that makes its backend.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from codex32_server.kit.isolation import IsolationConsent
from codex32_server.kit.manifest.schema import Isolation
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.files import RuntimeFiles
from codex32_server.runtime.proxy.client import EgressProxy
from codex32_server.runtime.proxy.grants import Outside
from codex32_server.runtime.sandbox.levels import LEVELS
from codex32_server.runtime.sandbox.uid import proxy_uid
from runtime.conftest import Lines, Memory, make_spec, runtime_files, shared
from support.escapes import Arena

__all__ = ["runtime_files", "shared"]

STARTS: dict[str, Callable[[RuntimeFiles, Path], Any]] = {
    "cold": lambda files, shared: LocalBackend(files, locks=shared / "uids"),
}
ISOLATION = ("strict", "minimal")
"""`standard` has the same layers as `strict`; `minimal` is spared what only a missing layer refuses."""
TRUSTED = UUID(int=7)


@pytest.fixture(
    scope="session", params=[f"{start}-{kind}" for start in STARTS for kind in (*ISOLATION, "network")]
)
async def arena(
    request: pytest.FixtureRequest, runtime_files: RuntimeFiles, shared: Path
) -> AsyncGenerator[Arena]:
    """Every start at every level, and at `strict` with a way out through the egress proxy."""
    start, kind = request.param.split("-")
    level, egress = ("strict", _egress()) if kind == "network" else (kind, None)
    with _arena(STARTS[start](runtime_files, shared), level, runtime_files, shared, egress) as made:
        made.network = ("allowed.example",) if egress else ()
        yield made
    if egress:
        await egress.close()


def _egress() -> EgressProxy:
    return EgressProxy(Outside(uid=proxy_uid()))


@pytest.fixture(scope="session", params=list(STARTS))
def strict_arena(
    request: pytest.FixtureRequest, runtime_files: RuntimeFiles, shared: Path
) -> Generator[Arena]:
    """Every start, for what does not depend on the level."""
    with _arena(STARTS[request.param](runtime_files, shared), "strict", runtime_files, shared) as made:
        yield made


@contextmanager
def _arena(
    backend: Any,
    level: Isolation,
    runtime_files: RuntimeFiles,
    shared: Path,
    egress: EgressProxy | None = None,
) -> Generator[Arena]:
    work = Path(tempfile.mkdtemp(prefix="escapes-", dir=shared))
    work.chmod(0o711)
    consent = IsolationConsent("minimal", frozenset({TRUSTED}))
    driver = Driver(backend, work=work, grace=0.5, consent=consent, egress=egress)
    watched, missing = [runtime_files.root, work], frozenset(LEVELS[level].missing())
    yield Arena(driver, make_spec, Lines(), Memory(), watched, level, missing, TRUSTED)
    backend.close()
    left = [path.name for path in work.iterdir()]
    shutil.rmtree(work)
    assert left == []
