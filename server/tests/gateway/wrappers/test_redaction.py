from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from codex32_server.gateway.contract import Call, Reply
from codex32_server.gateway.errors import (
    RequestNotValidError,
    RequestTooLargeError,
    UpstreamBrokenOffError,
    UpstreamFailedError,
)
from codex32_server.gateway.ports import Redacts
from codex32_server.gateway.wrappers.known_keys import KnownKeys
from codex32_server.gateway.wrappers.redaction import KeyHiding, Redacting, Sizes
from codex32_server.kit.redaction import Redactor
from support.gateway import ANSWER, EVENTS, NothingHidden, Sender, a_call, a_stream, an_attempt, read

SECRET = "correct horse battery"
HIDDEN = NothingHidden(Redactor({"PASSWORD": SECRET}))


class Ask:
    def __init__(self, answer: Reply | BaseException) -> None:
        self._answer = answer
        self.body: Any = None

    async def __call__(self, call: Call) -> Reply:
        self.body = call.body
        if isinstance(self._answer, BaseException):
            raise self._answer
        return self._answer


async def test_errors_do_not_repeat_secrets() -> None:
    ask = Ask(RequestNotValidError(f"invalid value {SECRET!r}"))
    with pytest.raises(RequestNotValidError) as caught:
        await Redacting(ask, HIDDEN, Sizes())(a_call())
    assert SECRET not in caught.value.detail + str(caught.value)
    assert "[secret PASSWORD]" in caught.value.detail


async def test_nor_do_errors_in_the_middle_of_a_stream() -> None:
    ask = Ask(a_stream(EVENTS[1], UpstreamBrokenOffError(SECRET)))
    with pytest.raises(UpstreamBrokenOffError) as caught:
        await read(await Redacting(ask, HIDDEN, Sizes())(a_call(stream=True)))
    assert caught.value.detail == "[secret PASSWORD]"


@pytest.mark.parametrize("wanted", [False, True])
async def test_prompts_are_cleaned_only_where_that_is_wanted(wanted: bool) -> None:
    ask = Ask(Reply(200, ANSWER))
    call = a_call(
        body={"messages": [{"role": "user", "content": [{"type": "text", "text": f"use {SECRET}"}]}]}
    )
    await Redacting(ask, NothingHidden(HIDDEN.redactor, wanted), Sizes())(call)
    text = ask.body["messages"][0]["content"][0]["text"]
    assert text == ("use [secret PASSWORD]" if wanted else f"use {SECRET}")
    assert call.body["messages"][0]["content"][0]["text"] == f"use {SECRET}"
    assert ask.body["max_tokens"] == 50


async def test_requests_have_a_size() -> None:
    ask = Ask(Reply(200, ANSWER))
    with pytest.raises(RequestTooLargeError, match="2000000 bytes"):
        await Redacting(ask, NothingHidden(), Sizes(request=1024 * 1024))(a_call(size=2_000_000))
    assert ask.body is None


async def test_answers_have_a_size() -> None:
    with pytest.raises(UpstreamFailedError):
        await Redacting(Ask(Reply(200, b"x" * 101)), NothingHidden(), Sizes(answer=100))(a_call())
    closed: list[bool] = []

    async def endless() -> Any:
        try:
            while True:
                yield EVENTS[1]
        finally:
            closed.append(True)

    reply = await Redacting(Ask(Reply(200, events=endless())), NothingHidden(), Sizes(answer=1000))(a_call())
    with pytest.raises(UpstreamBrokenOffError, match="MiB"):
        await read(reply)
    assert closed == [True]


async def test_the_providers_key_is_in_no_error() -> None:
    attempt = an_attempt()
    assert attempt.target.secret is not None
    whole = KeyHiding(Sender(UpstreamFailedError(f"Incorrect key {attempt.target.secret}")))
    with pytest.raises(UpstreamFailedError, match=r"Incorrect key \[the provider's key\]"):
        await whole(attempt)
    streamed = KeyHiding(Sender(a_stream(EVENTS[1], UpstreamFailedError(attempt.target.secret))))
    with pytest.raises(UpstreamFailedError) as caught:
        await read(await streamed(attempt))
    assert attempt.target.secret not in str(caught.value)


async def test_a_key_in_a_prompt_is_taken_out_and_the_answer_says_so() -> None:
    class Keys:
        async def of(self, workspace_id: UUID) -> tuple[Redacts, bool]:
            return KnownKeys(), True

    key = "ghp_" + "a1B2" * 9
    body = {"messages": [{"role": "user", "content": f"token {key}"}], "tools": [{"function": {"name": "f"}}]}
    ask = Ask(Reply(200, ANSWER))
    reply = await Redacting(ask, Keys(), Sizes())(a_call(body=body))
    assert ask.body["messages"][0]["content"] == "token [redacted: a GitHub token]"
    assert ask.body["tools"] is body["tools"]
    assert reply.headers == {"x-codex32-redacted": "request"}

    plain = a_call(body={"messages": [{"role": "user", "content": "token"}]})
    reply = await Redacting(Ask(Reply(200, ANSWER)), Keys(), Sizes())(plain)
    assert reply.headers == {}
