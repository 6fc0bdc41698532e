"""`make bench ID=P5`: finds the benchmark of that number and runs it; without one, lists them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main(arguments: list[str]) -> int:
    known = {path.stem.split("_")[0].upper(): path for path in (ROOT / "benchmarks").glob("p[0-9]*_*.py")}
    wanted = arguments[0].upper() if arguments else ""
    if wanted not in known:
        names = ", ".join(sorted(known, key=lambda name: int(name[1:])))
        sys.stderr.write(f"Which benchmark? make bench ID=…  There are: {names}\n")
        return 2
    return subprocess.run([sys.executable, known[wanted], *arguments[1:]], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
