"""Language models, within the budget that the manifest gives: `budget = { per_run = "0.05 USD" }`.

    from codex32_bot import llm

    text = llm.ask("Say in one sentence what this is about:\\n" + letter)
    data = llm.ask(letter, schema={"type": "object", "properties": {"amount": {"type": "number"}}})
    for piece in llm.stream("Write a poem"):
        print(piece, end="")
    vectors = llm.embed(["a text", "another one"])

`model` is an alias that the workspace leads to a model (`smart`, `fast`, `code`), or `provider/model`. No key
is needed: the platform puts one in that is worth nothing outside of this run. The libraries of OpenAI and
Anthropic work as well, without any setting.

On a laptop `CODEX32_LLM_URL` and `CODEX32_LLM_KEY` name a gateway and a key.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ._current import platform
from .errors import BudgetExceeded as BudgetExceeded
from .errors import ModelAnswerInvalid as ModelAnswerInvalid
from .errors import ModelError as ModelError
from .errors import ModelRateLimited as ModelRateLimited
from .errors import ModelRefused as ModelRefused
from .errors import ModelUnavailable as ModelUnavailable

TIMEOUT = 600.0
"""Seconds without a byte before a call is given up."""

_CHAT, _EMBEDDINGS = "chat/completions", "embeddings"
_CUT = "length"


@dataclass(frozen=True)
class Answer:
    """What a model said."""

    text: str
    model: str
    """The model that answered, which an alias does not tell."""
    finish: str
    """`stop`, `length` (cut off at `max_tokens`), `tool_calls`, or the provider's own word."""
    input_tokens: int = 0
    output_tokens: int = 0
    tool_calls: Sequence[Mapping[str, Any]] = ()
    """In OpenAI's form, if `tools` were offered."""
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    """The whole answer, in OpenAI's form."""


def ask(
    prompt: str,
    *,
    model: str = "smart",
    system: str | None = None,
    schema: Mapping[str, Any] | None = None,
    max_tokens: int | None = None,
    temperature: float | None = None,
    timeout: float = TIMEOUT,
) -> Any:
    """The model's answer as text; with a JSON `schema`, what it describes (usually a dict).

    Raises ModelError: BudgetExceeded, ModelRateLimited, ModelUnavailable, ModelRefused, ModelAnswerInvalid.
    """
    answer = chat(
        _messages(prompt, system),
        model=model,
        schema=schema,
        max_tokens=max_tokens,
        temperature=temperature,
        timeout=timeout,
    )
    return answer.text if schema is None else _read(answer, schema)


def chat(
    messages: Sequence[Mapping[str, Any]],
    *,
    model: str = "smart",
    schema: Mapping[str, Any] | None = None,
    tools: Sequence[Mapping[str, Any]] | None = None,
    max_tokens: int | None = None,
    temperature: float | None = None,
    timeout: float = TIMEOUT,
) -> Answer:
    """The next message of a conversation, `[{"role": "user", "content": "…"}, …]`. Raises as `ask`."""
    request = _request(messages, model, schema, max_tokens, temperature)
    if tools:
        request["tools"] = [dict(tool) for tool in tools]
    return _answer(platform().model(_CHAT, request, timeout))


def stream(
    prompt: str | Sequence[Mapping[str, Any]],
    *,
    model: str = "smart",
    system: str | None = None,
    max_tokens: int | None = None,
    temperature: float | None = None,
    timeout: float = TIMEOUT,
) -> Generator[str]:
    """The answer piece by piece, as it is written. `prompt` is a text or a conversation. Raises as `ask`,
    also in the middle. Leaving the loop early ends the answer, and what it costs.
    """
    messages = _messages(prompt, system) if isinstance(prompt, str) else prompt
    request = _request(messages, model, None, max_tokens, temperature)
    for event in platform().model_stream(_CHAT, {**request, "stream": True}, timeout):
        choices: list[dict[str, Any]] = event.get("choices") or []
        for choice in choices:
            delta: dict[str, Any] = choice.get("delta") or {}
            if piece := delta.get("content"):
                yield piece


