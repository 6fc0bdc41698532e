"""What the endpoints do beside the chain: keys, bodies, options, clients that go, our own faults."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

import pytest
from codex32_server.gateway.contract import Call, Caller, Listed, Reply, Target
from codex32_server.gateway.endpoints import GatewayApp, GatewayParts
from codex32_server.gateway.errors import KeyNotValidError, UpstreamBrokenOffError
from codex32_server.http.limiter import FailureLimiter
from codex32_server.kit.ids import new_id

KEY = "sk-c32-" + "k" * 43
CHAT = {"model": "smart", "messages": [{"role": "user", "content": "hi"}]}
ANSWER = b'{"choices":[]}'


class Keys:
    async def caller(self, token: str) -> Caller:
        if token != KEY:
            raise KeyNotValidError("The key is unknown.")
        return Caller(new_id(), new_id(), "person", "ada")


class Routes:
    async def targets(self, call: Call) -> tuple[Target, ...]:
        return ()

    async def listing(self, caller: Caller) -> tuple[Listed, ...]:
        return (Listed("smart", "openai", 1), Listed("openai/a b", "openai", 1))


@dataclass
class Asked:
    """An Ask that remembers, and answers or does what a test says."""

    reply: Reply = field(default_factory=lambda: Reply(200, ANSWER))
    calls: list[Call] = field(default_factory=list[Call])
    fault: Exception | None = None
    hang: bool = False
    cancelled: bool = False

    async def __call__(self, call: Call) -> Reply:
        self.calls.append(call)
        if self.fault is not None:
            raise self.fault
        if self.hang:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cancelled = True
                raise
        return self.reply


@dataclass
class Client:
    """One request to the application, spoken as a server speaks ASGI."""

    asked: Asked = field(default_factory=Asked)
    most: int = 10_000
    failures: FailureLimiter = field(default_factory=FailureLimiter)

    async def call(
        self,
        path: str,
        body: bytes | dict[str, Any] = b"",
        *,
        method: str = "POST",
        headers: dict[str, str] | None = None,
        leave: bool = False,
    ) -> tuple[int, dict[str, str], bytes]:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"authorization": f"Bearer {KEY}", **(headers or {})}
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "client": ("10.0.0.9", 1),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        }
        incoming = [{"type": "http.request", "body": raw[:10], "more_body": True},
                    {"type": "http.request", "body": raw[10:], "more_body": False}]  # fmt: skip
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            if incoming:
                return incoming.pop(0)
            if not leave:
                await asyncio.Event().wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        async def count(_call: Call) -> int:
            return 7

        parts = GatewayParts(Keys(), Routes(), self.asked, count, self.most)
        async with asyncio.timeout(20):
            await GatewayApp(parts, self.failures)(scope, receive, send)
        if not sent:
            return 0, {}, b""
        answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], answered, b"".join(message["body"] for message in sent[1:])


async def test_a_call_comes_as_it_was_sent() -> None:
    client = Client()
    headers = {"x-codex32-cache": "refresh", "x-codex32-cache-seconds": "60", "x-codex32-timeout": "2.5",
               "traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01"}  # fmt: skip
    status, said, body = await client.call("/llm/v1/chat/completions", CHAT, headers=headers)
    assert (status, body, said["content-type"]) == (200, ANSWER, "application/json")
    assert said["x-request-id"] == said["request-id"]
    call = client.asked.calls[0]
    assert (call.model, call.stream, call.body) == ("smart", False, CHAT)
    assert (call.options.cache, call.options.cache_seconds, call.options.timeout) == ("refresh", 60, 2.5)
    assert (call.trace, call.size) == (headers["traceparent"], len(json.dumps(CHAT)))


@pytest.mark.parametrize("name", ["authorization", "x-api-key", "api-key"])
async def test_the_key_comes_in_any_usual_header(name: str) -> None:
    headers = {"authorization": "", name: f"Bearer {KEY}" if name == "authorization" else KEY}
    assert (await Client().call("/llm/v1/chat/completions", CHAT, headers=headers))[0] == 200


async def test_no_key_and_wrong_keys_are_refused_and_floods_shed() -> None:
    client = Client(failures=FailureLimiter(burst=3))
    for headers in (
        {"authorization": ""},
        {"authorization": "Basic x"},
        {"authorization": "Bearer " + "x" * 999},
    ):
        assert (await client.call("/llm/v1/models", method="GET", headers=headers))[0] == 401
    wrong = {"authorization": "Bearer sk-c32-wrong"}
    statuses = [(await client.call("/llm/v1/models", method="GET", headers=wrong))[0] for _ in range(8)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert (await client.call("/llm/v1/models", method="GET"))[0] == 200  # a good key is let through
    assert client.asked.calls == []


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"", 400, "not JSON"),
        (b"{", 400, "not JSON"),
        (b"[]", 400, "must be a JSON object"),
        (b'{"model": NaN}', 400, "not JSON"),
        (b'{"a":' * 1500 + b"1" + b"}" * 1500, 400, "not JSON"),
        (b'{"model":"m"}', 400, "messages"),
        (b"\xff", 400, "not JSON"),
        (b" " * 10_001, 400, "more than"),
    ],
)
async def test_bad_bodies_are_refused_in_the_clients_format(body: bytes, status: int, said: str) -> None:
    client = Client(most=10_000)
    found, headers, answer = await client.call("/llm/v1/chat/completions", body)
    error = json.loads(answer)["error"]
    assert (found, said in error["message"]) == (status, True), error
    assert headers["x-codex32-error"] == error["code"]
    assert client.asked.calls == []


@pytest.mark.parametrize(
    "headers",
    [
        {"x-codex32-cache": "maybe"},
        {"x-codex32-cache-seconds": "-1"},
        {"x-codex32-timeout": "nan"},
        {"x-codex32-timeout": "soon"},
        {"content-encoding": "gzip"},
    ],
)
async def test_odd_options_are_refused(headers: dict[str, str]) -> None:
    assert (await Client().call("/llm/v1/chat/completions", CHAT, headers=headers))[0] == 400


async def test_too_large_is_told_before_it_is_read() -> None:
    status, _, body = await Client(most=100).call(
        "/llm/v1/messages", b"{}", headers={"content-length": "101", "x-api-key": KEY}
    )
    assert (status, json.loads(body)["error"]["type"]) == (413, "request_too_large")


async def test_other_paths_and_methods_are_told_so() -> None:
    client = Client()
    for path in ("/llm/v1", "/llm/v1/", "/llm/v1/nothing", "/llm/v2/models", "/llm/v1/chat"):
        status, _, body = await client.call(path, CHAT)
        assert (status, json.loads(body)["error"]["code"]) == (404, "no_such_path"), path
    assert (await client.call("/llm/v1/chat/completions", method="GET"))[0] == 405
    assert (await client.call("/llm/v1/models", CHAT))[0] == 405


async def test_lists_speak_the_clients_format() -> None:
    client = Client()
    _, _, body = await client.call("/llm/v1/models", method="GET")
    assert [line["id"] for line in json.loads(body)["data"]] == ["smart", "openai/a b"]
    _, _, body = await client.call("/llm/v1/models/openai/a%20b", method="GET")
    assert json.loads(body)["id"] == "openai/a b"
    anthropic = {"anthropic-version": "2023-06-01"}
    _, _, body = await client.call("/llm/v1/models", method="GET", headers=anthropic)
    assert json.loads(body)["data"][0]["type"] == "model"
    status, _, body = await client.call("/llm/v1/models/none", method="GET", headers=anthropic)
    assert (status, json.loads(body)["error"]["type"]) == (404, "not_found_error")


async def test_tokens_are_counted_without_a_ceiling() -> None:
    status, _, body = await Client().call("/llm/v1/messages/count_tokens", CHAT)
    assert (status, json.loads(body)) == (200, {"input_tokens": 7})


async def test_a_fault_of_our_own_is_an_error_without_its_words() -> None:
    client = Client(Asked(fault=RuntimeError("sk-secret words")))
    status, _, body = await client.call("/llm/v1/chat/completions", CHAT)
    assert status == 500
    assert b"sk-secret" not in body


async def test_a_client_that_goes_ends_its_call() -> None:
    asked = Asked(hang=True)
    assert await Client(asked).call("/llm/v1/chat/completions", CHAT, leave=True) == (0, {}, b"")
    assert asked.cancelled


async def test_a_stream_is_closed_though_its_client_went_and_ends_with_its_error() -> None:
    closed: list[str] = []

    async def endless() -> AsyncGenerator[bytes]:
        try:
            yield b"data: {}\n\n"
            await asyncio.Event().wait()
        finally:
            closed.append("endless")

    await Client(Asked(Reply(200, events=endless()))).call("/llm/v1/chat/completions", CHAT, leave=True)
    assert closed == ["endless"]

    async def broken() -> AsyncGenerator[bytes]:
        yield b"data: {}\n\n"
        raise UpstreamBrokenOffError("It broke.")

    reply = Reply(200, events=broken(), lost=("tools.0", "seed"))
    status, headers, body = await Client(Asked(reply)).call("/llm/v1/chat/completions", CHAT)
    assert (status, headers["x-codex32-not-carried"]) == (200, "tools.0, seed")
    assert headers["content-type"].startswith("text/event-stream")
    assert b"upstream_broken_off" in body
