"""Another time for a bot that is there: what the words leave open stays, what comes with them is made."""
# ruff: noqa: E501 - a row of a table is read best on one line

from __future__ import annotations

import pytest
from codex32_server.features.builder.recipes.blocks.triggers import Schedule
from codex32_server.features.builder.recipes.editing import Edited, edit
from codex32_server.features.builder.recipes.model import Questions, Refusal

SUMA = "Cada lunes a las 9 lee el fichero ventas.csv y suma el importe por tienda."
SUM = "Every Monday at 9 read sales.csv and sum amount by shop"
ZONED = "every monday at 9 Madrid time sort a.csv by name"


@pytest.mark.parametrize(
    ("origin", "wish", "crons", "zone", "saved"),
    [
        (SUMA, "a las 9 hora de Madrid, y guarda el resultado en un fichero CSV", "0 9 * * 1", "Europe/Madrid", True),
        (SUM, "at 9 Madrid time, and save the result in a CSV file", "0 9 * * 1", "Europe/Madrid", True),
        (SUMA, "a las 9 hora de Madrid", "0 9 * * 1", "Europe/Madrid", False),
        (SUMA, "cada lunes a las 9 hora de Madrid", "0 9 * * 1", "Europe/Madrid", False),
        (SUMA, "a las 10 en vez de las 9", "0 10 * * 1", "UTC", False),
        (SUM, "at 10 instead of 9", "0 10 * * 1", "UTC", False),
        (SUM, "at 10 and 17", "0 10,17 * * 1", "UTC", False),
        (SUM, "on fridays and save the result in a CSV file", "0 9 * * 5", "UTC", True),
        (ZONED, "at 10 London time", "0 10 * * 1", "Europe/London", False),
        (ZONED, "at 10", "0 10 * * 1", "Europe/Madrid", False),
    ],
)  # fmt: skip
def test_another_time(origin: str, wish: str, crons: str, zone: str, saved: bool) -> None:
    found = edit(origin, wish)
    assert isinstance(found, Edited), found
    times = [one.block for one in found.understanding.placed if isinstance(one.block, Schedule)]
    assert [cron for one in times for cron in one.crons()] == [crons]
    assert found.understanding.zone == zone
    assert any(told.startswith("The figures for each") for told in found.added) == saved
    assert len(found.understanding.tables) == 1


def test_a_zone_nobody_knows_is_asked_about_and_the_days_stay() -> None:
    found = edit(SUMA, "a las 10 hora de Marte, y guarda el resultado en un CSV")
    assert isinstance(found, Questions)
    [question] = found.questions
    done = edit(
        SUMA,
        "a las 10 hora de Marte, y guarda el resultado en un CSV",
        {question.id: "hora de Madrid"},
    )
    assert isinstance(done, Edited), done
    assert done.understanding.zone == "Europe/Madrid"


def test_an_hour_that_the_bot_does_not_have_is_not_replaced() -> None:
    assert isinstance(edit(SUM, "at 10 instead of 8"), Refusal)
