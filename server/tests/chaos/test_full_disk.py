"""The data disk fills up under the whole product: typed refusals, nothing lost, and it goes on by itself."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.folders import reachable_folder
from support.installation import Installation
from support.worker import bot_source

MIB = 1024 * 1024
SIZE = 320
"""MiB of the disk: the embedded database takes about 50 to begin with."""
RESERVE = 64

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.sandbox,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk: run it as root"),
]

LEAVES_TRACES = """
from codex32_bot import files, state

def main(text: str = "", number: int = 0) -> dict:
    for line in range(200):
        print(number, line, "x" * 200)
    files.output("left.bin").write_bytes(b"x" * 100_000)
    state.set("last", number)
    return {"number": number, "length": len(text)}
"""


@pytest.fixture
def disk() -> Iterator[Path]:
    with reachable_folder("codex32-full-") as base:
        mounted = base / "disk"
        mounted.mkdir(mode=0o755)
        options = f"size={SIZE}m,mode=755"
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "codex32", mounted], capture_output=True, check=False
        )
        if made.returncode:
            pytest.skip(f"no disk can be mounted here (needs CAP_SYS_ADMIN): {made.stderr.decode().strip()}")
        try:
            yield mounted
        finally:
            subprocess.run(["umount", "--lazy", mounted], check=True)


class Filling:
    """A person who submits runs, and what the server said to each."""

    def __init__(self, installation: Installation) -> None:
        key = json.loads(installation.profile.read_text())["api_key"]
        self._http = httpx.Client(
            base_url=installation.url, headers={"Authorization": f"Bearer {key}"}, timeout=30
        )
        self.acknowledged: list[str] = []
        self.refused: list[dict[str, Any]] = []

    def submit(self, text: str = "") -> int:
        body = {"input": {"text": text, "number": len(self.acknowledged)}}
        answer = self._http.post("/api/v1/bots/traces/runs", json=body)
        if answer.status_code == 202:
            self.acknowledged.append(answer.json()["id"])
        else:
            assert answer.headers["content-type"] == "application/problem+json"
            self.refused.append(answer.json())
        return answer.status_code

    def status(self, run_id: str) -> dict[str, Any]:
        return self._http.get(f"/api/v1/runs/{run_id}").raise_for_status().json()


def until(condition: Callable[[], bool], seconds: float, every: float = 0.2) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(every)


def fill(disk: Path) -> Path:
    """Take everything that is left."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * MIB):
                pass
        except OSError:
            return filler
    return filler


def test_it_refuses_by_name_loses_nothing_and_goes_on_when_there_is_space(disk: Path) -> None:
    installation = Installation(disk, CODEX32_DISK_RESERVE_MIB=str(RESERVE), CODEX32_LOG_LEVEL="warning")
    (disk / "traces.py").write_text(bot_source("traces", LEAVES_TRACES))
    try:
        assert installation.up().code == 0
        assert installation.codex32("deploy", "traces.py", "--json").code == 0
        people = Filling(installation)
        until(lambda: people.submit(os.urandom(MIB).hex()) == 507, 120, every=0.0)
        assert people.refused[-1]["code"] == "storage_full"
        assert people.refused[-1]["next_step"]

        # The worst case: the rest of the disk goes as well, while runs are still in progress.
        filler = fill(disk)
        until(lambda: people.submit() >= 500, 10)
        status = installation.codex32("status", "--json")
        assert (status.code, status.json["healthy"]) == (1, False)
        for _ in range(10):
            assert people.submit() in (503, 507)
            time.sleep(0.2)
        assert {refusal["code"] for refusal in people.refused} <= {"storage_full", "unavailable"}

        filler.unlink()
        subprocess.run(["mount", "-o", f"remount,size={3 * SIZE}m", disk], check=True)
        until(lambda: people.submit() == 202, 60)
        until(lambda: installation.codex32("status", "--json").code == 0, 60)
        ended = {run_id: settled(people, run_id) for run_id in people.acknowledged}
        assert {run["status"] for run in ended.values()} <= {"succeeded", "failed"}
        failures = {run["error"]["code"] for run in ended.values() if run["status"] == "failed"}
        assert failures <= {"storage_full"}, "only a run whose files found no room may have failed"
        assert ended[people.acknowledged[-1]]["status"] == "succeeded"
    finally:
        installation.down()


def settled(people: Filling, run_id: str) -> dict[str, Any]:
    """The run once it has ended."""
    deadline = time.monotonic() + 90
    while (run := people.status(run_id))["status"] not in ("succeeded", "failed"):
        assert time.monotonic() < deadline, run
        time.sleep(0.1)
    return run
