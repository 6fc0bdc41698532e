"""P13: `codex32 up` from the command to healthy on a machine that ran it before, and the idle memory.

Two measures, one answer: the value is the start in seconds; `memory_mib` is the proportional set size (PSS)
of the whole tree after ten idle seconds, so that shared pages are counted once.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from _harness import report, show

_MUST_SECONDS, _AIM_SECONDS = 6.0, 2.5
_MUST_MIB, _AIM_MIB = 600, 350
_IDLE = 10.0
_MIB = 1024 * 1024


def main() -> None:
    given = _arguments()
    # Under /var/tmp, which other accounts may traverse as the database's account must.
    base = Path(tempfile.mkdtemp(prefix="codex32-p13-", dir="/var/tmp"))
    base.chmod(0o711)
    bench = _Bench(base / "home", base / "config")
    try:
        first, _ = bench.up()
        bench.down()
        starts: list[float] = []
        memory: list[float] = []
        for _ in range(given.repeats):
            seconds, tree = bench.up()
            starts.append(seconds)
            time.sleep(_IDLE)
            memory.append(_pss(tree))
            bench.down()
    finally:
        bench.down()
        shutil.rmtree(base, ignore_errors=True)
    mib = statistics.median(memory)
    answer = report(
        *("P13", starts),
        unit="s",
        must=_MUST_SECONDS,
        aim=_AIM_SECONDS,
        lower_is_better=True,
        first_start=round(first, 3),
        memory_mib=round(mib, 1),
        memory_runs=[round(value, 1) for value in memory],
        memory_must=_MUST_MIB,
        memory_aim=_AIM_MIB,
        load=round(os.getloadavg()[0], 2),
    )
    answer["met_must"] = answer["met_must"] and mib <= _MUST_MIB
    answer["met_aim"] = answer["met_aim"] and mib <= _AIM_MIB
    rows = [
        ("first start", f"{first:.2f} s (initialises the database)"),
        ("idle memory", f"{mib:.0f} MiB of {_MUST_MIB} / {_AIM_MIB}"),
    ]
    show(answer, rows)


class _Bench:
    """One home, started and stopped by the command line as a person would."""

    def __init__(self, home: Path, config: Path) -> None:
        self._home = home
        self._port = _free_port()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CODEX32_")}
        self._environment = inherited | {"XDG_CONFIG_HOME": str(config)}
        self._program = Path(sys.executable).with_name("codex32")

    def up(self) -> tuple[float, list[int]]:
        """Seconds until `up --detach` returned, which is when all is healthy, and the pids of the tree."""
        began = time.perf_counter()
        answer = self._call("up", "--port", str(self._port), "--detach", "--json")
        took = time.perf_counter() - began
        assert answer["healthy"], answer
        status = self._call("status", "--json")
        return took, [status["supervisor"]["pid"], *(item["pid"] for item in status["processes"])]

    def down(self) -> None:
        self._call("down", "--json")

    def _call(self, command: str, *arguments: str) -> Any:
        done = subprocess.run(
            [self._program, command, "--home", self._home, *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"codex32 {command} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)


def _pss(pids: list[int]) -> float:
    """MiB of the processes and all below them; each once."""
    tree: dict[int, psutil.Process] = {}
    for pid in pids:
        root = psutil.Process(pid)
        tree |= {process.pid: process for process in (root, *root.children(recursive=True))}
    return sum(process.memory_full_info().pss for process in tree.values()) / _MIB


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
