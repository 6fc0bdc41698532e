"""What every format can say, in no format: the middle of each translation. Nothing here reads or writes JSON.

A request is a `Question`: turns, tools and settings, each setting with the path at which the client said it,
so that a format that cannot carry it can name it. A whole answer is an `Answer`; a stream is a row of
deltas.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from codex32_server.gateway.contract import Usage

from .fields import Json

# --- Parts of a turn
# --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Image:
    """Either by `url` or by `media_type` and `data` (base64)."""

    url: str | None = None
    media_type: str | None = None
    data: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A file, nearly always a PDF; by `url` or by `data` (base64)."""

    media_type: str = "application/pdf"
    data: str | None = None
    url: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Audio:
    data: str
    kind: str
    """wav or mp3."""


@dataclass(frozen=True, slots=True)
class Thinking:
    """Reasoning that a model showed. `signature` (of one provider) or `sealed` lets it go on from there."""

    text: str
    signature: str | None = None
    sealed: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    id: str
    name: str
    arguments: str
    """JSON, as the model wrote it."""
    signature: str | None = None
    """Google's signature of the thought behind the call."""


@dataclass(frozen=True, slots=True)
class ToolResult:
    call_id: str
    parts: tuple[Text | Image | Document, ...]
    failed: bool = False


Part: TypeAlias = Text | Image | Document | Audio | Thinking | Refusal | ToolCall | ToolResult
Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Turn:
    role: Role
    parts: tuple[Part, ...]
    path: str = ""
    """Where the client said it; for what cannot be carried."""


# --- The request
# ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tool:
    name: str
    description: str | None
    schema: Json
    strict: bool | None = None


@dataclass(frozen=True, slots=True)
class ToolChoice:
    mode: Literal["auto", "none", "required", "one"]
    name: str | None = None
    """Of the one that must be called."""


@dataclass(frozen=True, slots=True)
class JsonOutput:
    """Without a schema: any JSON object."""

    schema: Json | None = None
    name: str = "answer"
    strict: bool | None = None


@dataclass(frozen=True, slots=True)
class Reasoning:
    """How much to think: as a word, as a number of tokens, or not at all."""

    effort: str | None = None
    budget: int | None = None
    off: bool = False
    shown: bool = False


Setting = Literal[
    "most_output", "temperature", "top_p", "top_k", "stop", "seed", "n", "logprobs", "top_logprobs",
    "frequency_penalty", "presence_penalty", "tool_choice", "parallel", "json", "reasoning", "metadata",
    "user", "verbosity",
]  # fmt: skip


@dataclass(slots=True)
class Question:
    turns: list[Turn] = field(default_factory=list[Turn])
    tools: list[Tool] = field(default_factory=list[Tool])
    settings: dict[Setting, Any] = field(default_factory=dict[Setting, Any])
    paths: dict[Setting, str] = field(default_factory=dict[Setting, str])
    lost: list[str] = field(default_factory=list[str])
    """Paths in the client's request that nothing in here stands for."""

    def set(self, name: Setting, value: Any, path: str) -> None:
        """Absent and null are the same: the model's default."""
        if value is not None:
            self.settings[name] = value
            self.paths[name] = path

    def take(self, body: Mapping[str, Any], names: Mapping[str, Setting]) -> None:
        """Settings that the format says in one field each. Of two fields for one setting the later counts."""
        for field_name, name in names.items():
            self.set(name, body.get(field_name), field_name)

    def lose_others(
        self,
        body: Mapping[str, Any],
        understood: Collection[str],
        meaningless: Mapping[str, Any] | None = None,
    ) -> None:
        """What the format's reader does not understand is lost, unless its value asks for nothing."""
        for name, value in body.items():
            idle = meaningless is not None and name in meaningless and meaningless[name] == value
            if name not in understood and value is not None and not idle:
                self.lost.append(name)


Placing: TypeAlias = str | Callable[[Json, Any], bool]
"""A field's name, or a function that writes the setting and says whether it could."""


def place(question: Question, body: Json, placings: Mapping[Setting, Placing]) -> list[str]:
    """Write the settings into a provider's request; the paths of those that it has no place for."""
    lost: list[str] = []
    for name, value in question.settings.items():
        placing = placings.get(name)
        if isinstance(placing, str):
            body[placing] = value
        elif placing is None or not placing(body, value):
            lost.append(question.paths[name])
    return lost


# --- The answer
# -------------------------------------------------------------------------------------------------

Finish = Literal["stop", "length", "tool_calls", "content_filter", "refusal", "stop_sequence"]


@dataclass(slots=True)
class Choice:
    parts: list[Part] = field(default_factory=list[Part])
    finish: Finish = "stop"
    stop_sequence: str | None = None
    logprobs: list[Json] = field(default_factory=list[Json])
    """As OpenAI says them: token, logprob, bytes, top_logprobs."""


@dataclass(slots=True)
class Answer:
    id: str
    model: str
    created: int
    """Seconds since 1970; 0 if the provider did not say."""
    choices: list[Choice]
    usage: Usage


# --- The stream
# -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Began:
    id: str
    model: str
    created: int = 0
    usage: Usage | None = None
    """What is known of the input, if the provider says it first."""


@dataclass(frozen=True, slots=True)
class Wrote:
    """More of the text (or thinking, or refusal) of one choice."""

    kind: Literal["text", "thinking", "refusal"]
    text: str
    choice: int = 0
    logprobs: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Signed:
    """The signature of the thinking that was just written; or thinking that is sealed as a whole."""

    signature: str | None = None
    sealed: str | None = None
    choice: int = 0


@dataclass(frozen=True, slots=True)
class CallBegan:
    """A tool call; `key` tells calls of one answer apart and is otherwise without meaning."""

    key: str
    id: str
    name: str
    choice: int = 0
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class CallWrote:
    key: str
    arguments: str
    choice: int = 0


@dataclass(frozen=True, slots=True)
class Finished:
    """A choice is complete."""

    finish: Finish
    choice: int = 0
    stop_sequence: str | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    usage: Usage


@dataclass(frozen=True, slots=True)
class Over:
    """The provider said that its answer is complete."""


Delta: TypeAlias = Began | Wrote | Signed | CallBegan | CallWrote | Finished | Counted | Over
