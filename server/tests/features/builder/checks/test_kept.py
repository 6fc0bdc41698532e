"""What tests show no more."""

from __future__ import annotations

import pytest
from codex32_server.features.builder.checks.kept import lost

CODE = "def read(n):\n    return n\n\n\ndef main(n=1):\n    return read(n)\n\n\ndef other():\n    return 2\n"


def bot(tests: str, code: str = CODE) -> dict[str, str]:
    return {
        "bot.py": code,
        "test_bot.py": f"import pytest\nfrom bot import main, other\n\n\n{tests}",
        "x.csv": "(",
    }


ONE = "def test_one():\n    assert main() == 1\n"
TWO = "def test_two():\n    assert other() == 2\n"
MANY = "@pytest.mark.parametrize('n', [1, 2, 3])\ndef test_many(n):\n    assert main(n) == n\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ONE, ONE),
        (ONE, ONE + TWO),
        (ONE + TWO, ONE.replace("one", "first") + TWO.replace("two", "second")),
        (ONE + ONE.replace("one", "three"), MANY),
        (MANY, MANY.replace("[1, 2, 3]", "CASES")),
        (
            ONE + TWO,
            "class TestAll:\n    def test_x(self):\n        assert (main(), other()) == (1, 2)\n" + TWO,
        ),
        ("def test_(:", ONE),
        (ONE, "def test_(:"),
    ],
)
def test_nothing_is_lost(before: str, after: str) -> None:
    assert lost(bot(before), bot(after)) == []


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (ONE + TWO, TWO, "there are 1 cases where there were 2 (gone: test_one)"),
        (MANY, MANY.replace("[1, 2, 3]", "[1]"), "there are 1 cases where there were 3"),
        (MANY, ONE, "there are 1 cases where there were 3 (gone: test_many)"),
        (
            ONE + TWO,
            ONE + f"@pytest.mark.skip\n{TWO}",
            "there are 1 cases where there were 2 (gone: test_two)",
        ),
        (ONE, ONE.replace("assert main() == 1", "main()"), "these tests assert nothing any more: test_one"),
        (ONE, ONE.replace("main() == 1", "True"), "these tests assert nothing any more: test_one"),
        (TWO, TWO.replace("other()", "main(2)"), "no test reaches any more: other"),
    ],
)
def test_what_is_lost(before: str, after: str, told: str) -> None:
    assert told in lost(bot(before), bot(after))


def test_what_is_not_there_any_more_needs_no_test() -> None:
    smaller = CODE.partition("\n\n\ndef other")[0]
    assert lost(bot(TWO), bot(TWO.replace("other()", "main(2)"), smaller)) == []


def test_assertions_of_a_function_beside_count() -> None:
    helped = "def check(n):\n    assert n\n\n\ndef test_one():\n    check(main())\n"
    assert lost(bot(ONE), bot(helped)) == []
