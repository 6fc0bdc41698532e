"""The first tests of a bot that has none pass for it, and fail for another."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from codex32_server.features.builder.suggestions.advice import suggestions
from codex32_server.features.builder.suggestions.first_tests import first_tests, shows
from codex32_server.features.builder.suggestions.model import Evidence, Recorded
from codex32_server.kit.manifest.manifest import parse_header

ADDS = (
    "def main(a: int = 1, b: int = 2, words: list[str] | None = None) -> dict:\n    return {'sum': a + b}\n"
)
READS = (
    "from codex32_bot import files\n\n\ndef main(file: str = 'a.csv') -> dict:\n"
    "    return {'rows': len(files.input(file).open().read().split())}\n"
)


def evidence(code: str, *recorded: Recorded, manifest: str = "", **more: Any) -> Evidence:
    source = f'# /// script\n# [tool.codex32]\n# name = "shop"\n{manifest}# ///\n{code}'
    header = parse_header(source)
    proof = more.pop("proof", "unproven")
    return Evidence("shop", header.manifest, "bot.py", {"bot.py": source}, proof, recorded=recorded, **more)


@pytest.fixture
def bot() -> Iterator[ModuleType]:
    module = sys.modules["bot"] = ModuleType("bot")
    yield module
    del sys.modules["bot"]


def failures(tests: str | None, bot: ModuleType, code: str) -> list[str]:
    """Names of the tests that do not pass for the code."""
    assert tests is not None
    exec(code, vars(bot))
    found: dict[str, Any] = {}
    exec(compile(tests, "test_bot.py", "exec"), found)
    failed: list[str] = []
    for name, test in found.items():
        if name.startswith("test_"):
            try:
                test()
            except Exception:  # noqa: BLE001 - whatever it raises, it did not pass
                failed.append(name)
    return failed


def test_of_a_bot_that_never_ran(bot: ModuleType) -> None:
    tests = first_tests(evidence(ADDS))
    assert failures(tests, bot, ADDS) == []
    assert failures(tests, bot, ADDS.replace("b: int", "d: int")) == ["test_it_takes_what_it_took"]
    assert shows(evidence(ADDS)).endswith("what it gives is for you to add.")


def test_what_runs_were_given_and_gave(bot: ModuleType) -> None:
    runs = [
        Recorded("r1", {"a": 2}, {"sum": 4}),
        Recorded("r2", {"a": 2}, {"sum": 4}),
        Recorded("r3", {}, {"sum": 3}),
    ]
    seen = evidence(ADDS, *runs)
    tests = first_tests(seen)
    assert failures(tests, bot, ADDS) == []
    assert failures(tests, bot, ADDS.replace("a + b", "a - b")) == [
        "test_it_gives_what_it_gave_1",
        "test_it_gives_what_it_gave_2",
    ]
    assert "the same as in its last 2 different runs" in shows(seen)


def test_files_that_a_run_was_given(bot: ModuleType) -> None:
    seen = evidence(READS, Recorded("r1", {}, {"rows": 2}, {"a.csv": "name\nAnn “A”\\n"}))
    text = seen.recorded[0].files["a.csv"]
    given = {"rows": len(text.split())}
    tests = first_tests(evidence(READS, Recorded("r1", {}, given, {"a.csv": text})))
    assert failures(tests, bot, READS) == []


def test_of_what_the_clock_changes_only_the_form_is_claimed(bot: ModuleType) -> None:
    code = "import random\n\n\ndef main() -> dict:\n    return {'n': random.random()}\n"
    tests = first_tests(evidence(code, Recorded("r1", {}, {"n": 0.5})))
    assert failures(tests, bot, code) == []
    assert failures(tests, bot, code.replace("'n'", "'m'")) == ["test_it_gives_what_it_gave_1"]


@pytest.mark.parametrize(
    ("code", "manifest"),
    [
        (ADDS, '# network = ["api.shop.example"]\n'),
        (ADDS, '# secrets = ["KEY"]\n'),
        ("from codex32_bot import state\n\n\n" + ADDS, ""),
        (ADDS.replace("a: int = 1", "a: Order | None = None"), ""),
        (ADDS.replace("def main", "async def main"), ""),
    ],
)
def test_what_more_goes_in_is_not_played_again(code: str, manifest: str) -> None:
    tests = first_tests(evidence(code, Recorded("r1", {"a": 1}, {"sum": 3}), manifest=manifest))
    assert tests is not None
    assert "what_it_gave" not in tests


def test_a_bot_without_main_gets_none() -> None:
    assert first_tests(evidence("from elsewhere import main\n")) is None


def test_it_is_the_first_suggestion_and_a_click_away() -> None:
    seen = evidence(ADDS, manifest='# network = ["api.shop.example"]\n')
    first = suggestions(seen)[0]
    assert (first.id, first.effort, first.wish, list(first.files or {})) == (
        "no-tests",
        "small",
        None,
        ["test_bot.py"],
    )
    assert suggestions(evidence("from elsewhere import main\n"))[0].wish
    assert "no-tests" not in [one.id for one in suggestions(evidence(ADDS, proof="proven"))]
