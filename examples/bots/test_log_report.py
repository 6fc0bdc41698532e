from codex32_bot.testing import workbench
from log_report import main

LOG = """\
2026-11-02 09:14:01 INFO started
2026-11-02 09:15:09 ERROR user 17 not found
2026-11-02 10:15:10 ERROR user 18 not found
2026-11-02 10:16:00 WARN slow answer: 812 ms
2026-11-02 10:17:00 CRITICAL disk 'data' is full
"""


def test_errors_that_differ_only_in_numbers_are_one() -> None:
    with workbench(inputs={"app.log": LOG}) as bench:
        report = main()
        assert report["errors"][0] == {"message": "user … not found", "count": 2, "first_line": 2}
        assert report["levels"] == {"INFO": 1, "ERROR": 2, "WARNING": 1, "CRITICAL": 1}
        assert report["worst_hour"] == "2026-11-02 10:00"
        assert "user … not found" in bench.output_text("report.md")


def test_a_log_without_errors() -> None:
    with workbench(inputs={"app.log": "INFO fine\nINFO still fine\n"}):
        report = main()
    assert report == {"lines": 2, "levels": {"INFO": 2}, "errors": [], "worst_hour": None}


def test_an_empty_log() -> None:
    with workbench(inputs={"app.log": ""}):
        assert main()["lines"] == 0
