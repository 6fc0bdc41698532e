"""Sentences that change a bot: what they add, what they take away, and what they must leave alone."""
# ruff: noqa: E501 - one change on one line

from __future__ import annotations

import pytest
from codex32_server.features.builder.recipes.blocks.triggers import Schedule
from codex32_server.features.builder.recipes.editing import Edited, edit
from codex32_server.features.builder.recipes.model import Questions, Refusal, Understanding
from codex32_server.features.builder.recipes.understand import understand
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.builder.describe import describe
from support.builder.sentences import SENTENCES

CLEAN = "every weekday at 9 clean the contacts.csv: drop rows without an email, deduplicate by email, then sum the amount per country"
SUM = "sum the amount in sales.csv"
SLACK = "every weekday at 9 deduplicate contacts.csv by email and post the result to Slack"
VIERNES = "cada viernes a las 17:00 suma el importe de ventas.csv"
FILAS = "elimina las filas sin email de contactos.csv, ordena por nombre y publícalo en Slack"
ROWS = "drop rows without an email from contacts.csv and sort by name"
BY = "sum the amount by country in sales.csv"
MARKS = "keep rows where Maths is less than 5 in marks.csv, sorted by name"
NOTAS = "conserva las filas donde nota es menor que 5 de notas.csv, ordena por nombre"
MEANT = [
    (MARKS, "less than 6 instead of 5", "FilterRows [Maths is below 6] True; SortRows name"),
    (MARKS, "less than 6 instead of less than 5", "FilterRows [Maths is below 6] True; SortRows name"),
    (MARKS, "6 instead of 5", "FilterRows [Maths is below 6] True; SortRows name"),
    (MARKS, "sort by Pupil instead of name", "FilterRows [Maths is below 5] True; SortRows Pupil"),
    (MARKS, "sorting by Pupil rather than name", "FilterRows [Maths is below 5] True; SortRows Pupil"),
    (NOTAS, "menor que 6 en vez de 5", "FilterRows [nota is below 6] True; SortRows nombre"),
    (NOTAS, "menor que 6 en lugar de 5", "FilterRows [nota is below 6] True; SortRows nombre"),
    (NOTAS, "ordenado por apellido en vez de nombre", "FilterRows [nota is below 5] True; SortRows apellido"),
    (
        CLEAN,
        "only on mondays",
        "contacts.csv | cron 0 9 * * 1; DropMissing email; Deduplicate email; Summarise sum amount country",
    ),
    (CLEAN, "run it at 8 instead", "cron 0 8 * * 1-5"),
    (CLEAN, "run it every day at 10:30", "cron 30 10 * * *"),
    (CLEAN, "every 2 hours", "cron 0 */2 * * *"),
    (CLEAN, "change 9 to 10", "cron 0 10 * * 1-5"),
    (CLEAN, "don't deduplicate any more", "!Deduplicate"),
    (CLEAN, "remove the deduplication", "!Deduplicate"),
    (CLEAN, "stop dropping rows without an email", "!DropMissing"),
    (CLEAN, "use phone instead of email", "DropMissing phone"),
    (CLEAN, "per city instead of per country", "amount city"),
    (CLEAN, "also sort by amount, highest first", "SortRows"),
    (CLEAN, "also keep only rows where amount is above 10", "FilterRows"),
    (CLEAN, "in New York time", "@America/New_York"),
    (SUM, "run it every day at 9", "cron 0 9 * * *"),
    (SUM, "average instead of sum", "average"),
    ("every day at 9 and at 18 sort a.csv by name", "only at 9", "cron 0 9 * * *"),
    ("on the 1st of every month at 7 sum the amount in a.csv", "at 9 instead", "cron 0 9 1 * *"),
    ("every 15 minutes sum the amount in a.csv", "only on workdays", "cron */15 * * * 1-5"),
    ("every monday and friday at 7 sum amount in a.csv, Europe/Paris", "at 8", "cron 0 8 * * 1,5"),
    (SLACK, "don't post it to Slack any more", "!Slack"),
    (SLACK, "remove the Slack message", "!Slack"),
    (SLACK, "send it to Telegram instead of Slack", "Telegram"),
    (VIERNES, "solo los lunes", "cron 0 17 * * 1"),
    (VIERNES, "también ordena por importe", "SortRows"),
    (VIERNES, "cambia ventas.csv por compras.csv", "compras.csv"),
    (FILAS, "ya no elimines las filas sin email", "!DropMissing"),
    (FILAS, "ya no elimines filas", "!DropMissing"),
    (FILAS, "ya no ordenes por nombre", "!SortRows"),
    (FILAS, "deja de ordenar", "!SortRows"),
    (FILAS, "ya no lo publiques en Slack", "!Slack"),
    (FILAS, "deja de enviarlo a Slack", "!Slack"),
    (ROWS, "stop dropping rows", "!DropMissing"),
    (ROWS, "no longer drop rows without email", "!DropMissing"),
    (ROWS, "stop sorting it", "!SortRows"),
    (BY, "per city instead of per country", "amount city"),
    (BY, "by city instead of for each country", "amount city"),
    (BY, "per city instead of country", "amount city"),
    (CLEAN, "by city instead of by country", "amount city"),
    ("sum the amount for each country in a.csv", "group by city instead of by country", "amount city"),
    ("suma el importe por pais en ventas.csv", "por cada ciudad en vez de por cada pais", "importe ciudad"),
]


