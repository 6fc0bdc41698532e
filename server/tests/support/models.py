"""A server that stands for the platform: its model gateway, and the API beside it that no bot may reach."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from codex32_server.runtime.backends.local import LocalBackend
from codex32_server.runtime.contract import Outcome
from codex32_server.runtime.driver import Driver
from codex32_server.runtime.proxy.client import EgressProxy
from codex32_server.runtime.proxy.grants import Outside, RunLimits
from codex32_server.runtime.sandbox.uid import proxy_uid
from support.networked import HOST, OTHER
from support.origins import serving

KEY = "sk-c32-8f3a61d0c2b94e57"


class Platform:
    """Answers as OpenAI and Anthropic do; `heads` and `bodies` are what arrived."""

    def __init__(self) -> None:
        self.heads: list[str] = []
        self.bodies: list[bytes] = []
        self.go_on = asyncio.Event()
        """The second half of a stream waits for it."""

    @property
    def lines(self) -> list[str]:
        return [head.splitlines()[0] for head in self.heads]

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator[int]:
        async with serving(self) as port:
            yield port

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        fields = dict(line.lower().split(": ", 1) for line in head.splitlines()[1:] if line)
        body = await reader.readexactly(int(fields.get("content-length", 0)))
        self.bodies.append(body)
        asked = json.loads(body) if body.startswith(b"{") else {}
        path = head.split(" ")[1]
        if asked.get("stream"):
            await self._stream(writer)
        elif asked.get("model") == "dear":
            _answer(writer, {"error": {"code": "budget_exceeded", "message": "used up"}}, "429 Too Many")
        elif asked.get("model") == "echo-key":
            _answer(writer, {"key": fields["authorization"]})
        elif path.endswith("/messages"):
            _answer(writer, MESSAGE)
        elif path.endswith("/embeddings"):
            vectors = [{"index": n, "embedding": [float(n), 0.5]} for n in range(len(asked["input"]))]
            _answer(writer, {"object": "list", "data": vectors, "model": "m", "usage": {}})
        else:
            _answer(writer, completion(f"you said {asked.get('messages', [{}])[-1].get('content', '')}"))
        await writer.drain()

    async def _stream(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        writer.write(_chunk("one "))
        await writer.drain()
        await self.go_on.wait()
        writer.write(_chunk("two") + b"data: [DONE]\n\n")
        await writer.drain()


MESSAGE = {
    "id": "m", "type": "message", "role": "assistant", "model": "smart", "stop_reason": "end_turn",
    "content": [{"type": "text", "text": "from a message"}], "usage": {"input_tokens": 1, "output_tokens": 2},
}  # fmt: skip


def completion(text: str) -> dict[str, object]:
    """One whole answer in OpenAI's format."""
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    return {
        "id": "c", "object": "chat.completion", "created": 1, "model": "smart", "choices": [choice],
        "usage": usage,
    }  # fmt: skip


def _chunk(text: str) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    document = {
        "id": "c",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "smart",
        "choices": [choice],
    }
    return f"data: {json.dumps(document)}\n\n".encode()


def _answer(writer: asyncio.StreamWriter, document: object, status: str = "200 OK") -> None:
    body = json.dumps(document).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)


@dataclass
class ModelBench:
    """Runs bots that may use models."""

    bench: Any
    proxy: EgressProxy
    platform: Platform
    port: int

    async def run(self, source: str, value: Any = None, key: str | None = KEY, **changes: Any) -> Outcome:
        document = json.dumps(value or {}).encode()
        return await self.bench.run(source, input=document, model_key=key, **changes)

    async def result(self, source: str, value: Any = None, **changes: Any) -> Any:
        outcome = await self.run(source, value, **changes)
        assert outcome.output is not None, outcome.error
        return json.loads(outcome.output)

    @property
    def said(self) -> list[str]:
        return self.bench.lines.texts("system")


@asynccontextmanager
async def with_models(
    bench: Any, backend: LocalBackend, *, gateway: bool = True, limits: RunLimits | None = None
) -> AsyncGenerator[ModelBench]:
    """A platform on loopback, whose port is not allowed as a host."""
    platform = Platform()
    async with platform.listening() as port:
        address = f"http://127.0.0.1:{port}" if gateway else None
        names = {HOST: ["127.0.0.1"], OTHER: ["127.0.0.1"]}
        outside = Outside("127.0.0.0/8", names, uid=proxy_uid(), gateway=address)
        proxy = EgressProxy(outside, limits)
        bench.driver = Driver(backend, work=bench.work, grace=0.5, egress=proxy, warm=bench.warm)
        try:
            yield ModelBench(bench, proxy, platform, port)
        finally:
            await proxy.close()
            assert list(bench.work.iterdir()) == []
