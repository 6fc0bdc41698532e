"""Puts the embedding model of this machine behind the provider of kind `local`, in OpenAI's format.

It counts no tokens of its own: they are estimated, and cost nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import orjson

from codex32_server.gateway.contract import Attempt, Format, Reply, Send, Usage
from codex32_server.gateway.embeddings.errors import EmbeddingError
from codex32_server.gateway.embeddings.local import MODEL
from codex32_server.gateway.embeddings.port import Embedder, Kind
from codex32_server.gateway.errors import RequestNotValidError, UpstreamFailedError
from codex32_server.gateway.providers.presets import LOCAL
from codex32_server.gateway.wire import embeddings, estimate
from codex32_server.kit.errors import FieldProblem

NAME: Final = MODEL
MOST_TEXTS: Final = 256
"""Of one request: this machine computes them one after the other."""
_KINDS: Mapping[str | None, Kind] = {None: "query", "query": "query", "passage": "passage"}


class EmbeddingSend:
    """A `Send` that answers for the embedding model itself; others pass through."""

    def __init__(self, send: Send, embedder: Embedder) -> None:
        self._send = send
        self._embedder = embedder

    async def __call__(self, attempt: Attempt) -> Reply:
        """Raises GatewayError."""
        target = attempt.target
        if target.kind != LOCAL or target.model != NAME:
            return await self._send(attempt)
        texts, kind = _asked(attempt, self._embedder.dimensions)
        try:
            vectors = await self._embedder.embed(texts, kind)
        except EmbeddingError as error:
            raise UpstreamFailedError(f"{error.detail} {error.advice}") from error
        tokens = sum(estimate.likely(text) for text in texts)
        body = embeddings.answer_of(vectors, tokens, attempt.call.body)
        return Reply(200, orjson.dumps(body), usage=Usage(input=tokens, estimated=True), target=target)


def _asked(attempt: Attempt, dimensions: int) -> tuple[Sequence[str], Kind]:
    """The texts, and whether they are questions. Raises RequestNotValidError."""
    body = attempt.call.body
    if attempt.call.format is not Format.EMBEDDINGS:
        raise _refused("model", f"{attempt.call.model} makes embeddings and nothing else")
    texts = embeddings.texts(body)
    if len(texts) > MOST_TEXTS:
        raise _refused("input", f"at most {MOST_TEXTS} texts at once, not {len(texts)}")
    if body.get("dimensions") not in (None, dimensions):
        raise _refused("dimensions", f"this model's vectors have {dimensions}")
    said = body.get("input_type")
    if said is not None and said not in ("query", "passage"):
        raise _refused("input_type", "must be query or passage")
    return texts, _KINDS[cast("str | None", said)]


def _refused(field: str, detail: str) -> RequestNotValidError:
    return RequestNotValidError(f"{field}: {detail}", fields=[FieldProblem(field, detail)])


def known() -> dict[str, Any]:
    """What is known of the model, as a provider says it."""
    return {"context": 512, "output": None, "abilities": ["embeddings"]}
