"""Steps in any order: what is composed always compiles, needs only what it has, and a few are really run."""

from __future__ import annotations

import ast
import builtins
from pathlib import Path

import pytest
from codex32_server.features.builder.recipes.compose import compose
from codex32_server.features.builder.recipes.model import BuiltBot, Refusal, Understanding
from codex32_server.features.builder.recipes.understand import understand
from hypothesis import given, settings
from hypothesis import strategies as st
from support.builder.running import pytest_in, written

STEPS = (
    "drop rows without an email", "drop empty rows", "deduplicate by email", "deduplicate by name and city",
    "drop rows where amount is below 10", "keep rows where country is Spain or amount is above 5",
    "keep rows where date is after 2026-01-01", "validate that email is a valid email", "trim the spaces",
    "lowercase the name", "fill missing city with Rome", "sort by amount descending", "keep the first 3 rows",
    "drop the phone column", "rename mail to address", "keep rows where name contains \"a\"",
    "drop rows where amount is not a number",
)  # fmt: skip
ENDS = (
    "report how many were dropped", "sum of amount per country", "count rows", "average and max of amount",
    "save it as result.json", "convert it to json", "report the number of rows per city",
)  # fmt: skip
WHENS = ("", "every monday at 9 ", "every 15 minutes ", "on the first of the month at 7 ")


@st.composite
def wishes(draw: st.DrawFn) -> str:
    steps = draw(st.lists(st.sampled_from(STEPS), min_size=1, max_size=5, unique=True))
    ends = draw(st.lists(st.sampled_from(ENDS), max_size=2, unique=True))
    return f"{draw(st.sampled_from(WHENS))}read people.csv, {', '.join([*steps, *ends])}"


def composed(wish: str) -> BuiltBot | Refusal:
    meaning = understand(wish)
    assert isinstance(meaning, Understanding), (wish, meaning)
    return compose(meaning)


@settings(max_examples=80, deadline=None)
@given(wishes())
def test_every_order_of_steps_is_sound(wish: str) -> None:
    bot = composed(wish)
    assert isinstance(bot, BuiltBot), (wish, bot)
    tree = ast.parse(bot.files["bot.py"])
    defined = {
        name.asname or name.name for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }  # fmt: skip
    defined |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    defined |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    stored = (
        node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
    defined |= {node.id for node in stored} | set(vars(builtins))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert used <= defined, used - defined
    compile(bot.files["test_bot.py"], "test_bot.py", "exec")


@pytest.mark.slow
@settings(max_examples=4, deadline=None, derandomize=True)
@given(wishes())
def test_a_few_of_them_pass_their_own_tests(wish: str) -> None:
    import tempfile

    bot = composed(wish)
    assert isinstance(bot, BuiltBot)
    with tempfile.TemporaryDirectory() as folder:
        told = pytest_in(written(bot, Path(folder)), "test_bot.py")
    assert told.returncode == 0, f"{wish}\n{told.stdout}"
