"""Decides how an attempt ended, from what the guest said, how its process died, and why the host stopped it.

Pure: no process, no clock. The order of the questions is the order of trust: what the host did, what
the kernel saw, and only then what the guest says.
"""

from __future__ import annotations

import signal
from enum import StrEnum
from typing import Any, cast

from codex32_server.kit.json_limits import JsonInvalidError, JsonLimits, JsonTooDeepError, parse_json
from codex32_server.runtime.backends.port import Ended
from codex32_server.runtime.contract import End, Limits, RunError
from codex32_server.runtime.conversation import Verdict
from codex32_server.runtime.guest.plain import DEEPEST


class Stop(StrEnum):
    """Why the host ended a run."""

    CANCELLED = "cancelled"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"
    EGRESS = "egress"


def judge(verdict: Verdict, ended: Ended, stop: Stop | None, limits: Limits) -> tuple[End, RunError | None]:
    """The end and its reason; no reason means success, and then `verdict.output` is sound."""
    if stop is Stop.CANCELLED:
        return End.CANCELLED, RunError("cancelled", "The run was cancelled.", retryable=False)
    if stop is Stop.TIMEOUT:
        return End.TIMED_OUT, RunError("timeout", f"The run took longer than {limits.timeout:g} seconds.")
    if stop is Stop.PROTOCOL:
        detail = "The bot wrote to the private descriptor of the platform."
        return End.FAILED, RunError("protocol_error", detail, retryable=False)
    if stop is Stop.EGRESS:
        detail = "The egress proxy ended while the run had connections open."
        return End.FAILED, RunError("egress_failed", detail)
    error = _fault(verdict, ended, limits)
    return (End.FAILED, error) if error else (End.SUCCEEDED, None)


def _fault(verdict: Verdict, ended: Ended, limits: Limits) -> RunError | None:
    if verdict.output is not None:
        return check_output(verdict.output, limits.output)
    if ended.out_of_memory or (verdict.error and verdict.error.code == "out_of_memory"):
        traceback = verdict.error.traceback if verdict.error else None
        return RunError(
            "out_of_memory", f"The bot needed more than {_size(limits.memory)} of memory.", traceback
        )
    if verdict.error and verdict.error.code == "disk_full":
        return RunError("disk_full", _disk_sentence(verdict.error, limits), verdict.error.traceback)
    if verdict.error:
        return verdict.error
    if ended.signal:
        return RunError("killed_by_signal", f"The bot was killed by {_signal_name(ended.signal)}.")
    if ended.exit_code is not None:
        return RunError("exit_code", f"The bot ended with exit code {ended.exit_code} and without an output.")
    return RunError("killed_by_signal", "The bot was killed by SIGKILL, with everything it started.")


def judge_report(document: bytes) -> tuple[End, RunError | None]:
    """The end of a run in mode `tests`: a report that counts failures is not a success."""
    report = parse_json(document, JsonLimits(len(document), DEEPEST), name="report")
    counts = cast("dict[str, Any]", report) if isinstance(report, dict) else {}
    total, failed = counts.get("total"), counts.get("failed")
    if not isinstance(total, int) or not isinstance(failed, int):
        detail = "The report on the tests has another shape."
        return End.FAILED, RunError("protocol_error", detail, retryable=False)
    if failed:
        detail = f"{failed} of {total} tests failed."
        return End.FAILED, RunError("tests_failed", detail, retryable=False)
    return End.SUCCEEDED, None


def check_output(document: bytes, limit: int) -> RunError | None:
    """The guest checks too, but a bot can pretend to be it."""
    if len(document) > limit:
        return RunError("output_too_large", f"The output is larger than {limit} bytes.", retryable=False)
    try:
        parse_json(document, JsonLimits(limit, DEEPEST), name="output")
    except JsonTooDeepError as error:
        return RunError("output_too_deep", error.detail, retryable=False)
    except JsonInvalidError as error:
        return RunError("output_not_json", error.detail, retryable=False)
    return None


def _disk_sentence(error: RunError, limits: Limits) -> str:
    room = f"{_size(limits.disk)} to /tmp or {_size(limits.files)} to its output"
    return f"The bot wrote more than {room}: {error.detail}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _size(count: int) -> str:
    """Bytes as people write them, `256 MiB`."""
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if count >= unit and count % unit == 0:
            return f"{count // unit} {name}"
    return f"{count} bytes"
