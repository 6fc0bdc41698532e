"""Steps on rows, formats and models: what sentences mean, and that bots built from them are right."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from codex32_server.features.builder.recipes import parts
from codex32_server.features.builder.recipes.catalog import BLOCKS
from codex32_server.features.builder.recipes.compose import compose
from codex32_server.features.builder.recipes.cutter import library
from codex32_server.features.builder.recipes.formulas import Formula
from codex32_server.features.builder.recipes.grammar import LANGUAGES
from codex32_server.features.builder.recipes.model import BuiltBot, Questions, Refusal, Understanding
from codex32_server.features.builder.recipes.spellings import strftime_of
from codex32_server.features.builder.recipes.understand import understand
from codex32_server.features.builder.recipes.units import UNITS
from support.builder.checks_steps import CHECKS
from support.builder.describe import describe
from support.builder.running import HIDDEN, built, together
from support.builder.sentences_steps import ENGLISH, REFUSED, SPANISH

REPOSITORY = Path(__file__).parents[4]


@pytest.mark.parametrize(("sentence", "meaning"), [*ENGLISH, *SPANISH])
def test_sentences(sentence: str, meaning: str) -> None:
    assert describe(sentence) == meaning


@pytest.mark.parametrize("sentence", REFUSED)
def test_what_is_not_understood_is_not_built(sentence: str) -> None:
    assert isinstance(understand(sentence), Questions | Refusal)


def test_there_are_many_blocks_and_each_speaks_both_languages() -> None:
    assert len(BLOCKS) >= 70
    for block in BLOCKS:
        assert block.phrases.keys() in ({"en", "es"}, set[str]()), block.family
        assert block.example, block.family
    families = [block.family for block in BLOCKS]
    assert len(set(families)) == len(families)


def test_every_example_becomes_a_bot() -> None:
    for block in BLOCKS:
        meaning = understand(block.example, zone="UTC", assume_defaults=True)
        assert isinstance(meaning, Understanding), (block.family, meaning)
        bot = compose(meaning)
        assert isinstance(bot, BuiltBot), (block.family, bot)
        tree = ast.parse(bot.files["bot.py"])
        main = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "main")
        parameters = {argument.arg for argument in main.args.args}
        assert not parameters & library().definitions.keys(), "a parameter hides a function that is called"


@pytest.mark.slow
def test_bots_pass_their_own_tests_and_hidden_ones_and_are_clean(tmp_path: Path) -> None:
    bots: dict[str, BuiltBot] = {}
    for at, (sentence, check) in enumerate(CHECKS.values()):
        bots[str(at)] = built(sentence)
        hidden = HIDDEN.replace("from bot import", f"from bot_{at} import")
        body = textwrap.indent(textwrap.dedent(check), "    ")
        (tmp_path / f"test_hidden_{at}.py").write_text(hidden + body, encoding="utf-8")
    names = [f"--cov=bot_{at}" for at in bots]
    told = together(bots, tmp_path, *names, "--cov-report=json", "--tb=short")
    assert told.returncode == 0, told.stdout[-6000:] + told.stderr[-2000:]
    covered = json.loads((tmp_path / "coverage.json").read_text(encoding="utf-8"))["files"]
    for at, (name, _) in enumerate(CHECKS.items()):
        assert covered[f"bot_{at}.py"]["summary"]["percent_covered"] >= 80, name
    config = ["--config", str(REPOSITORY / "pyproject.toml")]
    files = sorted(str(path) for path in tmp_path.glob("*.py") if "hidden" not in path.name)
    for arguments in (["check", "--ignore", "I001"], ["format", "--diff"]):
        ruff = [sys.executable, "-m", "ruff", *arguments, "--no-cache", *config, *files]
        done = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("YYYY-MM-DD", "%Y-%m-%d"), ("dd.mm.yyyy", "%d.%m.%Y"), ("DD Mon YYYY", "%d %b %Y"),
        ("MM/YY", "%m/%y"),
        ("DD/MM/AAAA", "%d/%m/%Y"), ("DD/DD/YYYY", ""), ("DD/MM", ""), ("YYYY-MM-DD-HH", ""), ("hello", ""),
    ],
)  # fmt: skip
def test_forms_of_dates(written: str, form: str) -> None:
    assert strftime_of(written) == form


def test_formulas_keep_their_meaning_with_few_brackets() -> None:
    a, b, c = (Formula(column=name) for name in "abc")
    for formula, text, value in (
        (Formula("-", a, Formula("-", b, c)), "a - (b - c)", 6.0),
        (Formula("-", Formula("-", a, b), c), "a - b - c", 2.0),
        (Formula("*", Formula("+", a, b), c), "(a + b) * c", 20.0),
        (Formula("/", a, Formula("*", b, c)), "a / (b * c)", 7 / 6),
        (Formula("+", a, Formula("*", b, c)), "a + b * c", 13.0),
    ):
        assert (formula.say(), formula.compute({"a": 7, "b": 3, "c": 2})) == (text, value)


def test_every_unit_can_be_said_in_both_languages() -> None:
    for language in LANGUAGES:
        assert set(language.tables["units"].values()) == UNITS.keys()
        assert {"emails", "links", "numbers"} <= set(language.tables["kinds"].values())


def test_a_budget_is_shown_before_anything_is_built() -> None:
    bot = built("classify the message in tickets.csv as complaint or praise")
    assert 'budget = { per_run = "0.05 USD" }' in bot.files["bot.py"]
    assert "up to 0.05 USD in a run" in " ".join(bot.understanding)
    assert "0.05 USD" in bot.files["README.md"]


def test_names_of_parts_are_unique() -> None:
    """Bots are cut out of all modules of `parts` by name."""
    found: dict[str, str] = {}
    for path in sorted(Path(parts.__file__).parent.glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            target = node.targets[0] if isinstance(node, ast.Assign) else node
            name = getattr(target, "name", None) or getattr(target, "id", None)
            if name:
                assert name not in found, f"{name} is in {found[name]} and in {path.name}"
                found[name] = path.name


def test_the_page_says_which_files_it_takes() -> None:
    assert "not scans" in built("report the top 5 words in letter.pdf").files["README.md"]
    assert "Excel workbooks" in built("sort sales.xlsx by amount").files["README.md"]
    assert (
        "or zip of such files" in built("read all the CSV files and count rows per file").files["README.md"]
    )


def test_dependencies_are_those_of_the_files() -> None:
    assert '"openpyxl>=3.1.5,<4"' in built("sort sales.xlsx by amount").files["bot.py"]
    assert '"pypdf>=6"' in built("report the top 5 words in letter.pdf").files["bot.py"]
    assert "dependencies = []" in built("sort sales.csv by amount").files["bot.py"]
