import pytest
from codex32_bot.testing import workbench
from text_statistics import main


def test_counts() -> None:
    result = main("The river runs. The river stays!\n\nDon't follow the river…", top=1)
    assert result["words"] == 10
    assert result["different_words"] == 6
    assert result["sentences"] == 3
    assert result["paragraphs"] == 2
    assert result["top"] == {"river": 3}
    assert result["longest_word"] == "follow"


def test_an_empty_text_divides_by_nothing() -> None:
    result = main("")
    assert result["words"] == 0
    assert result["words_per_sentence"] == 0.0


def test_a_file() -> None:
    with workbench(inputs={"a.txt": "\ufeffPäivää, maailma."}):
        assert main(file="a.txt")["words"] == 2


def test_neither_text_nor_file() -> None:
    with pytest.raises(ValueError, match="text or file"):
        main()
