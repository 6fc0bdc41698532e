"""Where a layer is missing nothing runs, and the error says what to do."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from codex32_server.runtime.backends import local
from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.errors import SandboxUnavailableError
from codex32_server.runtime.files import RuntimeFiles
from codex32_server.runtime.sandbox import bwrap, cgroup, seccomp

from .conftest import Lines, Memory, make_spec

pytestmark = pytest.mark.sandbox


async def _attempt(backend: LocalBackend, work: Path) -> SandboxUnavailableError:
    driver = Driver(backend, work=work)
    with pytest.raises(SandboxUnavailableError) as caught:
        async with driver.run(make_spec("def main(): ..."), logs=Lines(), state=Memory()):
            pytest.fail("it ran")
    backend.close()
    assert list(work.iterdir()) == []
    return caught.value


async def test_bubblewrap_that_fails(
    runtime_files: RuntimeFiles, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a kernel that refuses user namespaces: bubblewrap says so and ends."""
    stand_in = tmp_path / "bwrap"
    stand_in.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    stand_in.chmod(0o755)
    for folder in [tmp_path, *tmp_path.parents][:-1]:
        if not folder.stat().st_mode & stat.S_IXOTH:
            folder.chmod(folder.stat().st_mode | stat.S_IXOTH)
    original = bwrap.command
    monkeypatch.setattr(bwrap, "command", lambda *given: [str(stand_in), *original(*given)[1:]])
    monkeypatch.setattr(
        bwrap,
        "blocked_namespaces",
        lambda: ("user.max_user_namespaces is 0", "sysctl -w user.max_user_namespaces=10000"),
    )
    error = await _attempt(LocalBackend(runtime_files, locks=shared / "uids"), tmp_path / "work")
    assert "setting up uid map: Permission denied" in error.detail
    assert "sysctl -w" in error.advice


async def test_bubblewrap_that_is_missing(shared: Path, tmp_path: Path) -> None:
    error = await _attempt(
        LocalBackend(RuntimeFiles(tmp_path / "nothing"), locks=shared / "uids"), tmp_path / "work"
    )
    assert "bubblewrap could not be started" in error.detail


def test_no_seccomp_policy(
    runtime_files: RuntimeFiles, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seccomp.platform, "machine", lambda: "riscv64")
    with pytest.raises(SandboxUnavailableError, match="riscv64"):
        LocalBackend(runtime_files, locks=shared / "uids")


def test_a_required_cgroup(
    runtime_files: RuntimeFiles, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local.cgroup, "discover", lambda: cgroup.Cgroups([]))
    with pytest.raises(SandboxUnavailableError, match="no cgroup is writable for memory, pids, cpu"):
        LocalBackend(runtime_files, locks=shared / "uids", require_cgroup=True)


async def test_without_a_cgroup_limits_still_hold(
    runtime_files: RuntimeFiles, shared: Path, bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local.cgroup, "discover", lambda: cgroup.Cgroups([]))
    backend = LocalBackend(runtime_files, locks=shared / "uids")
    bench.driver = Driver(backend, work=bench.work, grace=0.3)
    outcome = await bench.run(
        "import os, time\ndef main():\n    for _ in range(12):\n        if os.fork() == 0:\n"
        "            x = bytearray(40_000_000); time.sleep(30)\n    time.sleep(30)"
    )
    assert outcome.error.code == "out_of_memory"
    assert outcome.use.cpu_seconds is not None or outcome.use.peak_memory is None
    backend.close()
