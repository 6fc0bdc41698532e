"""The modes of the guest, outside of a sandbox: arguments of main and the report of tests."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from codex32_server.runtime.guest import main_mode
from codex32_server.runtime.guest.failure import Failure
from codex32_server.runtime.guest.tests_mode import Report


def positional_only(a: int, /, b: int) -> None: ...
def optional(a: int, b: int = 1, *, c: int, d: int = 2) -> None: ...
def anything(a: int, **rest: int) -> None: ...


@pytest.mark.parametrize(
    ("function", "given", "words"),
    [
        (optional, {}, "lacks a, c"),
        (optional, {"a": 1}, "lacks c"),
        (optional, {"a": 1, "c": 1, "z": 1, "y": 1}, "does not take y, z"),
        (anything, {"z": 1}, "lacks a"),
        (optional, [1], "JSON object"),
        (optional, None, "JSON object"),
    ],
)
def test_arguments_that_do_not_fit(function: Any, given: Any, words: str) -> None:
    with pytest.raises(Failure, match=words) as caught:
        main_mode._arguments(function, given)
    assert caught.value.code == "input_invalid"


@pytest.mark.parametrize(
    ("function", "given"),
    [(optional, {"a": 1, "c": 2}), (anything, {"a": 1, "z": 2}), (print, {"sep": ""}), (lambda: 1, {})],
)
def test_arguments_that_fit(function: Any, given: Any) -> None:
    assert main_mode._arguments(function, given) == given


def test_coroutines_are_run_to_their_end() -> None:
    async def main() -> int:
        return 5

    assert main_mode._finished(main()) == 5
    assert main_mode._finished(6) == 6


def _told(name: str, outcome: str, when: str = "call", text: str | None = None) -> Any:
    return SimpleNamespace(
        nodeid=name, outcome=outcome, when=when, longrepr=text, duration=0.5,
        failed=outcome == "failed", skipped=outcome == "skipped",
    )  # fmt: skip


def test_the_report_has_one_line_for_each_test() -> None:
    report = Report()
    report.pytest_collectreport(_told("test_a.py", "passed"))
    report.pytest_collectreport(_told("test_b.py", "failed", text="ImportError"))
    for when in ("setup", "call", "teardown"):
        report.pytest_runtest_logreport(_told("test_a.py::good", "passed", when))
    report.pytest_runtest_logreport(_told("test_a.py::bad", "failed", "call", "assert 1 == 2"))
    report.pytest_runtest_logreport(_told("test_a.py::late", "passed", "call"))
    report.pytest_runtest_logreport(_told("test_a.py::late", "failed", "teardown", "x" * 9000))
    report.pytest_runtest_logreport(_told("test_a.py::not", "skipped", "setup"))
    document = report.document()
    assert [document[key] for key in ("total", "passed", "failed", "skipped")] == [5, 1, 3, 1]
    outcomes = {test["name"]: (test["outcome"], len(test["message"] or "")) for test in document["tests"]}
    assert outcomes["test_b.py"] == ("failed", 11)
    assert outcomes["test_a.py::late"] == ("failed", 4000)
    assert outcomes["test_a.py::good"] == ("passed", 0)
