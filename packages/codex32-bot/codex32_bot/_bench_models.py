"""The part of the workbench that answers for models; see `testing`. No model is asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from .errors import ModelUnavailable

Said: TypeAlias = Callable[[list[dict[str, Any]]], Any] | BaseException | str | dict[str, Any] | list[Any]
"""What a model answers: a text, a document (as JSON), a function of the messages, an exception to raise."""
DIMENSIONS = 8


@dataclass(frozen=True)
class Asked:
    """One call of a model. `schema` is the one that was asked for, `streamed` whether piece by piece."""

    model: str
    messages: list[dict[str, Any]]
    schema: Mapping[str, Any] | None = None
    streamed: bool = False

    @property
    def prompt(self) -> str:
        """The last message."""
        return str(self.messages[-1].get("content", "")) if self.messages else ""


class ModelBench:
    """Says what the test told it to; several answers of a list are given one after the other, the last
    one for ever.
    """

    def __init__(self, models: Mapping[str, Said | Sequence[Said]] | None) -> None:
        self.asked: list[Asked] = []
        self.embedded: list[str] = []
        """Texts that were embedded."""
        self._said = {name: _turns(answer) for name, answer in (models or {}).items()}

    # The port of codex32_bot._platform:

    def model(self, path: str, request: dict[str, Any], timeout: float) -> Any:  # noqa: ARG002 - the port's
        if path == "embeddings":
            self.embedded += request["input"]
            vectors = [{"index": n, "embedding": vector(text)} for n, text in enumerate(request["input"])]
            return {"data": vectors, "model": request["model"]}
        text = self._text(request, streamed=False)
        choice = {"finish_reason": "stop", "message": {"role": "assistant", "content": text}}
        return {"model": request["model"], "choices": [choice], "usage": _usage(request, text)}

    def model_stream(self, path: str, request: dict[str, Any], timeout: float) -> Generator[Any]:  # noqa: ARG002 - the port's
        for word in self._text(request, streamed=True).splitlines(keepends=True):
            yield {"choices": [{"delta": {"content": word}}]}

    def _text(self, request: dict[str, Any], *, streamed: bool) -> str:
        wanted = request.get("response_format", {}).get("json_schema", {}).get("schema")
        self.asked.append(Asked(request["model"], request["messages"], wanted, streamed))
        turns = self._said.get(request["model"]) or self._said.get("*")
        if turns is None:
            name = request["model"]
            raise ModelUnavailable(
                "no_models", f"The bench has no model {name!r}.", f'Say workbench(models={{"{name}": "…"}}).'
            )
        said = turns.pop(0) if len(turns) > 1 else turns[0]
        if isinstance(said, BaseException):
            raise said
        if callable(said):
            said = said(request["messages"])
        return said if isinstance(said, str) else json.dumps(said)


def vector(text: str) -> list[float]:
    """The same for the same text, of length 1; what texts mean is not in it."""
    numbers = [byte - 127.5 for byte in hashlib.sha256(text.encode()).digest()[:DIMENSIONS]]
    length = sum(number * number for number in numbers) ** 0.5
    return [number / length for number in numbers]


def _turns(answer: Any) -> list[Any]:
    return [*answer] if isinstance(answer, (list, tuple)) else [answer]  # pyright: ignore[reportUnknownVariableType]


def _usage(request: dict[str, Any], text: str) -> dict[str, int]:
    given = sum(len(str(message.get("content", "")).split()) for message in request["messages"])
    return {"prompt_tokens": given, "completion_tokens": len(text.split())}
