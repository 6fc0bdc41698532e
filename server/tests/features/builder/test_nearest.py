"""Hints at what recipes can do, where they do not know the words."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from codex32_server.features.builder.contract import Asked, Brief, Message, Requirements
from codex32_server.features.builder.engines.nearest import NearestBlocks
from codex32_server.features.builder.engines.recipes import RecipesEngine
from codex32_server.gateway.embeddings.errors import EmbeddingError
from codex32_server.gateway.embeddings.port import Kind, Vector

TOPICS = ("sort", "duplicate", "word")


class Topics:
    """Vectors by the words of a text: one dimension a topic, and one for all other questions or passages."""

    name = "topics"
    dimensions = len(TOPICS) + 2

    def __init__(self, error: Exception | None = None, pause: float = 0.0) -> None:
        self.asked: list[tuple[int, Kind]] = []
        self.error = error
        self.pause = pause

    async def embed(self, texts: Sequence[str], kind: Kind) -> list[Vector]:
        self.asked.append((len(texts), kind))
        await asyncio.sleep(self.pause)
        if self.error:
            raise self.error
        return [self._one(text.casefold(), kind) for text in texts]

    def _one(self, text: str, kind: Kind) -> Vector:
        found = [float(topic in text or (topic == "sort" and "alphabetise" in text)) for topic in TOPICS]
        length = sum(found) ** 0.5
        if length:
            return [value / length for value in found] + [0.0, 0.0]
        return [0.0] * len(TOPICS) + [float(kind == "query"), float(kind == "passage")]


class Silent:
    async def tell(self, text: str) -> None:
        """Nobody looks."""


async def asked(engine: RecipesEngine, words: str) -> Asked:
    brief = Brief(messages=[Message(role="person", text=words)])
    found = await engine.understand(brief, Silent())
    assert isinstance(found, Asked), found
    return found


async def test_the_nearest_block_is_told_with_its_example() -> None:
    found = await asked(RecipesEngine(NearestBlocks(Topics())), "kindly alphabetise contacts.csv")
    told = found.questions[0].text.partition("The nearest I can do: ")[2]
    assert "sort" in told
    assert ", as in “" in told


async def test_words_that_are_near_to_nothing_get_no_hint() -> None:
    plain = await asked(RecipesEngine(), "frobnicate contacts.csv")
    assert await asked(RecipesEngine(NearestBlocks(Topics())), "frobnicate contacts.csv") == plain


async def test_the_blocks_are_read_once() -> None:
    topics = Topics()
    nearest = NearestBlocks(topics)
    await asyncio.gather(*(nearest.hint("alphabetise") for _ in range(3)))
    assert [kind for _, kind in topics.asked] == ["passage", "query", "query", "query"]


@pytest.mark.parametrize("topics", [Topics(error=EmbeddingError("It is away.")), Topics(pause=5.0)])
async def test_without_the_model_the_question_is_asked_all_the_same(topics: Topics) -> None:
    nearest = NearestBlocks(topics, patience=0.05)
    assert await nearest.hint("alphabetise") == ""
    assert await asked(RecipesEngine(nearest), "frobnicate contacts.csv")


async def test_what_is_understood_asks_no_model() -> None:
    topics = Topics()
    brief = Brief(messages=[Message(role="person", text="sort contacts.csv by name")])
    found = await RecipesEngine(NearestBlocks(topics)).understand(brief, Silent())
    assert isinstance(found, Requirements)
    assert topics.asked == []
