"""A real HTTP server that answers as it is told, and the command line as a user meets it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from codex32_sdk.cli.app import run


@dataclass
class Request:
    """What arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    """What goes back; `cut` closes the connection in the middle of the body."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False

    def encoded(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Reply = Answer | Callable[[Request], Answer]


class ApiDouble:
    """Answers requests from a script: `METHOD /path` → answers in order, the last one for ever."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self._script: dict[str, list[Reply]] = {}
        double = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                double.respond(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def on(self, route: str, *replies: Reply | dict[str, Any]) -> None:
        """Script a route; a dict is a 200 with that body. Paths are below /api/v1 unless they say more."""
        method, path = route.split(" ", 1)
        full = path if path == "/health" else f"/api/v1{path}"
        self._script[f"{method} {full}"] = [
            Answer(200, reply) if isinstance(reply, dict) else reply for reply in replies
        ]

    def sent(self, route: str) -> list[Request]:
        method, path = route.split(" ", 1)
        return [item for item in self.requests if item.method == method and item.path.endswith(path)]

    def respond(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        request = Request(
            handler.command,
            parts.path,
            {name: values[-1] for name, values in parse_qs(parts.query).items()},
            {name.lower(): value for name, value in handler.headers.items()},
            _body(handler),
        )
        self.requests.append(request)
        replies = self._script.get(f"{request.method} {request.path}")
        if not replies:
            missing = problem("not_found", f"Nothing at {parts.path}.", 404)
            _write(handler, missing)
            return
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        _write(handler, reply if isinstance(reply, Answer) else reply(request))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _body(handler: BaseHTTPRequestHandler) -> bytes:
    if handler.headers.get("Transfer-Encoding") != "chunked":
        return handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
    parts: list[bytes] = []
    while size := int(handler.rfile.readline(), 16):
        parts.append(handler.rfile.read(size))
        handler.rfile.readline()
    handler.rfile.readline()
    return b"".join(parts)


def _write(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    content = answer.encoded() if answer.status != 204 else b""
    handler.send_response(answer.status)
    for name, value in ({"Content-Type": "application/json"} | answer.headers).items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(content) + (10 if answer.cut else 0)))
    handler.end_headers()
    handler.wfile.write(content)
    handler.close_connection = handler.close_connection or answer.cut


def problem(code: str, detail: str, status: int, **more: Any) -> Answer:
    body = {"code": code, "detail": detail, "status": status, "next_step": "Do this.", "errors": []} | more
    return Answer(status, body, {"Content-Type": "application/problem+json"})


def events(*items: tuple[str, str | None, Any]) -> bytes:
    """Server-sent events as the API writes them: (event, id, data)."""
    lines = [b": connected\n\n"]
    for name, identifier, data in items:
        identified = f"id: {identifier}\n" if identifier else ""
        lines.append(f"event: {name}\n{identified}data: {json.dumps(data, ensure_ascii=False)}\n\n".encode())
    return b"".join(lines)


def line(number: int, text: str, *, attempt: int = 1) -> tuple[str, str, dict[str, Any]]:
    data = {
        "attempt": attempt,
        "line": number,
        "at": "2026-11-22T09:00:00Z",
        "stream": "stdout",
        "level": None,
        "text": text,
    }
    return ("line", f"{attempt}:{number}", data)


@dataclass
class Told:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def api() -> Iterator[ApiDouble]:
    double = ApiDouble()
    yield double
    double.close()


@pytest.fixture
def no_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person without a profile; where it would be."""
    for name in ("CODEX32_URL", "CODEX32_API_KEY", "CODEX32_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("TZ", "UTC")
    return tmp_path / "config" / "codex32" / "profile.json"


@pytest.fixture
def codex32(
    api: ApiDouble, no_profile: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Told]:
    """The command line, pointed at `api`."""
    monkeypatch.setenv("CODEX32_URL", api.url)
    monkeypatch.setenv("CODEX32_API_KEY", "c32_test")

    def call(*arguments: str) -> Told:
        code = run(arguments)
        captured = capsys.readouterr()
        return Told(code, captured.out, captured.err)

    return call


class Kit:
    """Factories, reached as a fixture because tests are imported by path."""

    Answer = Answer
    problem = staticmethod(problem)
    events = staticmethod(events)
    line = staticmethod(line)

    @staticmethod
    def run(status: str = "succeeded", **more: Any) -> dict[str, Any]:
        return {
            "id": "r1",
            "bot_id": "b1",
            "bot_name": "price-watch",
            "version_id": "v1",
            "environment": "dev",
            "status": status,
            "attempts": 1,
            "output": {"dropped": 3} if status == "succeeded" else None,
            "error": None,
            "created_at": "2026-11-22T09:00:00Z",
            "duration_ms": 12,
        } | more

    @staticmethod
    def version(proof: str = "proven", **more: Any) -> dict[str, Any]:
        return {"id": "v1", "bot_id": "b1", "number": 1, "digest": "sha256:abc", "proof": proof} | more

    @staticmethod
    def bot(**more: Any) -> dict[str, Any]:
        return {
            "id": "b1",
            "name": "price-watch",
            "environments": {"dev": {"version_id": "v1", "number": 1, "digest": "sha256:abc"}},
            "latest_version": {"id": "v1", "number": 1, "digest": "sha256:abc", "proof": "proven"},
        } | more

    @staticmethod
    def schedule(**more: Any) -> dict[str, Any]:
        return {
            "id": "s1",
            "bot_id": "b1",
            "bot_name": "price-watch",
            "cron": "0 9 * * mon-fri",
            "timezone": "Europe/Madrid",
            "paused": False,
            "next_fire_at": "2026-11-23T08:00:00Z",
        } | more


@pytest.fixture
def kit() -> type[Kit]:
    return Kit
