"""What a zygote imports before it forks: everything a bot's main process would, and the installed packages.

Importing a package runs its code, so nothing here is trusted afterwards: the host looks from outside for
what a package left behind (threads, descriptors, processes).
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
import time

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from typing import Any

DEPENDENCIES = "/deps"
_NOT_FOR_IMPORT = {
    "bin",
    "docs",
    "examples",
    "pip",
    "setup",
    "setuptools",
    "pkg_resources",
    "test",
    "tests",
    "wheel",
}
_SINGLE_THREADED = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
"""Numeric libraries start threads when they are imported, unless told not to; a fork would lose them."""


def import_guest() -> None:
    """The modules that every bot's main process needs."""
    import atexit  # noqa: F401, PLC0415  # pyright: ignore[reportUnusedImport]
    import fcntl  # noqa: F401, PLC0415  # pyright: ignore[reportUnusedImport]

    from . import bot, forwarder, main_mode, resident  # noqa: F401, PLC0415  # pyright: ignore[reportUnusedImport]


def import_installed(seconds: float) -> dict[str, Any]:
    """Import what is installed, one after the other, for about that long. Faults are ignored: a bot that
    needs the module meets them itself.
    """
    until = time.monotonic() + seconds
    kept = _dispositions()
    imported, failed, left = 0, 0, 0
    if os.path.isdir(DEPENDENCIES):  # noqa: PTH112 - pathlib costs 4 ms
        sys.path.append(DEPENDENCIES)
        with _SingleThreaded():
            for name in modules(os.listdir(DEPENDENCIES)):  # noqa: PTH208 - as above
                if time.monotonic() > until:
                    left += 1
                elif _imported(name):
                    imported += 1
                else:
                    failed += 1
    _rehearse()
    _settle(kept)
    return {"imported": imported, "failed": failed, "left": left}


def _rehearse() -> None:
    """What a package has changed may break it: then runs are slower, and no different."""
    from . import rehearsal  # noqa: PLC0415 - only here and in a child that waits

    try:  # noqa: SIM105 - contextlib costs 2 ms
        rehearsal.in_zygote()
    except BaseException:  # noqa: BLE001, S110 - as above
        pass


def modules(names: list[str]) -> list[str]:
    """The importable top-level names among the entries of a folder of packages."""
    found: set[str] = set()
    for entry in names:
        name, _, rest = entry.partition(".")
        package = not rest and os.path.isfile(f"{DEPENDENCIES}/{entry}/__init__.py")  # noqa: PTH113
        if (package or rest == "py" or rest.endswith(".so") or rest == "so") and name.isidentifier():
            found.add(name)
    return sorted(name for name in found if not name.startswith("_") and name not in _NOT_FOR_IMPORT)


def _imported(name: str) -> bool:
    try:
        importlib.import_module(name)
    except BaseException:  # noqa: BLE001 - whatever a package raises, SystemExit included
        return False
    return True


class _SingleThreaded:
    """The variables are gone again when the bot looks."""

    def __enter__(self) -> None:
        self._set = [name for name in _SINGLE_THREADED if name not in os.environ]
        os.environ.update(dict.fromkeys(self._set, "1"))

    def __exit__(self, *_: object) -> None:
        for name in self._set:
            os.environ.pop(name, None)


def _dispositions() -> dict[int, Any]:
    return {number: signal.getsignal(number) for number in signal.valid_signals()}


def _settle(kept: dict[int, Any]) -> None:
    """Signals and timers as the interpreter had them, no trace hooks, and memory that children share."""
    for number in signal.valid_signals():
        if signal.getsignal(number) is not kept[number] and kept[number] is not None:
            signal.signal(number, kept[number])
    for timer in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
        signal.setitimer(timer, 0)
    sys.settrace(None)
    sys.setprofile(None)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    gc.collect()
    gc.freeze()
