import pytest
from codex32_bot.testing import workbench
from keyword_report import main


def test_counts_and_places() -> None:
    texts = {"a.txt": "The River rises.\nNo riverbank here, only the river.\n", "b.csv": "river\n"}
    with workbench(inputs=texts):
        report = main(["river", "rises quickly"])
    assert report["river"]["count"] == 2
    assert report["river"]["places"][1] == {
        "file": "a.txt",
        "line": 2,
        "text": "No riverbank here, only the river.",
    }
    assert report["rises quickly"] == {"count": 0, "places": []}


def test_only_some_places_are_shown() -> None:
    with workbench(inputs={"a.md": "x " * 100}):
        report = main(["x"], places=2)
    assert report["x"]["count"] == 100
    assert len(report["x"]["places"]) == 2


def test_a_keyword_is_text_and_no_pattern() -> None:
    with workbench(inputs={"a.txt": "costs 3.50 (net)\ncosts 3x50\n"}):
        assert main(["3.50", "(net)"])["3.50"]["count"] == 1


def test_no_keyword() -> None:
    with pytest.raises(ValueError, match="keyword"):
        main([" "])