def embed(texts: Sequence[str], *, model: str = "embed", timeout: float = TIMEOUT) -> list[list[float]]:
    """A vector for each text, in their order: texts of one meaning are near each other. Raises as `ask`."""
    if isinstance(texts, str):
        raise TypeError("embed takes a list of texts, not one text")
    if not texts:
        return []
    answer = platform().model(_EMBEDDINGS, {"model": model, "input": list(texts)}, timeout)
    try:
        entries = sorted(answer["data"], key=lambda entry: entry["index"])
        vectors = [[float(number) for number in entry["embedding"]] for entry in entries]
    except (KeyError, TypeError, ValueError) as error:
        raise ModelAnswerInvalid("answer_invalid", "What came back are no embeddings.") from error
    if len(vectors) != len(texts):
        raise ModelAnswerInvalid("answer_invalid", f"{len(vectors)} embeddings came back for {len(texts)}.")
    return vectors


def _messages(prompt: str, system: str | None) -> list[dict[str, Any]]:
    first = [{"role": "system", "content": system}] if system else []
    return [*first, {"role": "user", "content": prompt}]


def _request(
    messages: Sequence[Mapping[str, Any]],
    model: str,
    schema: Mapping[str, Any] | None,
    max_tokens: int | None,
    temperature: float | None,
) -> dict[str, Any]:
    request: dict[str, Any] = {"model": model, "messages": [dict(message) for message in messages]}
    if max_tokens is not None:
        request["max_tokens"] = max_tokens
    if temperature is not None:
        request["temperature"] = temperature
    if schema is not None:
        described = {"name": "answer", "schema": dict(schema), "strict": True}
        request["response_format"] = {"type": "json_schema", "json_schema": described}
    return request


def _answer(document: Mapping[str, Any]) -> Answer:
    try:
        choice = document["choices"][0]
        usage: dict[str, int] = document.get("usage") or {}
        return Answer(
            text=choice["message"].get("content") or "",
            model=document.get("model") or "",
            finish=choice.get("finish_reason") or "stop",
            input_tokens=usage.get("prompt_tokens") or 0,
            output_tokens=usage.get("completion_tokens") or 0,
            tool_calls=tuple(choice["message"].get("tool_calls") or ()),
            raw=document,
        )
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ModelAnswerInvalid("answer_invalid", "What came back is no answer of a model.") from error


def _read(answer: Answer, schema: Mapping[str, Any]) -> Any:
    """The answer as JSON, at least of the schema's outer shape."""
    if answer.finish == _CUT:
        raise ModelAnswerInvalid(
            "answer_cut_off", "The answer was cut off before its end.", "Raise max_tokens, or ask for less."
        )
    try:
        value = json.loads(_unfenced(answer.text))
    except ValueError as error:
        raise _unlike(f"it is no JSON ({error})") from error
    if schema.get("type") == "object":
        if not isinstance(value, dict):
            raise _unlike("it is no object")
        missing = [name for name in schema.get("required", ()) if name not in value]
        if missing:
            raise _unlike(f"{', '.join(missing)} is missing")
    elif schema.get("type") == "array" and not isinstance(value, list):
        raise _unlike("it is no list")
    return value  # pyright: ignore[reportUnknownVariableType]


def _unfenced(text: str) -> str:
    """Without the ``` that small models put around JSON."""
    text = text.strip()
    if text.startswith("```") and text.endswith("```") and "\n" in text:
        return text.partition("\n")[2].removesuffix("```")
    return text


def _unlike(why: str) -> ModelAnswerInvalid:
    return ModelAnswerInvalid(
        "answer_invalid",
        f"The answer is not what the schema describes: {why}.",
        "Ask again, say in the prompt what is wanted, or use a more capable model.",
    )
