"""The arena of the escape suite: every attack, at every level of isolation, on every kind of start.

A warm start is tried at `strict`, with and without a network; `minimal` is always started cold.

Adding an attack is one entry in a list of a `test_*.py` here. Attacks on the egress proxy itself
(rebinding, redirects, DNS exfiltration, SNI, spellings of addresses) are in `runtime/proxy` and
`runtime/test_network.py`; here a bot with a way out tries everything else too.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
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
from codex32_server.runtime.zygote.pool import Key
from codex32_server.runtime.zygote.warm import WarmStarts
from runtime.conftest import Lines, Memory, make_spec, runtime_files, shared
from support.escapes import Arena

__all__ = ["runtime_files", "shared"]

STARTS = ("cold", "warm")
KINDS = ("cold-strict", "cold-minimal", "cold-network", "warm-strict", "warm-network")
"""`standard` has the same layers as `strict`; `minimal` is spared what only a missing layer refuses."""
TRUSTED = UUID(int=7)


@pytest.fixture(scope="session", params=KINDS)
async def arena(
    request: pytest.FixtureRequest, runtime_files: RuntimeFiles, shared: Path
) -> AsyncGenerator[Arena]:
    """Every start at every level, and at `strict` with a way out through the egress proxy and a door to
    models.
    """
    start, kind = request.param.split("-")
    level, egress = ("strict", _egress()) if kind == "network" else (kind, None)
    async with _arena(start, level, runtime_files, shared, egress) as made:
        if egress:
            made.network, made.model_key = ("allowed.example",), "sk-c32-of-the-arena"
        yield made
    if egress:
        await egress.close()


def _egress() -> EgressProxy:
    """Its gateway is a port on which nobody listens: what gets as far as that is seen in the log."""
    return EgressProxy(Outside(uid=proxy_uid(), gateway="http://127.0.0.1:9"))


@pytest.fixture(scope="session", params=STARTS)
async def strict_arena(
    request: pytest.FixtureRequest, runtime_files: RuntimeFiles, shared: Path
) -> AsyncGenerator[Arena]:
    """Every start, for what does not depend on the level."""
    async with _arena(request.param, "strict", runtime_files, shared) as made:
        yield made


@asynccontextmanager
async def _arena(
    start: str,
    level: Isolation,
    runtime_files: RuntimeFiles,
    shared: Path,
    egress: EgressProxy | None = None,
) -> AsyncGenerator[Arena]:
    backend = LocalBackend(runtime_files, locks=shared / "uids")
    warm = WarmStarts(backend.means) if start == "warm" else None
    if warm and (starting := warm.pool.prepare(Key(TRUSTED.hex, None, level))):
        await starting
    work = Path(tempfile.mkdtemp(prefix="escapes-", dir=shared))
    work.chmod(0o711)
    consent = IsolationConsent("minimal", frozenset({TRUSTED}))
    driver = Driver(backend, work=work, grace=0.5, consent=consent, egress=egress, warm=warm)
    watched, missing = [runtime_files.root, work], frozenset(LEVELS[level].missing())
    yield Arena(driver, make_spec, Lines(), Memory(), watched, level, missing, TRUSTED, warm=warm)
    if warm:
        assert warm.started, "nothing was attacked from a warm start"
        await warm.close()
    backend.close()
    left = [path.name for path in work.iterdir()]
    shutil.rmtree(work)
    assert left == []
