"""There and back: what two formats have in common survives the way through the other one."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from codex32_server.gateway.contract import Format
from codex32_server.gateway.wire.chat import answer as chat_answer
from codex32_server.gateway.wire.chat import question as chat_question
from codex32_server.gateway.wire.messages import answer as messages_answer
from codex32_server.gateway.wire.neutral import Question, Text, ToolCall, ToolResult
from codex32_server.gateway.wire.responses import answer as responses_answer
from codex32_server.gateway.wire.translation import Upstream, translate_answer, translate_request
from hypothesis import given, settings
from hypothesis import strategies as st
from support.model_apis import ANSWERS, CLIENTS

words = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12)
names = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True)
arguments = st.dictionaries(names, st.integers(-9, 9) | words | st.none(), max_size=3)


@st.composite
def conversations(draw: st.DrawFn) -> dict[str, Any]:
    """A chat whose every call is answered, as all APIs want it."""
    messages: list[dict[str, Any]] = []
    if draw(st.booleans()):
        messages.append({"role": "system", "content": draw(words)})
    number = 0
    for _ in range(draw(st.integers(1, 3))):
        messages.append({"role": "user", "content": draw(words)})
        calls: list[dict[str, Any]] = []
        for _ in range(draw(st.integers(0, 2))):
            number += 1
            function = {"name": draw(names), "arguments": orjson.dumps(draw(arguments)).decode()}
            calls.append({"id": f"c{number}", "type": "function", "function": function})
        said: dict[str, Any] = {"role": "assistant", "content": draw(words)}
        messages.append(said | ({"tool_calls": calls} if calls else {}))
        messages += [{"role": "tool", "tool_call_id": call["id"], "content": draw(words)} for call in calls]
    messages.append({"role": "user", "content": draw(words)})
    settings: dict[str, Any] = {}
    if draw(st.booleans()):
        settings["temperature"] = draw(st.sampled_from([0, 0.5, 1]))
    if draw(st.booleans()):
        function = {"name": draw(names), "description": draw(words), "parameters": {"type": "object"}}
        settings["tools"] = [{"type": "function", "function": function}]
        settings["tool_choice"] = draw(st.sampled_from(["auto", "none", "required"]))
    return {
        "model": "m",
        "messages": messages,
        "max_completion_tokens": draw(st.integers(1, 999)),
        **settings,
    }


def meaning(question: Question) -> Any:
    """Everything said, in order, without how it was divided into turns."""
    said: list[Any] = []
    for turn in question.turns:
        for part in turn.parts:
            match part:
                case Text():
                    said.append((turn.role, part.text))
                case ToolCall():
                    said.append((part.id, part.name, orjson.loads(part.arguments)))
                case ToolResult():
                    said.append((part.call_id, "".join(p.text for p in part.parts if isinstance(p, Text))))
                case _:
                    said.append(part)
    shown = {name: value for name, value in question.settings.items() if name != "parallel"}
    return said, [(tool.name, tool.description, tool.schema) for tool in question.tools], shown


@pytest.mark.parametrize("other", [Format.RESPONSES, Format.MESSAGES])
@settings(max_examples=60, deadline=None)
@given(body=conversations())
def test_a_conversation_survives(other: Format, body: dict[str, Any]) -> None:
    there = translate_request(Format.CHAT, body, Upstream(other, "m"), stream=False)
    back = translate_request(other, there.body, Upstream(Format.CHAT, "m"), stream=False)
    assert there.lost == ()
    assert back.lost == ()
    assert meaning(chat_question.read(back.body)) == meaning(chat_question.read(body))


READ = {
    Format.CHAT: chat_answer.read,
    Format.RESPONSES: responses_answer.read,
    Format.MESSAGES: messages_answer.read,
}


@pytest.mark.parametrize("middle", CLIENTS)
@pytest.mark.parametrize("first", CLIENTS)
def test_an_answer_survives(first: Format, middle: Format) -> None:
    if first is middle:
        return
    data = orjson.dumps(ANSWERS[first])
    there = translate_answer(middle, first, {"model": "m"}, data, fallback_id="f")
    back = translate_answer(first, middle, {"model": "m"}, there.body, fallback_id="f")
    before, after = READ[first](ANSWERS[first]), READ[first](orjson.loads(back.body))
    assert after.usage == before.usage
    assert after.choices[0].finish == before.choices[0].finish
    assert [part.text for part in after.choices[0].parts if isinstance(part, Text)] == [
        part.text for part in before.choices[0].parts if isinstance(part, Text)
    ]
    calls = [[p for p in each.choices[0].parts if isinstance(p, ToolCall)] for each in (before, after)]
    assert [(c.id, c.name, orjson.loads(c.arguments)) for c in calls[0]] == [
        (c.id, c.name, orjson.loads(c.arguments)) for c in calls[1]
    ]
