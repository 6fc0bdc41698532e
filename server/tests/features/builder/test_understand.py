"""What sentences mean: a table of wordings, answers to questions, and that no word is ever lost."""

from __future__ import annotations

import re
import time

import pytest
from codex32_server.features.builder.recipes.model import Questions, Refusal, Understanding
from codex32_server.features.builder.recipes.understand import understand
from hypothesis import given, settings
from hypothesis import strategies as st
from support.builder.describe import describe
from support.builder.sentences import SENTENCES

DONE = (
    "every weekday at 9 clean the contacts CSV: drop rows without an email, deduplicate by email, "
    "and report how many were dropped"
)
SHOWN_IN_OTHERS = {
    "time zone",
    "how to fetch",
    "how to tell",
    "how a model answers",
    "what a model decided",
    "send",
    "what is wrong with a site",
    "webhook payload",
}
SORTED = "The rows are sorted by name, lowest first; empty ones come last."


@pytest.mark.parametrize(("sentence", "meaning"), SENTENCES)
def test_sentences(sentence: str, meaning: str) -> None:
    assert describe(sentence) == meaning


def test_capitals_and_a_full_stop_do_not_matter() -> None:
    assert describe(DONE.upper().replace("CSV", "csv") + ".") == describe(DONE).replace("email", "EMAIL")


def test_every_block_shows_its_own_example() -> None:
    from codex32_server.features.builder.recipes.catalog import BLOCKS

    for block in BLOCKS:
        meaning = understand(block.example, zone="UTC", assume_defaults=True)
        assert isinstance(meaning, Understanding), (block.family, meaning)
        read = {placed.block.family for placed in meaning.placed}
        assert block.family in read or block.family in SHOWN_IN_OTHERS, block.example


@pytest.mark.parametrize(
    "extra",
    [
        "quickly", "but only on holidays", "and frobnicate the result", "unless it rains", "except for Bob",
        "without telling anyone", "and guess the missing names", "in alphabetical Klingon",
        "and make the report friendly", "if the moon is full",
    ],
)  # fmt: skip
def test_a_clause_that_is_not_understood_is_never_dropped(extra: str) -> None:
    meaning = understand(f"{DONE} {extra}")
    assert isinstance(meaning, Questions | Refusal), meaning


def test_an_answer_takes_the_place_of_the_words() -> None:
    wish = "drop rows where the amount is too small in sales.csv"
    asked = understand(wish)
    assert isinstance(asked, Questions)
    question = asked.questions[0]
    assert question.about in wish
    assert describe(wish, answers={question.id: "drop rows where amount is below 10"}) == (
        "sales.csv | FilterRows [amount is below 10]"
    )


def test_an_empty_answer_leaves_the_words_out() -> None:
    wish = "clean contacts.csv and make it pretty"
    asked = understand(wish)
    assert isinstance(asked, Questions)
    assert asked.questions[0].optional
    assert describe(wish, answers={"words-make-it-pretty": ""}) == "contacts.csv | Clean"


def test_a_slip_of_the_pen_is_asked_with_the_mended_word() -> None:
    asked = understand("deduplciate people.csv by name")
    assert isinstance(asked, Questions)
    assert [question.default for question in asked.questions] == ["deduplicate"]
    answers = {asked.questions[0].id: "deduplicate"}
    assert describe("deduplciate people.csv by name", answers=answers) == "people.csv | Deduplicate name"


def test_slots_are_filled_by_answers_and_wrong_answers_are_asked_again() -> None:
    wish = "every morning sort a.csv by name"
    assert describe(wish, answers={"schedule-1.time": "7:30"}) == "a.csv | cron 30 7 * * *; SortRows name"
    again = understand(wish, {"schedule-1.time": "25:99"})
    assert isinstance(again, Questions)
    assert "25:99" in again.questions[0].text


def test_defaults_are_taken_only_when_asked_for_and_are_written_down() -> None:
    meaning = understand("every morning sort a.csv by name", assume_defaults=True)
    assert isinstance(meaning, Understanding)
    assert meaning.assumed == ("At what time should it run? → 09:00",)
    vague = understand("do something with my data", assume_defaults=True)
    assert isinstance(vague, Questions)


def test_half_filled_blocks_are_not_told_as_understood() -> None:
    for wish in (
        "every morning sort a.csv by name",
        "at 7:00 sort a.csv by name",
        "every monday frobnicate a.csv and sort a.csv by name",
        "validate code in items.csv and sort it by name",
    ):
        asked = understand(wish)
        assert isinstance(asked, Questions)
        assert asked.understood == (*asked.understood[:-1], SORTED), wish
        assert not any(" at ." in said or "every  " in said or " valid;" in said for said in asked.understood)


def test_what_a_short_word_probably_means_is_proposed() -> None:
    asked = understand("dupes")
    assert isinstance(asked, Questions)
    assert [question.default for question in asked.questions] == ["remove duplicates"]
    assert describe("dupes", answers={asked.questions[0].id: "remove duplicates"}) == "| Deduplicate"


