"""Layer 2, its second half: a small process beside each worker that outlives it and ends what it left.

`--die-with-parent` has a gap: while bubblewrap sets a sandbox up, its child waits for it, and waits for ever
if the worker is killed in those milliseconds. The guardian notices the worker's death by the end of a pipe.
What it does then is in `after_death`, a program of its own that imports nothing of the server.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from codex32_server.runtime.sandbox.process import OWNER_MARK, owner_prefix, started

_PROGRAM = Path(__file__).with_name("after_death.py")
_PATIENCE = 5.0


class Guardian:
    """Started with the worker. `bases` are the folders of cgroups below which its runs have theirs."""

    def __init__(self, bases: Sequence[Path]) -> None:
        self._process = subprocess.Popen(
            [
                sys.executable, "-I", "-S", "-B", str(_PROGRAM),
                owner_prefix(), OWNER_MARK, *(str(base) for base in bases),
            ],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={}, cwd="/", start_new_session=True,
        )  # fmt: skip
        started(self._process.pid)

    def wait_until_ready(self) -> None:
        """Before anything is started that it may have to end. Blocks for some milliseconds, once.

        Raises OSError where it did not come up.
        """
        told = self._process.stdout
        if told is None or told.closed:
            return
        heard = told.read(5)
        told.close()
        if heard != b"ready":
            raise OSError("the guardian of this worker did not come up")

    def dismiss(self) -> None:
        """It ends and touches nothing: the worker has cleaned up itself. A second call does nothing."""
        end, told = self._process.stdin, self._process.stdout
        if end is None or end.closed:
            return
        with contextlib.suppress(OSError):
            end.write(b"dismissed")
            end.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if told is not None:
            told.close()
