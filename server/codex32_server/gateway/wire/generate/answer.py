"""A whole answer of Google, and the objects of its stream, read into the neutral form."""

from __future__ import annotations

from typing import Any

from codex32_server.gateway.contract import Format, Usage
from codex32_server.gateway.errors import UpstreamFailedError
from codex32_server.gateway.wire import counting, sse
from codex32_server.gateway.wire.fields import Json, dumped, mapping, objects, string, whole
from codex32_server.gateway.wire.neutral import (
    Answer,
    Began,
    CallBegan,
    CallWrote,
    Choice,
    Counted,
    Delta,
    Finish,
    Finished,
    Part,
    Signed,
    Text,
    Thinking,
    ToolCall,
    Wrote,
)

_REFUSED = {
    "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY", "LANGUAGE",
    "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION",
}  # fmt: skip


def finish_read(reason: Any, called: bool) -> Finish:
    """The neutral reason; Google says STOP for tool calls too."""
    if reason == "MAX_TOKENS":
        return "length"
    if reason in _REFUSED:
        return "content_filter"
    return "tool_calls" if called else "stop"


def blocked(body: Json) -> str | None:
    """Why Google did not take the prompt, if it did not."""
    return string(mapping(body.get("promptFeedback")).get("blockReason")) or None


def read(body: Json) -> Answer:
    """Raises UpstreamFailedError if it is none."""
    candidates = objects(body.get("candidates"))
    answer_id = string(body.get("responseId"))
    choices = [_read_candidate(candidate, answer_id, index) for index, candidate in enumerate(candidates)]
    if blocked(body):
        choices = choices or [Choice(finish="content_filter")]
    if not choices:
        raise UpstreamFailedError("The provider's answer has no candidates.")
    usage = counting.from_answer(Format.GENERATE, body) or Usage(estimated=True)
    return Answer(answer_id, string(body.get("modelVersion")), 0, choices, usage)


def _read_candidate(candidate: Json, answer_id: str, index: int) -> Choice:
    parts: list[Part] = []
    for part in objects(mapping(candidate.get("content")).get("parts")):
        call = mapping(part.get("functionCall"))
        signature = string(part.get("thoughtSignature")) or None
        if call:
            number = sum(isinstance(each, ToolCall) for each in parts)
            call_id = string(call.get("id")) or call_name(answer_id, index, number)
            arguments = dumped(mapping(call.get("args"))).decode()
            parts.append(ToolCall(call_id, string(call.get("name")), arguments, signature))
        elif string(part.get("text")):
            text = string(part.get("text"))
            parts.append(Thinking(text, signature) if part.get("thought") else Text(text))
    finish = finish_read(candidate.get("finishReason"), any(isinstance(part, ToolCall) for part in parts))
    return Choice(parts, finish, logprobs=logprobs(candidate))


def call_name(answer_id: str, choice: int, number: int) -> str:
    """Google's calls have no ids of their own; these are the same whenever the answer is read again."""
    return f"call_{answer_id}_{choice}_{number}"


def logprobs(candidate: Json) -> list[Json]:
    """Google's chosen and top candidates as OpenAI says them."""
    result = mapping(candidate.get("logprobsResult"))
    tops = objects(result.get("topCandidates"))
    said: list[Json] = []
    for index, chosen in enumerate(objects(result.get("chosenCandidates"))):
        top = objects(tops[index].get("candidates")) if index < len(tops) else []
        said.append(_logprob(chosen) | {"top_logprobs": [_logprob(each) for each in top]})
    return said


def _logprob(said: Json) -> Json:
    token = string(said.get("token"))
    return {"token": token, "logprob": said.get("logProbability", 0.0), "bytes": list(token.encode())}


class Reader:
    """Objects of a stream into deltas. The stream has no last event of its own: it is over when nothing
    comes after its reason.
    """

    def __init__(self) -> None:
        self._begun = False
        self._id = ""
        self._calls: dict[int, int] = {}

    def read(self, event: sse.Event, data: Any) -> list[Delta]:
        """What one event says."""
        del event
        body = mapping(data)
        deltas: list[Delta] = []
        if not self._begun and body:
            self._begun = True
            self._id = string(body.get("responseId"))
            deltas.append(Began(self._id, string(body.get("modelVersion"))))
        usage = counting.from_answer(Format.GENERATE, body)
        if usage is not None:
            deltas.append(Counted(usage))
        candidates = objects(body.get("candidates"))
        for candidate in candidates:
            deltas += self._candidate(candidate)
        if blocked(body) and not candidates:
            deltas.append(Finished("content_filter"))
        return deltas

    def _candidate(self, candidate: Json) -> list[Delta]:
        index = whole(candidate.get("index")) or 0
        deltas: list[Delta] = []
        said = tuple(logprobs(candidate))
        for part in objects(mapping(candidate.get("content")).get("parts")):
            call, signature = mapping(part.get("functionCall")), string(part.get("thoughtSignature")) or None
            if call:
                deltas += self._call(call, signature, index)
            elif string(part.get("text")):
                thought = bool(part.get("thought"))
                deltas.append(Wrote("thinking" if thought else "text", string(part.get("text")), index, said))
                said = ()
                if thought and signature:
                    deltas.append(Signed(signature, choice=index))
        if string(candidate.get("finishReason")):
            reason = finish_read(candidate.get("finishReason"), index in self._calls)
            deltas.append(Finished(reason, index))
        return deltas

    def _call(self, call: Json, signature: str | None, choice: int) -> list[Delta]:
        number = self._calls.get(choice, 0)
        self._calls[choice] = number + 1
        key = str(number)
        call_id = string(call.get("id")) or call_name(self._id, choice, number)
        arguments = dumped(mapping(call.get("args"))).decode()
        began = CallBegan(key, call_id, string(call.get("name")), choice, signature)
        return [began, CallWrote(key, arguments, choice)]