def test_a_clause_to_check_is_not_a_value_to_remember() -> None:
    asked = understand("check that email in contacts.csv is splendid")
    assert not isinstance(asked, Understanding)
    assert "remembers" not in repr(asked)


def test_a_file_merged_by_an_answer() -> None:
    wish = "combine january.csv and february.csv"
    assert "StackTables" in describe(wish, answers={"join-1.columns": "stack"})
    assert "JoinTables january.csv february.csv id" in describe(wish, answers={"join-1.columns": "id"})


def test_a_reminder_gets_its_time_from_the_answer() -> None:
    answers = {"schedule": "every friday at 18"}
    assert describe("remind me to call mum", answers=answers) == "| Reminder call mum; cron 0 18 * * 5"


def test_the_source_of_a_scheduled_value_replaces_the_wish() -> None:
    wish = "every hour check the price and tell me when it changes"
    answer = "every hour remember the sum of price in data.csv and tell me when it changes"
    assert describe(wish, answers={"source-price": answer}).startswith(
        "data.csv | cron 0 * * * *; Watch remember"
    )


def test_the_zone_of_the_sentence_goes_before_that_of_the_caller() -> None:
    assert "@Asia/Tokyo" in describe("every day at 9 Tokyo time sort a.csv by b", zone="Europe/Madrid")
    assert "@Europe/Madrid" in describe("every day at 9 sort a.csv by b", zone="Europe/Madrid")


def test_long_sentences_are_refused_with_a_reason() -> None:
    assert "2000 characters" in describe("sort a.csv by name " * 200)
    assert describe("a " * 400).startswith("! The sentence has more than 300 words")


def test_reading_takes_milliseconds() -> None:
    understand(DONE)
    begin = time.thread_time()
    for _ in range(5):
        understand(DONE)
    assert (time.thread_time() - begin) / 5 < 0.25, "about 15 ms on an idle core"


WORDS = st.sampled_from(
    re.findall(
        r"\S+",
        """
        drop rows without an email , and deduplicate by name contacts.csv every monday at 9 where amount below
        10 or is the report sum of per country tell me when it changes above 100 % " ( ) : sort top 5
        remind to not but if only frobnicate Spain price 25:99 2026-13-45 Europe/Nowhere
        join with csv json cada sin
        """,
    )
)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=14))
def test_no_heap_of_words_breaks_it(words: list[str]) -> None:
    meaning = understand(" ".join(words))
    assert isinstance(meaning, Understanding | Questions | Refusal)
    if "frobnicate" in words and "remind" not in words and '"' not in words:
        assert not isinstance(meaning, Understanding) or "frobnicate" in repr(meaning.placed)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    assert isinstance(understand(text), Understanding | Questions | Refusal)


@pytest.mark.parametrize(
    "server", ["boss@firm.example", "localhost", "smtp://firm.example", "firm.example:smtp"]
)
def test_a_mail_server_is_a_host(server: str) -> None:
    answers = {"e-mail-1.addresses": "ann@firm.example", "e-mail-1.server": server}
    found = understand("sum the amount in sales.csv and email it", answers)
    assert isinstance(found, Questions), found
    assert [one.id for one in found.questions] == ["e-mail-1.server"]


def test_an_address_keeps_no_password() -> None:
    found = understand("check every hour whether https://bob:hunter2@shop.example/health is up")
    assert isinstance(found, Refusal), found
    assert "password" in found.reason
    assert "hunter2" not in found.about


@pytest.mark.parametrize(
    ("sentence", "days"),
    [
        ("every weekday morning sort sales.csv by amount", "every weekday (Monday to Friday)"),
        ("on monday mornings sort sales.csv by amount", "every Monday"),
        ("cada lunes por la mañana ordena ventas.csv por importe", "every Monday"),
    ],
)
def test_a_morning_is_asked_for_its_hour(sentence: str, days: str) -> None:
    asked = understand(sentence)
    assert isinstance(asked, Questions)
    assert [(one.text, one.default) for one in asked.questions] == [("At what time should it run?", "09:00")]
    assert f"It runs {days} at 9:00." in _said(understand(sentence, assume_defaults=True))


@pytest.mark.parametrize("answer", ["the price", "price", "remember the price"])
def test_what_is_watched_may_be_named_alone(answer: str) -> None:
    wish = (
        "check the price of https://shop.example.com/kettle every hour and tell me on Slack if it is below 30"
    )
    asked = understand(wish)
    assert isinstance(asked, Questions)
    understood = understand(wish, {asked.questions[0].id: answer})
    assert "It fetches the value (price) at https://shop.example.com/kettle." in _said(understood)


def _said(understood: Understanding | Questions | Refusal) -> list[str]:
    assert isinstance(understood, Understanding)
    return [one.block.say() for one in understood.placed]
