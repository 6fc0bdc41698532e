"""A process that supervises one sleeping child of a home, for tests that kill it.

Arguments: the home, and for a detached start `--report-fd N`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from codex32_server.kit.errors import Codex32Error
from codex32_server.main.detach import report_failure, report_ready
from codex32_server.main.running import UpLock
from codex32_server.main.supervisor import ChildSpec, Supervisor
from codex32_server.storage.homes import open_home

URL = "http://127.0.0.1:1"


async def supervise(folder: Path, report: int | None) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    sleeper = ChildSpec("api", [sys.executable, "-S", "-c", "import time; time.sleep(600)"], dict(os.environ))
    with UpLock(open_home(folder), URL) as lock:
        supervisor = Supervisor([sleeper], changed=lambda all_: lock.write(all_, ready=False))
        await supervisor.start()
        lock.write(supervisor.status(), ready=True)
        if report is not None:
            report_ready(report, ["open " + URL])
        await stop.wait()
        await supervisor.stop()


if __name__ == "__main__":
    descriptor = int(sys.argv[3]) if len(sys.argv) > 3 else None
    try:
        asyncio.run(supervise(Path(sys.argv[1]), descriptor))
    except Codex32Error as error:
        if descriptor is None:
            sys.exit(error.detail)
        report_failure(descriptor, error)
