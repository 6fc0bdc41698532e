"""A wire on which the host speaks of its own too: a thread reads, answers go to whoever asked.

For services only. What the host asks is `probe`: run a command, say whether it ended with 0.
"""

from __future__ import annotations

import _thread
import os
import queue
import subprocess
import sys

from .wire import Wire

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from .wire import Header

_LONGEST_DETAIL = 500


class Duplex(Wire):
    """Takes the place of a Wire whose order has been received."""

    def __init__(self, wire: Wire) -> None:
        self._socket = wire._socket
        self._lock = wire._lock
        self._owner = wire._owner
        self._asking = _thread.allocate_lock()
        self._answers: queue.SimpleQueue[tuple[Header, bytes] | None] = queue.SimpleQueue()
        _thread.start_new_thread(self._listen, ())

    def ask(self, header: Header, body: bytes = b"") -> tuple[Header, bytes]:
        with self._asking:
            self.tell(header, body)
            answer = self._answers.get()
        if answer is None:
            self._answers.put(None)
            raise ConnectionError("the platform is gone")
        return answer

    def _listen(self) -> None:
        try:
            while True:
                header, body = self._receive()
                if header["kind"] == "probe":
                    _thread.start_new_thread(self._probe, (header,))
                else:
                    self._answers.put((header, body))
        except (OSError, ValueError):
            self._answers.put(None)

    def _probe(self, header: Header) -> None:
        ok, detail = _run(header["command"], header["timeout"])
        self.tell({"kind": "probed", "id": header["id"], "ok": ok, "detail": detail[:_LONGEST_DETAIL]})


def _run(command: list[str], timeout: float) -> tuple[bool, str]:
    """Whether it ended with 0, and its last words."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            check=False,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        return False, f"it took longer than {timeout:g} seconds"
    except OSError as error:
        return False, f"it could not be started: {error}"
    said = done.stdout[-4096:].decode(errors="replace").strip()
    if done.returncode == 0:
        return True, said
    return False, f"it ended with {done.returncode}: {said}" if said else f"it ended with {done.returncode}"
