"""The escape suite as whoever runs this, and once more as an ordinary user if that is root.

The ordinary user gets the copy of the interpreter that bots run with, because it may not be able to read
root's, and a folder of its own; it has no writable cgroup. Arguments are passed on to pytest.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SUITE = "server/tests/security/escapes"
UID = 1_899_123_457
PACKAGES = ("packages/codex32-bot", "packages/codex32-sdk", "server")


def main() -> int:
    arguments = sys.argv[1:]
    first = subprocess.run([sys.executable, "-m", "pytest", SUITE, *arguments], cwd=ROOT, check=False)
    if os.geteuid() != 0 or first.returncode:
        return first.returncode
    return as_ordinary_user(arguments)


def as_ordinary_user(arguments: list[str]) -> int:
    from codex32_server.runtime import files  # noqa: PLC0415 - only root needs it

    closed = [folder for folder in (ROOT, *ROOT.parents) if not folder.stat().st_mode & 0o001]
    if closed:
        sys.stderr.write(f"An ordinary user cannot enter {closed[0]}: put the repository elsewhere.\n")
        return 1
    home = Path(tempfile.mkdtemp(prefix="codex32-escapes-"))
    try:
        home.chmod(0o755)
        runtime = files.prepare(home / "root")
        (home / "root").chmod(0o755)
        own = home / "own"
        own.mkdir(mode=0o755)
        os.chown(own, UID, UID)
        return subprocess.run(
            [str(runtime.python), "-B", "-m", "pytest", "-p", "no:cacheprovider", SUITE, *arguments],
            cwd=ROOT, env=environment(runtime.python, own), user=UID, group=UID, extra_groups=[], check=False,
        ).returncode  # fmt: skip
    finally:
        shutil.rmtree(home, ignore_errors=True)


def environment(python: Path, own: Path) -> dict[str, str]:
    paths = [*(ROOT / package for package in PACKAGES), Path(sysconfig.get_path("purelib"))]
    return {
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        "LD_LIBRARY_PATH": str(python.parent.parent / "lib"),
        "HOME": str(own),
        "TMPDIR": str(own),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
    }


if __name__ == "__main__":
    sys.exit(main())
