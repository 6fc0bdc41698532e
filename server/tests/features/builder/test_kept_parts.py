"""What was told as understood stays in the bot, whatever is answered later; what is left out stays out."""

from __future__ import annotations

import pytest
from codex32_server.features.builder.recipes.model import Questions, Understanding
from codex32_server.features.builder.recipes.understand import understand
from support.builder.describe import describe
from support.builder.sentences import SENTENCES

TIDY = "every weekday morning scrub up my contact frobs: remove the duplicates and give me back a clean file"
SMALL = (
    "clean the contacts CSV, remove duplicates and write the e-mail addresses in tiny frobs and without frobs"
)
CLEAN = "Spaces around values are removed, and rows with nothing in them are dropped."


def walked(wish: str, *given: str) -> tuple[list[str], Understanding]:
    """What was told on the way, and the end; answers are given in the order in which is asked."""
    answers: dict[str, str] = {}
    told: list[str] = []
    for answer in given:
        asked = understand(wish, answers)
        assert isinstance(asked, Questions), asked
        told += asked.understood
        answers[asked.questions[0].id] = answer
    found = understand(wish, answers)
    assert isinstance(found, Understanding), found
    return told, found


def test_cleaning_that_was_answered_stays() -> None:
    told, found = walked(TIDY, "clean the contacts CSV", "9:00")
    assert CLEAN in told
    assert CLEAN in found.say()
    assert set(told) <= set(found.say())


def test_the_sentence_that_came_of_answers_means_the_same_when_it_is_read_again() -> None:
    _, found = walked(TIDY, "clean the contacts CSV", "9:00")
    again = understand(found.sentence, {"schedule-1.time": "9:00"})
    assert isinstance(again, Understanding)
    assert again.say() == found.say()


@pytest.mark.parametrize("join", [",", " and", ", then"])
def test_cleaning_beside_other_steps_is_a_step(join: str) -> None:
    assert describe(f"clean contacts.csv{join} deduplicate by email") == (
        "contacts.csv | Clean; Deduplicate email"
    )


def test_what_is_left_out_is_asked_no_more() -> None:
    _, found = walked(SMALL, "")
    assert found.deliveries == []
    assert [one.block.family for one in found.placed] == ["clean", "deduplicate"]


def test_an_answer_that_says_what_to_do_takes_the_verb_of_sending_with_it() -> None:
    _, found = walked(SMALL, "lowercase the email")
    assert [one.block.family for one in found.placed] == ["clean", "tidy text", "deduplicate"]


def test_it_is_said_how_to_leave_something_out() -> None:
    asked = understand(SMALL)
    assert isinstance(asked, Questions)
    assert "leave it empty to leave this out" in asked.questions[0].text


@pytest.mark.parametrize("wish", [text for text, told in SENTENCES if not told.startswith(("?", "!"))][::4])
def test_nothing_that_was_told_is_lost_after_an_answer(wish: str) -> None:
    asked = understand(f"{wish.rstrip('.')}, frobnicate wibble")
    if not isinstance(asked, Questions):
        return
    found = understand(f"{wish.rstrip('.')}, frobnicate wibble", {one.id: "" for one in asked.questions})
    if isinstance(found, Understanding):
        # The zone is the bot's then; of a watch more is told, and rules that follow each other are one.
        whole = " ".join((*found.say(), f"Its times are those of {found.zone}."))
        assert all(
            said.partition(" when ")[0].partition(";")[0].rstrip(".") in whole for said in asked.understood
        )


def test_nothing_is_proposed_that_would_not_be_understood_itself() -> None:
    asked = understand(
        "From my list of marks tell me which pupils have less than 5 in Maths, sorted by name."
    )
    assert isinstance(asked, Questions)
    assert "of mark" not in [one.default for one in asked.questions]


@pytest.mark.parametrize(
    ("sentence", "meaning"),
    [
        (
            "put the e-mail addresses in small letters and without spaces in people.csv",
            "people.csv | ChangeText trim email; ChangeText lower email",
        ),
        (
            "deduplicate people.csv by email, put the e-mail addresses in small letters",
            "people.csv | ChangeText lower email; Deduplicate email",
        ),
        (
            "pon nombre en minúsculas y sin espacios en gente.csv",
            "gente.csv | ChangeText trim nombre; ChangeText lower nombre",
        ),
    ],
)
def test_values_are_written_alike_before_duplicates_go(sentence: str, meaning: str) -> None:
    assert describe(sentence) == meaning
