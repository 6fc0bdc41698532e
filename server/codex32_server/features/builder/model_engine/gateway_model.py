"""Our gateway as a model of pydantic-ai: its messages become our request, our answer becomes its own.

The library's own clients are not used: they would bring the SDKs of providers, and those are the gateway's.
Only text is said and heard; there are no tools, because nothing that a model says here may have an effect.
"""

from __future__ import annotations

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

_PROFILE = ModelProfile(
    supports_tools=False, supports_json_schema_output=True, supports_json_object_output=True
)
_LOOSE = ("title", "default", "maxLength", "minLength", "pattern")
"""What is checked when the answer is there: not every provider understands it in a schema."""


class GatewayModel(Model[Any]):
    """One alias or model of the workspace. `answered` has who answered, in their order."""

    def __init__(
        self, door: GatewayDoor, name: str, most_output: int, most_text: int, timeout: float
    ) -> None:
        super().__init__(profile=_PROFILE)
        self._door = door
        self._name = name
        self._most_output = most_output
        self._most_text = most_text
        self._timeout = timeout
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
            **_conversation(messages),
            "max_output_tokens": self._most_output,
            "store": False,
        }
        if parameters.output_object is not None:
            body["text"] = {"format": _format(parameters.output_object.json_schema)}
        said = await self._door.ask(body, self._timeout)
        self.answered.append(said.model or self._name)
        return ModelResponse(
            parts=[TextPart(said.text[: self._most_text])],
            usage=RequestUsage(input_tokens=said.input_tokens, output_tokens=said.output_tokens),
            model_name=said.model or self._name,
        )


def _conversation(messages: list[ModelMessage]) -> dict[str, Any]:
    """`instructions` for what is ours, `input` for the turns."""
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
            turns.append({"role": "assistant", "content": message.text or ""})
    return {"instructions": "\n\n".join(ours), "input": turns}


def _text(part: ModelRequestPart) -> str:
    """What pydantic-ai itself has to say (why an answer was of no use) arrives as a turn of the user."""
    if isinstance(part, UserPromptPart) and isinstance(part.content, str):
        return part.content
    return ""


def _format(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "json_schema", "name": "answer", "schema": _loose(schema), "strict": False}


def _loose(node: Any) -> Any:
    """The schema without bounds that are checked afterwards; names of fields stay, whatever they are."""
    if isinstance(node, list):
        return [_loose(item) for item in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    table = cast("dict[str, Any]", node)
    return {
        key: {name: _loose(one) for name, one in value.items()}
        if key in ("properties", "$defs")
        else _loose(value)
        for key, value in table.items()
        if key not in _LOOSE
    }
