"""Mode `tests`: pytest on the files beside the bot; the report goes through the descriptor, the text to
stdout.
"""

from __future__ import annotations

import json
import os
import sys

from .entry import BOT_FOLDER

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from typing import Any

_LONGEST_MESSAGE = 4_000
_MOST_TESTS = 2_000
_FLAGS = (
    # One line for each test as it ends: whoever watches the output sees them run. Differences stay short.
    "-v", "-o", "verbosity_assertions=0", "--no-header", "--tb=short", "--color=no",
    "--import-mode=importlib", "-p", "no:cacheprovider", "--continue-on-collection-errors",
    "-c", "/dev/null", f"--rootdir={BOT_FOLDER}", f"--confcutdir={BOT_FOLDER}",
)  # fmt: skip


def run(order: dict[str, Any], _body: bytes) -> bytes:
    """{total, passed, failed, skipped, tests: [{name, outcome, message, seconds}]}."""
    sys.path.append(order["proof"])
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    import pytest  # noqa: PLC0415 - only in this mode  # pyright: ignore

    report = Report()
    pytest.main([*_FLAGS, BOT_FOLDER], plugins=[report])
    return json.dumps(report.document()).encode()


class Report:
    """A pytest plugin that keeps one line for each test and for each file that could not be collected."""

    def __init__(self) -> None:
        self.tests: dict[str, dict[str, Any]] = {}

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self._note(report, "failed")

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed or report.skipped or report.when == "call":
            self._note(report, report.outcome)

    def document(self) -> dict[str, Any]:
        tests = list(self.tests.values())
        counts = {
            outcome: sum(test["outcome"] == outcome for test in tests)
            for outcome in ("passed", "failed", "skipped")
        }
        return {"total": len(tests), **counts, "tests": tests[:_MOST_TESTS]}

    def _note(self, report: Any, outcome: str) -> None:
        former = self.tests.get(report.nodeid)
        if former and former["outcome"] == "failed":
            return
        message = str(report.longrepr)[-_LONGEST_MESSAGE:] if report.longrepr else None
        self.tests[report.nodeid] = {
            "name": report.nodeid,
            "outcome": outcome,
            "message": message,
            "seconds": round(getattr(report, "duration", 0.0), 4),
        }