def changed(origin: str, wish: str) -> Edited:
    found = edit(origin, wish, zone="Europe/Madrid")
    assert isinstance(found, Edited), found
    return found


@pytest.mark.parametrize(("origin", "wish", "meaning"), MEANT)
def test_a_change_means_what_was_asked_for(origin: str, wish: str, meaning: str) -> None:
    found = changed(origin, wish)
    told = describe(found.sentence)
    if meaning.startswith("!"):
        assert meaning[1:] not in told
    else:
        assert meaning in told


@pytest.mark.parametrize(
    ("origin", "wish", "meaning"),
    [
        (CLEAN, "at 8 instead", "cron 0 8 * * 1-5"),
        (
            "every 15 minutes between 9 and 18 on weekdays, sum the amount in a.csv",
            "every 10 minutes instead",
            "cron */10 9-17 * * 1-5",
        ),
        (
            "every 15 minutes between 9 and 18 on weekdays, sum the amount in a.csv",
            "every 10 minutes between 8 and 10",
            "cron */10 8-9 * * 1-5",
        ),
    ],
)
@pytest.mark.parametrize("assume_defaults", [False, True])
def test_what_another_time_leaves_open_stays(
    origin: str, wish: str, meaning: str, assume_defaults: bool
) -> None:
    found = edit(origin, wish, assume_defaults=assume_defaults)
    assert isinstance(found, Edited), found
    assert meaning in describe(found.sentence)


@pytest.mark.parametrize(("origin", "wish", "meaning"), MEANT)
def test_the_new_words_mean_the_same_when_they_are_read_again(origin: str, wish: str, meaning: str) -> None:
    del meaning
    found = changed(origin, wish)
    assert understand(found.sentence, zone="Europe/Madrid") == found.understanding


@pytest.mark.parametrize(
    "wish",
    ["make it better", "send it to the moon", "unless it is a holiday", "also do what we talked about"],
)
def test_what_is_not_understood_is_asked_about(wish: str) -> None:
    found = edit(CLEAN, wish, zone="Europe/Madrid")
    assert isinstance(found, Questions), found


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("", "Nothing was said"),
        ("deduplicate by email", "does that already"),
        ("use telephone instead of fax", "“fax”"),
        ("don't sort any more", "“sort”"),
        ("on weekdays at 9", "does that already"),
    ],
)
def test_what_changes_nothing_is_refused(wish: str, said: str) -> None:
    found = edit(CLEAN, wish, zone="Europe/Madrid")
    assert isinstance(found, Refusal), found
    assert said in found.reason


def test_a_bot_of_other_words() -> None:
    found = edit("please do as I say", "only on mondays")
    assert isinstance(found, Refusal)
    assert "Build it anew" in found.reason


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("monday to thursday", "1-4"),
        ("every monday, tuesday, wednesday and thursday", "1-4"),
        ("saturday and sunday", "6,0"),
        ("friday to sunday", "5-6,0"),
        ("saturday to monday", "1,6,0"),
        ("sunday", "0"),
    ],
)
def test_equal_days_are_written_alike(said: str, days: str) -> None:
    found = understand(f"{said} at 7 sort a.csv by name", zone="Europe/Madrid")
    assert isinstance(found, Understanding)
    assert [one.block.days for one in found.placed if isinstance(one.block, Schedule)] == [days]


_BUILT = [text for text, told in SENTENCES if not told.startswith(("?", "!"))]


@settings(max_examples=40)
@given(
    st.sampled_from(_BUILT),
    st.sampled_from(
        ["only on mondays at 7", "also sort by name", "change 9 to 10", "don't deduplicate any more"]
    ),
)
@example(origin="monday to thursday at 7 sort a.csv by name", wish="also sort by name")
def test_what_the_wish_does_not_speak_of_stays(origin: str, wish: str) -> None:
    before = understand(origin, zone="Europe/Madrid")
    found = edit(origin, wish, zone="Europe/Madrid")
    if not isinstance(found, Edited):
        return
    assert isinstance(before, Understanding)
    kept = [one.block for one in found.understanding.placed]
    gone = [one.block for one in before.placed if one.block not in kept]
    if "sort" in wish:
        assert not gone
    if "mondays" in wish:
        assert all(block.role == "trigger" for block in gone)
