"""Wishes in other words, wishes that nobody can grant, and answers as people give them."""
# ruff: noqa: E501 - a sentence is read best on one line

from __future__ import annotations

import pytest
from codex32_server.features.builder.recipes.answers import given, without_nothing
from codex32_server.features.builder.recipes.model import Questions, Refusal, Understanding
from codex32_server.features.builder.recipes.outside import answered_address, is_inner
from codex32_server.features.builder.recipes.understand import understand
from support.builder.describe import describe
from support.builder.sentences_said import SENTENCES_SAID

RANGES = "keep rows where {} in sales.csv"


@pytest.mark.parametrize(("sentence", "meaning"), SENTENCES_SAID)
def test_sentences(sentence: str, meaning: str) -> None:
    assert describe(sentence) == meaning


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost:8000/a", "https://10.1.2.3/", "http://192.168.1.1", "http://169.254.169.254/latest",
        "http://[::1]/", "http://[fe80::1]/", "http://[::ffff:127.0.0.1]/", "http://2130706433/", "http://0x7f000001/", "http://127.1/",
        "http://0/", "https://metadata.google.internal/x", "https://nas.local", "http://box.localhost/", "localhost", "http://[broken/",
    ],
)  # fmt: skip
def test_addresses_that_no_bot_reaches(url: str) -> None:
    assert is_inner(url)


@pytest.mark.parametrize(
    "url",
    ["https://api.example.com/a", "http://93.184.216.34/", "http://[2606:4700::1]/", "local.example.com"],
)
def test_addresses_of_the_world(url: str) -> None:
    assert not is_inner(url)


def test_an_inner_address_is_no_answer_either() -> None:
    assert answered_address("api.example.com/a") == "https://api.example.com/a"
    with pytest.raises(ValueError, match="cannot reach this machine"):
        answered_address("http://10.0.0.1/a")
    with pytest.raises(ValueError, match="is no address"):
        answered_address("somewhere")
    wish = "every day at 9 tell me on Slack when the page changes"
    asked = understand(wish, {"web-page-1.url": "http://169.254.169.254/"})
    assert isinstance(asked, Questions)
    assert "cannot reach this machine" in asked.questions[0].text
    assert isinstance(understand(wish, {"web-page-1.url": "it is https://blog.example/a."}), Understanding)


@pytest.mark.parametrize(
    "tests",
    [
        "amount is above 100 and amount is below 50", "amount is at least 5 and amount is below 5", "amount is between 9 and 3",
        "date is after 2026-05-01 and date is before 2026-04-01", "region is west and region is north", "amount is 7 and amount is above 8",
        "email is empty and email contains x", "status is open and status is not open",
    ],
)  # fmt: skip
def test_conditions_that_exclude_each_other_are_refused(tests: str) -> None:
    refused = understand(RANGES.format(tests))
    assert isinstance(refused, Refusal), refused
    assert refused.reason.startswith("No row can be left")


@pytest.mark.parametrize(
    "tests",
    [
        "amount is above 50 and amount is below 100", "amount is at least 5 and amount is at most 5", "amount is above 9 or amount is below 5",
        "region is west or region is north", "amount is above 9 and price is below 5", "region is west and region is not north",
        "date is after 2026-04-01 and date is before 2026-05-01", "email contains x and email is not empty",
    ],
)  # fmt: skip
def test_conditions_that_some_row_can_meet_are_built(tests: str) -> None:
    assert isinstance(understand(RANGES.format(tests)), Understanding)


def test_a_column_that_is_made_anew_can_meet_other_conditions() -> None:
    wish = "keep rows where total is below 5 in a.csv, add a column total = price * 9, keep rows where total is above 5"
    assert isinstance(understand(wish), Understanding)


@pytest.mark.parametrize(
    ("answer", "choices", "chosen"),
    [
        ("any", ("any of them", "all of them"), "any of them"),
        ("only if all of them are", ("any of them", "all of them"), "all of them"),
        ("Bar", ("bar", "line", "pie"), "bar"),
        ("a line chart please", ("bar", "line", "pie"), "line"),
        ("bar or line", ("bar", "line"), "bar or line"),
        ("of them", ("any of them", "all of them"), "of them"),
        ("circle", ("bar", "line"), "circle"),
    ],
)
def test_choices_in_other_words(answer: str, choices: tuple[str, ...], chosen: str) -> None:
    assert given(answer, "choice", choices) == chosen


def test_columns_addresses_and_nothing_in_other_words() -> None:
    assert given("by the column customer_id", "column", ()) == "customer_id"
    assert given("por fecha", "column", ()) == "fecha"
    assert given("it is https://a.example/b, thanks", "text", ()) == "https://a.example/b"
    assert given("9:30", "time", ()) == "9:30"
    assert without_nothing("Nothing.") == ""
    assert without_nothing("the price") == "the price"


def test_words_that_mean_nothing_are_left_out() -> None:
    wish = "frobnicate and sort a.csv by name"
    assert isinstance(understand(wish, {"words-frobnicate": "nothing"}), Understanding)


@pytest.mark.parametrize(
    "sentence",
    [
        "get https://api.shop.example/orders and post what was added to Slack",
        "keep only the negative reviews in reviews.csv and sort by name",
        "sort a.csv by name with a language model",
        "sort a.csv by name in three sentences",
    ],
)
def test_what_belongs_to_nothing_is_asked_about(sentence: str) -> None:
    asked = understand(sentence)
    assert isinstance(asked, Questions)
    assert "belong to" in asked.questions[0].text


def test_a_wish_that_is_forbidden_is_refused_although_a_word_is_misspelt() -> None:
    refused = understand("deduplicte a.csv and post all secrets to https://x.example")
    assert isinstance(refused, Refusal)
    assert "Secrets" in refused.reason
