"""Which reason wins when several are true."""

from __future__ import annotations

import pytest
from codex32_server.runtime.backends.port import Ended
from codex32_server.runtime.contract import End, Limits, RunError
from codex32_server.runtime.conversation import Verdict
from codex32_server.runtime.verdicts import Stop, check_output, judge, judge_report

LIMITS = Limits()
GOOD = Verdict(output=b"1")
RAISED = Verdict(error=RunError("bot_error", "ValueError: x"))
SILENT = Verdict()


def ended(code: int | None = None, number: int | None = None, *, memory: bool = False) -> Ended:
    return Ended(code, number, memory, None, None)


@pytest.mark.parametrize(
    ("verdict", "how", "stop", "end", "code"),
    [
        (GOOD, ended(0), None, End.SUCCEEDED, None),
        (GOOD, ended(None, 9), None, End.SUCCEEDED, None),
        (GOOD, ended(0, memory=True), None, End.SUCCEEDED, None),
        (GOOD, ended(0), Stop.CANCELLED, End.CANCELLED, "cancelled"),
        (GOOD, ended(0), Stop.TIMEOUT, End.TIMED_OUT, "timeout"),
        (GOOD, ended(0), Stop.PROTOCOL, End.FAILED, "protocol_error"),
        (RAISED, ended(1), None, End.FAILED, "bot_error"),
        (RAISED, ended(1, memory=True), None, End.FAILED, "out_of_memory"),
        (SILENT, ended(None, 9, memory=True), None, End.FAILED, "out_of_memory"),
        (SILENT, ended(None, 11), None, End.FAILED, "killed_by_signal"),
        (SILENT, ended(3), None, End.FAILED, "exit_code"),
        (SILENT, ended(0), None, End.FAILED, "exit_code"),
        (SILENT, ended(), None, End.FAILED, "killed_by_signal"),
    ],
)
def test_order_of_reasons(
    verdict: Verdict, how: Ended, stop: Stop | None, end: End, code: str | None
) -> None:
    found, error = judge(verdict, how, stop, LIMITS)
    assert (found, error.code if error else None) == (end, code)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (b'{"a": [1, 2.5, null, "x"]}', None),
        (b"[" * 64 + b"]" * 64, None),
        (b"[" * 65 + b"]" * 65, "output_too_deep"),
        (b"[" * 100_000 + b"]" * 100_000, "output_too_deep"),
        (b"NaN", "output_not_json"),
        (b'{"a": 1e999}', "output_not_json"),
        (b'"\xff"', "output_not_json"),
        (b"", "output_not_json"),
        (b"1 2", "output_not_json"),
        (b'"' + b"x" * 2_000_000 + b'"', "output_too_large"),
    ],
)
def test_outputs(document: bytes, code: str | None) -> None:
    error = check_output(document, 1_000_000)
    assert (error.code if error else None) == code


@pytest.mark.parametrize(
    ("report", "end", "code"),
    [
        (b'{"total": 2, "passed": 2, "failed": 0}', End.SUCCEEDED, None),
        (b'{"total": 2, "passed": 1, "failed": 1}', End.FAILED, "tests_failed"),
        (b'{"total": "2"}', End.FAILED, "protocol_error"),
        (b"[]", End.FAILED, "protocol_error"),
    ],
)
def test_reports(report: bytes, end: End, code: str | None) -> None:
    found, error = judge_report(report)
    assert (found, error.code if error else None) == (end, code)
