"""Bots built from sentences pass their own tests, cover themselves, and are right about other data."""

from __future__ import annotations

import ast
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest
from codex32_server.features.builder.recipes.compose import compose
from codex32_server.features.builder.recipes.model import BuiltBot, Refusal, Understanding
from codex32_server.features.builder.recipes.understand import understand
from support.builder.compositions import COMPOSITIONS
from support.builder.many import proof_of
from support.builder.running import HIDDEN, built, written
from support.builder.sentences import SENTENCES

REPOSITORY = Path(__file__).parents[4]


@pytest.mark.slow
def test_built_bots_pass_their_own_tests_and_hidden_ones(tmp_path: Path) -> None:
    """All in one process: starting one for each took longer than the tests."""
    folders: list[Path] = []
    for name, (sentence, check) in COMPOSITIONS.items():
        folder = written(built(sentence), tmp_path / name.replace(" ", "-").replace(",", ""))
        hidden = HIDDEN + textwrap.indent(textwrap.dedent(check), "    ")
        (folder / "test_hidden.py").write_text(hidden, "utf-8")
        folders.append(folder)
    told = proof_of(folders)
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.slow
def test_built_bots_are_clean_and_formatted(tmp_path: Path) -> None:
    for name, (sentence, _) in COMPOSITIONS.items():
        folder = written(built(sentence), tmp_path / name.replace(" ", "-").replace(",", ""))
        for arguments in (["check"], ["check", "--isolated"], ["format", "--check"]):
            config = [] if "--isolated" in arguments else ["--config", str(REPOSITORY / "pyproject.toml")]
            ruff = [sys.executable, "-m", "ruff", *arguments, "--no-cache", *config, "."]
            told = subprocess.run(ruff, cwd=folder, capture_output=True, text=True, check=False)
            assert told.returncode == 0, f"{sentence}\n{told.stdout}{told.stderr}"


def test_every_sentence_of_the_table_becomes_sound_code() -> None:
    made = 0
    for sentence, _ in SENTENCES:
        meaning = understand(sentence, assume_defaults=True)
        if isinstance(meaning, Understanding):
            bot = compose(meaning)
            assert isinstance(bot, BuiltBot), (sentence, bot)
            for path in ("bot.py", "test_bot.py"):
                tree = ast.parse(bot.files[path])
                assert ast.get_docstring(tree), (sentence, path)
                assert max(len(line) for line in bot.files[path].splitlines()) <= 110, sentence
            assert "TODO" not in bot.files["bot.py"]
            made += 1
    assert made > 130


def test_the_manifest_says_when_and_grants_nothing() -> None:
    bot = built("every day at 9, 12 and 18:30 in New York time clean contacts.csv")
    lines = bot.files["bot.py"].split("# ///\n")[0].splitlines()[1:]
    manifest = tomllib.loads("\n".join(line.removeprefix("#").removeprefix(" ") for line in lines))["tool"][
        "codex32"
    ]
    assert manifest["triggers"] == [
        {"schedule": "0 9,12 * * *", "timezone": "America/New_York"},
        {"schedule": "30 18 * * *", "timezone": "America/New_York"},
    ]
    assert not {"network", "secrets", "budget"} & manifest.keys()


def test_the_page_says_what_when_and_with_what() -> None:
    page = built("every weekday at 9 drop rows without an email from contacts.csv").files["README.md"]
    for words in (
        "every weekday",
        "Rows without email are dropped",
        "--file contacts.csv=PATH",
        "No network",
        "attach",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("clean the contacts CSV: drop rows without an email, deduplicate by email", "clean-contacts"),
        ("sum amount per country in sales.csv", "summarise-sales"),
        ("join a.csv with b.csv on id", "join-a-b"),
        ("remember the price and tell me when it changes", "watch-price"),
        ("remind me to water the plants every friday at 9", "remind-water-the-plants"),
        ("report the top 5 words in notes.txt", "keywords-notes"),
        ("convert people.csv to json", "convert-people"),
        ("sort 2024.csv by name", "sort-2024"),
    ],
)
def test_names_are_short_and_say_what_it_is(sentence: str, name: str) -> None:
    assert built(sentence).name == name


def test_a_column_used_after_it_is_gone_is_refused() -> None:
    meaning = understand("keep only the columns name and email of people.csv and sort by age")
    assert isinstance(meaning, Understanding)
    refusal = compose(meaning)
    assert isinstance(refusal, Refusal)
    assert "age" in refusal.reason


def test_the_same_sentence_gives_the_same_bot() -> None:
    sentence = COMPOSITIONS["join and total"][0]
    assert built(sentence).files == built(sentence).files
