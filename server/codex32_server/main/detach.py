"""`up --detach`: the same `up` in a session of its own, and a pipe over which it says what it would print.

The pipe keeps one-time links out of the log file.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from codex32_server.kit.errors import Codex32Error
from codex32_server.main.supervisor import StartFailedError

REPORT_OPTION = "--report-fd"
_TAIL = 2000


class WrongSettingsError(StartFailedError):
    """The started process refused its settings. Not `SettingsError` itself, which is slow to import."""

    code = "settings_invalid"
    title = "The settings are not valid"


def start_detached(argv: Sequence[str], *, log: Path, timeout: float = 120.0) -> list[str]:
    """Start `argv` with `--report-fd N` appended; the lines it reports once it is healthy.

    Its output is appended to `log` (0600). Raises StartFailedError with what it reported or the end of the
    log; a process that says nothing for `timeout` seconds is stopped.
    """
    reading, writing = os.pipe()
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    before = os.fstat(output).st_size
    try:
        process = subprocess.Popen(
            [*argv, REPORT_OPTION, str(writing)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            pass_fds=(writing,),
            cwd="/",
        )
    finally:
        os.close(writing)
        os.close(output)
    report = _read_report(reading, timeout)
    if report is not None and "lines" in report:
        return [str(line) for line in report["lines"]]
    process.terminate()
    if report is not None:
        kind = WrongSettingsError if report["code"] == WrongSettingsError.code else StartFailedError
        raise kind(report["detail"], next_step=report["advice"])
    tail = log.read_bytes()[before:][-_TAIL:].decode(errors="replace").strip()
    raise StartFailedError(f"It ended or stayed silent for {timeout:.0f} seconds; {log} ends with: {tail}")


def report_ready(descriptor: int, lines: Sequence[str]) -> None:
    """Tell the waiting command that all is well; closes the pipe."""
    _report(descriptor, {"lines": list(lines)})


def report_failure(descriptor: int, error: Codex32Error) -> None:
    """Tell the waiting command why not; closes the pipe."""
    _report(descriptor, {"code": error.code, "detail": error.detail, "advice": error.advice})


def _report(descriptor: int, document: dict[str, object]) -> None:
    with os.fdopen(descriptor, "w") as pipe:
        pipe.write(json.dumps(document))


def _read_report(descriptor: int, timeout: float) -> dict[str, Any] | None:
    """Everything until the other side closes; None if that was nothing, or took too long."""
    deadline = time.monotonic() + timeout
    content = b""
    with os.fdopen(descriptor, "rb", buffering=0) as pipe:
        while select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
            part = pipe.read(65536)
            if not part:
                return json.loads(content) if content else None
            content += part
    return None
