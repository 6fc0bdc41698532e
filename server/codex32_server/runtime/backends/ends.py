"""The ends that the worker holds of a sandbox's pipes and of its output folder, however it was started."""

from __future__ import annotations

import contextlib
import fcntl
import os

_PIPE_SIZE = 256 * 1024


class Ends:
    """Opens the pipes. Closing what is still here is up to whoever derives from it; -1 is not open."""

    def __init__(self) -> None:
        self._output = -1
        self._stdout, self._guest_stdout = log_pipe()
        self._stderr, self._guest_stderr = log_pipe()

    def streams(self) -> tuple[int, int]:
        """The reading ends of the bot's pipes; `close` does not close them any more."""
        taken = (self._stdout, self._stderr)
        self._stdout = self._stderr = -1
        return taken

    def output_folder(self) -> int:
        """The output tmpfs: it lives for as long as this descriptor, though its namespace is gone."""
        return self._output


def log_pipe() -> tuple[int, int]:
    """A wide pipe, so that a chatty bot and the worker wake each other less often."""
    ends = os.pipe()
    with contextlib.suppress(OSError):
        fcntl.fcntl(ends[1], fcntl.F_SETPIPE_SZ, _PIPE_SIZE)
    return ends
