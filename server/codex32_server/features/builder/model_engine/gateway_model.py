"""Our gateway as a model of pydantic-ai: its messages become our request, our answer becomes its own.

The library's own clients are not used: they would bring the SDKs of providers, and those are the gateway's.
Only text is said and heard; there are no tools, because nothing that a model says here may have an effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelRequestPart,
    ModelResponse,
    SystemPromptPart,
    TextPart,
    UserPromptPart,
)
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.profiles import ModelProfile
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage

from .gateway_door import GatewayDoor
from .quoting import shortened

_PROFILE = ModelProfile(
    supports_tools=False, supports_json_schema_output=True, supports_json_object_output=True
)
_LEFT_OUT = ("title", "default", "pattern")
_RETOLD = 600
_BOUNDS = {"maxLength": 160, "maxItems": 4}
"""Not every provider takes bounds in a schema, and what is too long is refused when the answer is there.
Small models that keep to a schema do not know when to stop: they get these once they were cut off.
"""


@dataclass(frozen=True)
class Bounds:
    """Of one answer."""

    output: int
    """Tokens."""
    text: int
    """Characters that are read."""
    schema: bool
    """Whether the schema has bounds from the beginning."""
    timeout: float
    """Seconds."""


class GatewayModel(Model[Any]):
    """One alias or model of the workspace. `answered` has who answered, in their order."""

    def __init__(self, door: GatewayDoor, name: str, bounds: Bounds) -> None:
        super().__init__(profile=_PROFILE)
        self._door = door
        self._name = name
        self._bounds = bounds
        self._bounded = bounds.schema
        self.answered: list[str] = []

    @property
    def model_name(self) -> str:
        return self._name

    @property
    def system(self) -> str:
        return "codex32"

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """Raises GatewayRefusalError."""
        _, parameters = self.prepare_request(model_settings, model_request_parameters)
        body: dict[str, Any] = {
            "model": self._name,
            **_conversation(messages, _RETOLD if parameters.output_object else self._bounds.text),
            "max_output_tokens": self._bounds.output,
            "store": False,
        }
        if parameters.output_object is not None:
            body["text"] = {"format": _format(parameters.output_object.json_schema, self._bounded)}
        said = await self._door.ask(body, self._bounds.timeout)
        self.answered.append(said.model or self._name)
        self._bounded = self._bounded or not said.whole
        return ModelResponse(
            parts=[TextPart(said.text[: self._bounds.text])],
            usage=RequestUsage(input_tokens=said.input_tokens, output_tokens=said.output_tokens),
            model_name=said.model or self._name,
        )


def _conversation(messages: list[ModelMessage], retold: int) -> dict[str, Any]:
    """`instructions` for what is ours, `input` for the turns; so much of an answer is told again."""
    ours: list[str] = []
    turns: list[dict[str, str]] = []
    for message in messages:
        if isinstance(message, ModelRequest):
            if message.instructions and message.instructions not in ours:
                ours.append(message.instructions)
            ours += [part.content for part in message.parts if isinstance(part, SystemPromptPart)]
            said = [_text(part) for part in message.parts if not isinstance(part, SystemPromptPart)]
            turns.append({"role": "user", "content": "\n\n".join(text for text in said if text)})
        else:
            turns.append({"role": "assistant", "content": shortened(message.text or "", retold)})
    return {"instructions": "\n\n".join(ours), "input": turns}


def _text(part: ModelRequestPart) -> str:
    """What pydantic-ai itself has to say (why an answer was of no use) arrives as a turn of the user."""
    if isinstance(part, UserPromptPart) and isinstance(part.content, str):
        return part.content
    return ""


def _format(schema: dict[str, Any], bounded: bool) -> dict[str, Any]:
    return {"type": "json_schema", "name": "answer", "schema": _sent(schema, bounded), "strict": False}


def _sent(node: Any, bounded: bool) -> Any:
    """The schema with small bounds or none; names of fields stay, whatever they are."""
    if isinstance(node, list):
        return [_sent(item, bounded) for item in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    sent: dict[str, Any] = {}
    for key, value in cast("dict[str, Any]", node).items():
        if key in _BOUNDS:
            sent |= {key: min(value, _BOUNDS[key])} if bounded else {}
        elif key in ("properties", "$defs"):
            sent[key] = {name: _sent(one, bounded) for name, one in value.items()}
        elif key not in _LEFT_OUT:
            sent[key] = _sent(value, bounded)
    return sent
