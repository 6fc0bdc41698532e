"""The embedding model of this machine as a model of the provider `local`."""

from __future__ import annotations

import base64
import struct
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import orjson
import pytest
from codex32_server.features.models.facade import Stored
from codex32_server.features.models.service import resolving
from codex32_server.gateway.contract import Attempt, Call, Caller, Format, Reply, Target
from codex32_server.gateway.embeddings.errors import EmbeddingError
from codex32_server.gateway.embeddings.port import Kind, Vector
from codex32_server.gateway.embeddings.serving import MOST_TEXTS, NAME, EmbeddingSend
from codex32_server.gateway.errors import ModelUnknownError, RequestNotValidError, UpstreamFailedError
from codex32_server.main.local_model import local_provider
from codex32_server.settings.model import LocalModelSettings

OPENAI = Stored("openai", "openai", "https://api.openai.com/v1", None, catalogue="openai")


class Fixed:
    """An Embedder whose vectors say how long the texts are."""

    name = NAME
    dimensions = 2

    def __init__(self, error: EmbeddingError | None = None) -> None:
        self.kinds: list[Kind] = []
        self.error = error

    async def embed(self, texts: Sequence[str], kind: Kind) -> list[Vector]:
        self.kinds.append(kind)
        if self.error:
            raise self.error
        return [[float(len(text)), 1.0] for text in texts]


async def passed(attempt: Attempt) -> Reply:
    return Reply(299, target=attempt.target)


def attempt(
    body: dict[str, Any], *, kind: str = "local", model: str = NAME, asked: Format = Format.EMBEDDINGS
) -> Attempt:
    call = Call(
        uuid4(), Caller(uuid4(), uuid4(), "person", ""), asked, "embed", {"model": "embed", **body}, False
    )
    return Attempt(uuid4(), call, Target("local", kind, model, "http://127.0.0.1:1/v1"), 1)


async def test_it_answers_as_openai_does() -> None:
    one = attempt({"input": ["a", "bcd"]})
    reply = await EmbeddingSend(passed, Fixed())(one)
    answer = orjson.loads(reply.body)
    assert [line["embedding"] for line in answer["data"]] == [[1.0, 1.0], [3.0, 1.0]]
    assert [line["index"] for line in answer["data"]] == [0, 1]
    assert (answer["object"], answer["model"]) == ("list", "embed")
    assert reply.usage is not None
    assert reply.usage.estimated
    assert answer["usage"]["prompt_tokens"] == reply.usage.input > 0
    assert (reply.status, reply.target) == (200, one.target)


async def test_packed_as_the_official_client_asks_for_it() -> None:
    reply = await EmbeddingSend(passed, Fixed())(attempt({"input": "ab", "encoding_format": "base64"}))
    packed = orjson.loads(reply.body)["data"][0]["embedding"]
    assert struct.unpack("<2f", base64.b64decode(packed)) == (2.0, 1.0)


async def test_questions_and_passages_are_told_apart() -> None:
    model = Fixed()
    for said in (None, "query", "passage"):
        await EmbeddingSend(passed, model)(attempt({"input": "a", "input_type": said}))
    assert model.kinds == ["query", "query", "passage"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"input": ["a"] * (MOST_TEXTS + 1)}, "input"),
        ({"input": []}, "input"),
        ({"input": [[1, 2]]}, "input"),
        ({"input": "a", "dimensions": 3}, "dimensions"),
        ({"input": "a", "input_type": "document"}, "input_type"),
        ({"input": "a", "input_type": ["query"]}, "input_type"),
    ],
)
async def test_what_it_cannot_do_is_refused(body: dict[str, Any], field: str) -> None:
    model = Fixed()
    with pytest.raises(RequestNotValidError) as refused:
        await EmbeddingSend(passed, model)(attempt(body))
    assert [problem.field for problem in refused.value.fields] == [field]
    assert model.kinds == []


@pytest.mark.parametrize("asked", [Format.CHAT, Format.RESPONSES, Format.MESSAGES])
async def test_it_does_not_speak(asked: Format) -> None:
    with pytest.raises(RequestNotValidError, match="makes embeddings and nothing else"):
        await EmbeddingSend(passed, Fixed())(attempt({}, asked=asked))


async def test_a_model_that_ends_is_a_provider_that_failed() -> None:
    with pytest.raises(UpstreamFailedError, match="It ended"):
        await EmbeddingSend(passed, Fixed(EmbeddingError("It ended.")))(attempt({"input": "a"}))


@pytest.mark.parametrize("other", [{"kind": "openai"}, {"model": "local"}])
async def test_others_pass_through(other: dict[str, str]) -> None:
    assert (await EmbeddingSend(passed, Fixed())(attempt({"input": "a"}, **other))).status == 299


def names(alias: str, *providers: Stored) -> list[str]:
    return [choice.name for choice in resolving.resolve(alias, providers, None)]


def test_embed_is_this_machine_only_where_nothing_else_is() -> None:
    alone = local_provider()
    assert names("embed", alone) == names(NAME, alone) == [f"local/{NAME}"]
    assert names("embed", OPENAI, alone) == ["openai/text-embedding-3-small"]
    assert names("fast", local_provider(LocalModelSettings())) == ["local/local"]


def test_without_a_model_that_speaks_there_is_no_provider_to_people() -> None:
    with pytest.raises(ModelUnknownError, match="has no provider yet") as unknown:
        names("smart", local_provider())
    assert "providers add" in unknown.value.advice


def test_this_machine_has_no_models_but_its_own() -> None:
    with pytest.raises(ModelUnknownError, match="no model 'gpt-5'"):
        names("local/gpt-5", local_provider(LocalModelSettings()))
