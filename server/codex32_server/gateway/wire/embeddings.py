"""Embeddings: OpenAI's request and answer, and Google's that stand for them."""

from __future__ import annotations

import base64
import struct
from collections.abc import Mapping, Sequence
from typing import Any

from codex32_server.gateway.contract import Usage
from codex32_server.gateway.errors import RequestNotValidError, UpstreamFailedError
from codex32_server.gateway.wire import estimate
from codex32_server.gateway.wire.fields import Json, array, objects, present, string
from codex32_server.kit.errors import FieldProblem

_UNDERSTOOD = ("model", "input", "dimensions", "encoding_format")


def texts(body: Mapping[str, Any]) -> list[str]:
    """The texts of a request. Raises RequestNotValidError for token numbers, which mean nothing elsewhere."""
    given = body.get("input")
    items: list[Any] = [given] if isinstance(given, str) else array(given)
    found = [item for item in items if isinstance(item, str)]
    if len(found) < len(items) or not found:
        detail = "expected a text or a list of texts; numbers of tokens mean something to one provider only"
        raise RequestNotValidError(f"input: {detail}", fields=[FieldProblem("input", detail)])
    return found


def write_generate(body: Mapping[str, Any], model: str) -> tuple[Json, list[str]]:
    """Google's `batchEmbedContents`, and the paths of what it cannot be asked."""
    name = f"models/{model.removeprefix('models/')}"
    requests = [
        present({
            "model": name,
            "content": {"parts": [{"text": text}]},
            "outputDimensionality": body.get("dimensions"),
        })
        for text in texts(body)
    ]  # fmt: skip
    return {"requests": requests}, [key for key in body if key not in _UNDERSTOOD and body[key] is not None]


def read_generate(answer: Json, body: Mapping[str, Any]) -> tuple[Json, Usage]:
    """OpenAI's answer from Google's, which counts nothing: the tokens are estimated.

    Raises UpstreamFailedError if it is none, or not one for each text.
    """
    vectors = [array(each.get("values")) for each in objects(answer.get("embeddings"))]
    asked = texts(body)
    if len(vectors) != len(asked) or not all(vectors):
        raise UpstreamFailedError(f"The provider gave {len(vectors)} vectors for {len(asked)} texts.")
    count = sum(estimate.likely(text) for text in asked)
    return answer_of(vectors, count, body), Usage(input=count, estimated=True)


def answer_of(vectors: Sequence[list[Any]], count: int, body: Mapping[str, Any]) -> Json:
    """OpenAI's answer to a request whose texts have `count` tokens."""
    packed = body.get("encoding_format") == "base64"
    data = [
        {"object": "embedding", "index": index, "embedding": _packed(vector) if packed else vector}
        for index, vector in enumerate(vectors)
    ]
    usage = {"prompt_tokens": count, "total_tokens": count}
    return {"object": "list", "data": data, "model": string(body.get("model")), "usage": usage}


def _packed(vector: list[Any]) -> str:
    """Little-endian 32-bit floats in base64, as OpenAI's own client asks for."""
    try:
        return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
    except (struct.error, OverflowError) as error:
        raise UpstreamFailedError("The provider's vector is not one of numbers.") from error
