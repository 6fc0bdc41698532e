"""Runs the tests of many bots in one process, each with its own `bot` and its own measure of coverage.

Called as a script with folders; prints one line for each and what failed.
"""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

LEAST_COVERED = 80
_PLUGINS = ("cacheprovider", "asyncio", "xdist", "hypothesispytest", "timeout", "cov")


def proof_of(folders: Sequence[Path]) -> subprocess.CompletedProcess[str]:
    """Exit code 0 if the tests of all passed and cover the bots."""
    command = [sys.executable, __file__, *(str(folder) for folder in folders)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def _test(folder: Path) -> str:
    """What went wrong; empty if nothing did."""
    import coverage
    import pytest

    for name in [name for name in sys.modules if name in ("bot", "test_bot", "test_hidden")]:
        del sys.modules[name]
    sys.path.insert(0, str(folder))
    measured = coverage.Coverage(config_file=False, include=[str(folder / "bot.py")], data_file=None)
    quiet = [f"-pno:{name}" for name in _PLUGINS]
    base = ["-q", "-c", "/dev/null", "--rootdir", str(folder), *quiet]
    told = io.StringIO()
    measured.start()
    with contextlib.redirect_stdout(told):
        own = pytest.main([*base, str(folder / "test_bot.py")])
    measured.stop()
    with contextlib.redirect_stdout(told):
        hidden = pytest.main([*base, str(folder / "test_hidden.py")])
    sys.path.remove(str(folder))
    covered = measured.report(file=io.StringIO())
    if own or hidden or covered < LEAST_COVERED:
        return f"{folder.name} ({covered:.0f} % covered)\n{told.getvalue()}"
    return ""


if __name__ == "__main__":
    failed = [problem for folder in sys.argv[1:] if (problem := _test(Path(folder)))]
    print("\n\n".join(failed))
    sys.exit(1 if failed else 0)
