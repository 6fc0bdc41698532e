"""What each layer says of itself, held against what a process in the sandbox sees."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from codex32_server.runtime.contract import MIB, Limits
from codex32_server.runtime.sandbox import bwrap, cgroup, landlock, process, seccomp, uid
from codex32_server.runtime.sandbox.cgroup import Cgroups, Hierarchy

pytestmark = pytest.mark.sandbox

LOOK = """
import ctypes, os
def main():
    lines = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
    names = ("user", "mnt", "pid", "net", "ipc", "uts", "cgroup")
    inside = {name: os.readlink(f"/proc/self/ns/{name}") for name in names}
    try: os.listdir("/"); root = "listed"
    except PermissionError: root = "refused"
    return {"namespaces": inside, "root": root,
            "seccomp": lines["Seccomp"].strip(), "privileges": lines["NoNewPrivs"].strip()}
"""


@pytest.fixture
async def seen(bench: Any) -> dict[str, Any]:
    return json.loads((await bench.run(LOOK)).output)


async def test_namespaces(seen: dict[str, Any], runtime_files: Any) -> None:
    report = bwrap.explain(runtime_files)
    assert report.ok
    mine = {name: str(Path(f"/proc/self/ns/{name}").readlink()) for name in seen["namespaces"]}
    assert not set(mine.values()) & set(seen["namespaces"].values())
    words = {"mnt": "mount", "net": "network"}
    assert all(words.get(name, name) in report.detail for name in mine)


async def test_seccomp_and_no_new_privs(seen: dict[str, Any]) -> None:
    assert (seccomp.explain().ok, seen["seccomp"]) == (True, "2")
    assert (process.explain().ok, seen["privileges"]) == (True, "1")


async def test_landlock(seen: dict[str, Any]) -> None:
    assert ("ABI" in landlock.explain().detail) == (seen["root"] == "refused")


async def test_uid(bench: Any) -> None:
    owners: list[int] = []

    async def look() -> None:
        for pid in process.descendants(os.getpid()):
            if Path(f"/proc/{pid}/comm").read_text().strip() == "bwrap":
                owners.append(Path(f"/proc/{pid}").stat().st_uid)

    async with bench.running("import time\ndef main(): time.sleep(0.3)", look):
        pass
    report = uid.explain()
    assert report.ok == (os.geteuid() == 0)
    assert all((owner != os.geteuid()) == report.ok for owner in owners)
    assert str(os.geteuid()) in report.detail or report.ok


async def test_cgroup(bench: Any) -> None:
    """If it says that memory is limited by a cgroup, then there is one with that limit while a bot runs."""
    limits: list[str] = []

    async def look() -> None:
        for hierarchy in cgroup.discover().hierarchies:
            for folder in hierarchy.base.glob(f"{process.owner_prefix()}-*"):
                for name in ("memory.limit_in_bytes", "memory.max"):
                    if (folder / name).exists():
                        limits.append((folder / name).read_text().strip())

    async with bench.running(
        "import time\ndef main(): time.sleep(0.3)", look, limits=Limits(memory=96 * MIB)
    ):
        pass
    report = cgroup.discover().explain()
    assert report.ok == bool(limits)
    assert all(int(limit) >= 96 * MIB for limit in limits)


def test_a_kill_without_controllers_is_told_too() -> None:
    """A v2 hierarchy that hands no controller down still has `cgroup.kill`."""
    bare = Cgroups([Hierarchy(Path("/nowhere"), 2, frozenset())])
    assert not bare.explain().ok
    assert "cgroup.kill" in bare.explain().detail
    assert "cgroup.kill" not in Cgroups([]).explain().detail
