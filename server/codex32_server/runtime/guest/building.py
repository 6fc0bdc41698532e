"""The first process of a sandbox in which packages are built from source: opens the door to the package
index on loopback, runs the installer, and ends with it, and everything with it.

The host's side is `runtime.dependencies.confinement`.
"""

from __future__ import annotations

import os
import sys

from . import confine, forwarder, network

PORT = 3141
_BROKE = 70


def main() -> None:
    """Started by the host: processes, bytes of the largest file, bytes of data, then the command."""
    processes, largest, data = (int(argument) for argument in sys.argv[1:4])
    command = sys.argv[4:]
    confine.set_dumpable(False)
    doors = network.open_doors([("127.0.0.1", PORT, network.TO_PROXY)], {})
    confine.limit_resources(processes, largest, data)
    forwarder.start(doors, ())
    child = os.fork()
    if child == 0:
        try:
            doors[0].listener.close()
            os.execv(command[0], command)  # noqa: S606 - the installer, named by the host
        finally:
            os._exit(_BROKE)
    doors[0].listener.close()
    while True:
        ended, status = os.waitpid(-1, 0)
        if ended == child:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)
