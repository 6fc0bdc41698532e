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
from support.builder.running import together

# ruff: noqa: E501 - wishes as they are read
STEPS = (
    "drop rows without an email", "drop empty rows", "deduplicate by email", "deduplicate by name and city",
    "drop rows where amount is below 10", "keep rows where country is Spain or amount is above 5",
    "keep rows where date is after 2026-01-01", "validate that email is a valid email", "trim the spaces",
    "lowercase the name", "fill missing city with Rome", "sort by amount descending", "keep the first 3 rows",
    "drop the phone column", "rename mail to address", "keep rows where name contains \"a\"",
    "drop rows where amount is not a number", "add a column total = amount * 2 + 1",
    "round amount to 1 decimal",
    "put amount into bands at 5 and 20", "add the month of date", "add a running total of amount per country",
    "add the percent change of amount", "add the 2 day moving average of amount", "add a rank column by amount",
    "number the rows", "split name by space into given, family", "merge name and city into label",
    "extract the email addresses from notes", "map country: ES to Spain, FR to France",
    "replace every \"-\" with \" \" in notes", "write the date as DD/MM/YYYY", "convert weight from kg to lb",
    "convert amount from USD to EUR at 0.92", "keep the top 2 rows per country by amount",
    "take a random sample of 4 rows", "flag the outliers in amount", "drop the outliers in weight",
    "keep only the new rows since the last run by email", "classify the notes as good or bad",
    "translate the name to Spanish", "add the sentiment of notes",
)  # fmt: skip
ENDS = (
    "report how many were dropped", "sum of amount per country", "count rows", "average and max of amount",
    "save it as result.json", "convert it to json", "report the number of rows per city",
    "save it as Excel", "save it as out.jsonl", "write a markdown table of the result", "zip the result",
    "draw a bar chart of the sum of amount by country", "draw a pie chart of the number of rows by city",
    "report the percentage of rows with amount above 5", "count rows across all runs",
)  # fmt: skip
WHENS = ("", "every monday at 9 ", "every 15 minutes ", "on the first of the month at 7 ")


@st.composite
def wishes(draw: st.DrawFn) -> str:
    steps = draw(st.lists(st.sampled_from(STEPS), min_size=1, max_size=5, unique=True))
    ends = draw(st.lists(st.sampled_from(ENDS), max_size=2, unique=True))
    source = draw(st.sampled_from(("read people.csv", "read people.xlsx", "read all the CSV files")))
    return f"{draw(st.sampled_from(WHENS))}{source}, {', '.join([*steps, *ends])}"


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
    defined |= {node.name for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) and node.name}
    defined |= {node.id for node in stored} | set(vars(builtins))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert used <= defined, used - defined
    compile(bot.files["test_bot.py"], "test_bot.py", "exec")


@pytest.mark.slow
def test_some_of_them_pass_their_own_tests(tmp_path: Path) -> None:
    bots: dict[str, BuiltBot] = {}
    wanted: list[str] = []

    @settings(max_examples=16, deadline=None, derandomize=True, database=None)
    @given(wishes())
    def collect(wish: str) -> None:
        bot = composed(wish)
        assert isinstance(bot, BuiltBot)
        bots[str(len(bots))] = bot
        wanted.append(wish)

    collect()
    told = together(bots, tmp_path, "--tb=short")
    assert told.returncode == 0, "\n".join([*(f"{at} {wish}" for at, wish in enumerate(wanted)), told.stdout])
