"""Files as models write them."""

from __future__ import annotations

import pytest
from codex32_server.features.builder.model_engine.files import AnswerError, CannotError, shown, written
from support.builder.said_by_models import GOOD, said


def test_files_come_back_as_they_were() -> None:
    assert written(said(GOOD)) == GOOD
    assert written(shown(GOOD) + "\n=== end ===") == GOOD


@pytest.mark.parametrize(
    "answer",
    [
        "Of course! Here is your bot:\n\n" + said(GOOD),
        said(GOOD).replace("\n", "\r\n"),
        said(GOOD) + "\nI hope this helps!",
        said({name: f"```python\n{text}```\n" for name, text in GOOD.items()}),
        said(GOOD).replace("=== bot.py ===", "===== `bot.py` ====="),
    ],
)
def test_what_models_put_around_their_files(answer: str) -> None:
    assert written(answer) == GOOD


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("I am sorry, I cannot help with that.", "no files"),
        ("", "no files"),
        (said(GOOD, end=False), "cut off"),
        (said(GOOD)[:700], "cut off before `=== end ===`, in bot.py"),
        (said({"bot.py": "x = 1\n"}), "no test_bot.py and no README.md"),
        (said({**GOOD, "README.md": "  \n"}), "no README.md"),
        (said({**GOOD, "setup.py": "x"}), "no file 'setup.py'"),
        (said({"../bot.py": "x"}), "no file '../bot.py'"),
        (said({**GOOD, "bot.py": "x" * 70_000}), "70001 characters"),
        (said({**GOOD, "bot.py": "a\0b"}), "NUL"),
        ("=== bot.py ===\nx\n=== bot.py ===\ny\n=== end ===", "twice"),
    ],
)
def test_what_is_not_in_the_form_says_what_to_do(answer: str, why: str) -> None:
    with pytest.raises(AnswerError, match=why.replace("(", r"\(")):
        written(answer)


def test_a_repair_writes_only_what_changes() -> None:
    assert written(said({"bot.py": "x = 1\n"}), needed=()) == {"bot.py": "x = 1\n"}
    with pytest.raises(AnswerError, match="no files"):
        written("=== end ===", needed=())


def test_a_model_may_say_that_it_cannot() -> None:
    with pytest.raises(CannotError, match=r"It needs api\.example\.com"):
        written("=== cannot ===\nIt needs api.example.com.")
