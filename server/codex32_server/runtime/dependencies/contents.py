"""What an installed set of packages may hold, and how it is taken over from the builder.

Installing a wheel executes nothing, and so nothing of it may be executed by merely being there: no `.pth`, no
hooks that Python imports at every start, and nothing under the names that the platform's own code has.
"""

from __future__ import annotations

import os
from pathlib import Path

from codex32_server.runtime.errors import DependencyRefusedError

_HOOKS = frozenset({"sitecustomize", "usercustomize"})
_OURS = frozenset({"codex32_bot", "_codex32_guest"})


def refuse_harmful(installed: Path) -> None:
    """Raises DependencyRefusedError."""
    startup = sorted(path.name for path in installed.rglob("*.pth"))
    if startup:
        raise DependencyRefusedError(
            f"A dependency brings {startup[0]}, a file that would run code at every start."
        )
    for path in installed.iterdir():
        name = path.name.partition(".")[0]
        if name in _HOOKS:
            raise DependencyRefusedError(
                f"A dependency brings {path.name}, which Python would import at every start."
            )
        if name in _OURS:
            raise DependencyRefusedError(
                f"A dependency brings {path.name}, which would stand in the place of the platform's own."
            )


def take_over(installed: Path) -> None:
    """Make everything ours and read-only for others; links are removed, they could lead anywhere."""
    as_root = os.geteuid() == 0
    for path in [installed, *installed.rglob("*")]:
        if path.is_symlink() or path == installed / ".lock":
            path.unlink()
            continue
        if as_root:
            os.chown(path, 0, 0)
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def size_of(folder: Path) -> int:
    """Bytes of all files below; what vanishes meanwhile counts nothing."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118 - half the time of Path
            except FileNotFoundError:
                continue
    return total
