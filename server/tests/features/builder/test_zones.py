"""Time zones as people say them; what is no known zone is asked about and never dropped."""

from __future__ import annotations

import pytest
from codex32_server.features.builder.recipes.model import Questions, Refusal, Understanding
from codex32_server.features.builder.recipes.understand import understand


@pytest.mark.parametrize(
    ("sentence", "zone"),
    [
        ("cada lunes a las 9 hora de Madrid ordena a.csv por nombre", "Europe/Madrid"),
        ("cada lunes a las 9, hora española, ordena a.csv por nombre", "Europe/Madrid"),
        ("cada lunes a las 9 hora peninsular ordena a.csv por nombre", "Europe/Madrid"),
        ("cada lunes a las 9 hora de México ordena a.csv por nombre", "America/Mexico_City"),
        ("a las 9 hora de Nueva York de lunes a viernes ordena a.csv por nombre", "America/New_York"),
        ("every monday at 9 in Madrid time sort a.csv by name", "Europe/Madrid"),
        ("every monday at 9 London time sort a.csv by name", "Europe/London"),
        ("every day at 9 in Madrid sort a.csv by name", "Europe/Madrid"),
        ("at 9 Europe/Madrid every day sort a.csv by name", "Europe/Madrid"),
        ("at 9 Madrid time every day sort a.csv by name", "Europe/Madrid"),
    ],
)
def test_a_zone_is_understood_where_a_time_is(sentence: str, zone: str) -> None:
    found = understand(sentence, zone="Asia/Tokyo")
    assert isinstance(found, Understanding), found
    assert found.zone == zone


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("cada lunes a las 9 hora de Córdoba ordena a.csv por nombre", "Córdoba"),
        ("cada lunes a las 9 hora de Marte ordena a.csv por nombre", "Marte"),
        ("cada lunes a las 9 hora lunar ordena a.csv por nombre", "lunar"),
        ("cada lunes a las 9 Europe/Madird ordena a.csv por nombre", "Europe/Madird"),
        ("every monday at 9 Birmingham time sort a.csv by name", "Birmingham"),
        ("every monday at 9 mars time sort a.csv by name", "mars"),
    ],
)
def test_a_zone_that_is_not_known_is_asked_about(sentence: str, said: str) -> None:
    found = understand(sentence)
    assert isinstance(found, Questions), found
    assert f"“{said}”" in found.questions[0].text
    answered = understand(sentence, {found.questions[0].id: "hora de Madrid"})
    assert isinstance(answered, Understanding)
    assert answered.zone == "Europe/Madrid"
    again = understand(sentence, {found.questions[0].id: "Atlantis"})
    assert isinstance(again, Questions)
    assert "Atlantis" in again.questions[0].text


def test_two_zones_are_refused() -> None:
    found = understand("every day at 9 Madrid time London time sort a.csv by name")
    assert isinstance(found, Refusal)
    assert "Europe/Madrid and Europe/London" in found.reason


def test_a_column_is_no_zone() -> None:
    found = understand("sort a.csv by Delivery time", zone="UTC")
    assert isinstance(found, Understanding)


@pytest.mark.parametrize(
    "sentence",
    [
        "lee ventas.csv y suma el importe por tienda y guarda el resultado en un fichero CSV",
        "lee ventas.csv y suma el importe por tienda y guarda el resultado en un CSV",
        "read ventas.csv, sum amount by shop and save the result in a CSV file",
        "lee ventas.csv y suma el importe por tienda y guarda el resultado CSV",
    ],
)
def test_a_result_in_a_csv_is_no_second_input(sentence: str) -> None:
    found = understand(sentence)
    assert isinstance(found, Understanding), found
    assert any(
        said.startswith("The figures for each") and said.endswith("saved as CSV.") for said in found.say()
    )
    assert [file.name for file in found.tables] == ["ventas.csv"]
    assert "data.csv" not in " ".join(found.say())
