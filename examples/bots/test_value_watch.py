from codex32_bot.testing import workbench
from value_watch import HISTORY, main


def test_a_limit_is_reported_once() -> None:
    with workbench() as bench:
        assert main(90, above=100)["crossed"] is None
        assert main(101, above=100)["crossed"] == "above"
        assert main(102, above=100)["crossed"] is None
        assert main(99, above=100, below=99.5)["crossed"] == "below"
        assert [entry.level for entry in bench.logs] == ["warning", "warning"]


def test_changes_within_the_tolerance() -> None:
    with workbench(state={"watch/value": [10.0]}):
        assert main(10.4, tolerance=0.5)["changed"] is False
        assert main(11.0, tolerance=0.5)["changed"] is True


def test_keys_are_apart_and_the_history_is_short() -> None:
    with workbench() as bench:
        findings = [main(number, key="a") for number in range(HISTORY + 5)]
        assert len(findings[-1]["history"]) == HISTORY
        assert main(1, key="b")["previous"] is None
        assert set(bench.state) == {"watch/a", "watch/b"}
