"""Words that only hold a question together are not looked for."""

from __future__ import annotations

import pytest
from codex32_server.features.knowledge.repository.telling import telling
from features.knowledge.test_knowledge import Library, library
from support.postgres import DatabaseUnderTest

__all__ = ["library"]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("What is the cost of a seat?", {"cost", "seat"}),
        ("¿Cuánto tiempo tengo para devolver un paquete?", {"tiempo", "devolver", "paquete", "cuánto"}),
        ("Was kostet der Stuhl und der Tisch?", {"kostet", "stuhl", "tisch"}),
        ("war history", {"war", "history"}),
        ("the history of the war", {"history", "war"}),
        ("who are you", {"who", "are", "you"}),
        ("", set()),
        ("%s '{} \\\\", {"s"}),
    ],
)
async def test_which(database: DatabaseUnderTest, question: str, found: set[str]) -> None:
    async with database.app.transaction(None) as tx:
        assert set(await telling(tx, question)) == found


async def test_a_text_is_no_answer_because_of_them(library: Library) -> None:
    await library.create()
    await library.put("leave.txt", "A week of leave is a gift of the company.")
    await library.put("prices.csv", "product,price\nlamp,40\nseat,120\n")
    assert await library.work() == ["ready", "ready"]
    hits = await library.search("what is the price of a seat")
    ranks = {hit["document"]: hit["score"]["text_rank"] for hit in hits}
    assert (hits[0]["document"], ranks["prices.csv"], ranks.get("leave.txt")) == ("prices.csv", 1, None)


async def test_marks_around_a_word_are_no_part_of_it(library: Library) -> None:
    for name, language in (("any", "simple"), ("english", "english"), ("spanish", "spanish")):
        await library.create(name, language=language)
        await library.put("a.txt", "¡Las “vacaciones” — holidays…!", name)
        await library.put("b.txt", "Otra cosa, something else.", name)
    assert set(await library.work()) == {"ready"}
    for base in ("any", "english", "spanish"):
        for question in ("¿vacaciones?", "«holidays»"):
            hits = await library.search(question, base)
            assert (hits[0]["document"], hits[0]["score"]["text_rank"]) == ("a.txt", 1), (base, question)
