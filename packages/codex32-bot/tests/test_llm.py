"""`llm` against a small gateway on loopback, and on the bench."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from codex32_bot import _platform, llm
from codex32_bot.testing import workbench

SCHEMA = {"type": "object", "properties": {"a": {"type": "number"}}, "required": ["a"]}


class Gateway(ThreadingHTTPServer):
    """Answers every request with `status`, `headers` and `body`."""

    daemon_threads = True
    status = 200
    body = b"{}"

    def __init__(self) -> None:
        self.extra: dict[str, str] = {}
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[tuple[str, str | None, Any]] = []

    def says(self, text: str, **more: Any) -> None:
        choice = {"finish_reason": "stop", "message": {"content": text}, **more}
        usage = {"prompt_tokens": 3, "completion_tokens": 4}
        self.body = json.dumps({"model": "m-1", "choices": [choice], "usage": usage}).encode()

    def refuses(self, status: int, document: Any, **headers: str) -> None:
        self.status, self.extra = status, headers
        self.body = document if isinstance(document, bytes) else json.dumps(document).encode()


class _Handler(BaseHTTPRequestHandler):
    server: Gateway  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, self.headers["Authorization"], json.loads(body)))
        self.send_response(self.server.status)
        for name, value in self.server.extra.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Generator[Gateway]:
    server = Gateway()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("CODEX32_LLM_URL", f"http://127.0.0.1:{server.server_address[1]}/llm/v1")
    monkeypatch.setenv("CODEX32_LLM_KEY", "sk-c32-1")
    restore = _platform.use(None)
    try:
        yield server
    finally:
        restore()
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_question_and_its_answer(gateway: Gateway) -> None:
    gateway.says("hello")
    assert llm.ask("hi", system="be brief", max_tokens=5, temperature=0) == "hello"
    path, key, request = gateway.seen[0]
    assert (path, key) == ("/llm/v1/chat/completions", "Bearer sk-c32-1")
    assert request == {
        "model": "smart",
        "messages": [{"role": "system", "content": "be brief"}, {"role": "user", "content": "hi"}],
        "max_tokens": 5,
        "temperature": 0,
    }


def test_an_answer_by_a_schema(gateway: Gateway) -> None:
    gateway.says('```json\n{"a": 1}\n```')
    assert llm.ask("hi", schema=SCHEMA, model="fast") == {"a": 1}
    described = gateway.seen[0][2]["response_format"]["json_schema"]
    assert (described["schema"], described["strict"]) == (SCHEMA, True)


@pytest.mark.parametrize(
    ("text", "finish", "code", "why"),
    [
        ("no json", "stop", "answer_invalid", "no JSON"),
        ("[1]", "stop", "answer_invalid", "no object"),
        ('{"b": 1}', "stop", "answer_invalid", "a is missing"),
        ('{"a": 1', "length", "answer_cut_off", "cut off"),
    ],
)
def test_an_answer_that_is_not_what_was_asked_for(
    gateway: Gateway, text: str, finish: str, code: str, why: str
) -> None:
    gateway.says(text, finish_reason=finish)
    with pytest.raises(llm.ModelAnswerInvalid, match=why) as caught:
        llm.ask("hi", schema=SCHEMA)
    assert caught.value.code == code
    assert caught.value.next_step


def test_a_conversation_with_tools(gateway: Gateway) -> None:
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    gateway.says("", finish_reason="tool_calls", message={"content": None, "tool_calls": [call]})
    tool = {"type": "function", "function": {"name": "f"}}
    answer = llm.chat([{"role": "user", "content": "hi"}], tools=[tool])
    assert (answer.text, answer.finish, answer.tool_calls) == ("", "tool_calls", (call,))
    assert (answer.model, answer.input_tokens, answer.output_tokens) == ("m-1", 3, 4)
    assert gateway.seen[0][2]["tools"] == [tool]


def _events(*documents: Any, done: bool = True) -> bytes:
    lines = [b": a comment\n\n", *(b"data: " + json.dumps(one).encode() + b"\n\n" for one in documents)]
    return b"".join([*lines, b"data: [DONE]\n\n" if done else b""])


def _piece(text: str | None) -> dict[str, Any]:
    return {"choices": [{"delta": {"content": text}}]}


def test_a_stream(gateway: Gateway) -> None:
    gateway.body = _events({"choices": []}, _piece(None), _piece("one "), _piece("two"))
    assert list(llm.stream("hi")) == ["one ", "two"]
    assert gateway.seen[0][2]["stream"] is True


def test_a_stream_that_breaks_off_is_no_answer(gateway: Gateway) -> None:
    gateway.body = _events(_piece("one "), done=False)
    pieces = llm.stream([{"role": "user", "content": "hi"}])
    assert next(pieces) == "one "
    with pytest.raises(llm.ModelUnavailable) as caught:
        next(pieces)
    assert caught.value.code == "upstream_broken_off"


def test_an_error_in_the_middle_of_a_stream(gateway: Gateway) -> None:
    gateway.body = _events(_piece("one"), {"error": {"code": "upstream_failed", "message": "It failed."}})
    pieces = llm.stream("hi")
    assert next(pieces) == "one"
    with pytest.raises(llm.ModelUnavailable, match="It failed"):
        next(pieces)


def test_embeddings_come_in_the_order_of_their_texts(gateway: Gateway) -> None:
    entries = [{"index": 1, "embedding": [2, 3]}, {"index": 0, "embedding": [0, 1]}]
    gateway.body = json.dumps({"data": entries}).encode()
    assert llm.embed(["a", "b"]) == [[0.0, 1.0], [2.0, 3.0]]
    assert llm.embed([]) == []
    with pytest.raises(llm.ModelAnswerInvalid, match="2 embeddings came back for 1"):
        llm.embed(["a"])
    with pytest.raises(TypeError, match="a list of texts"):
        llm.embed("a")


def _told(code: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": "It was refused."}}


@pytest.mark.parametrize(
    ("status", "document", "kind", "code"),
    [
        (429, _told("budget_exceeded"), llm.BudgetExceeded, "budget_exceeded"),
        (429, _told("rate_limited"), llm.ModelRateLimited, "rate_limited"),
        (404, _told("model_unknown"), llm.ModelRefused, "model_unknown"),
        (402, {"code": "price_unknown", "detail": "?"}, llm.ModelRefused, "price_unknown"),
        (502, _told("upstream_failed"), llm.ModelUnavailable, "upstream_failed"),
        (502, b"the model gateway does not answer", llm.ModelUnavailable, "http_502"),
        (403, b"[]", llm.ModelRefused, "http_403"),
    ],
)  # fmt: skip
def test_what_the_gateway_refuses_is_a_typed_error(
    gateway: Gateway, status: int, document: Any, kind: type[llm.ModelError], code: str
) -> None:
    gateway.refuses(status, document, Retry_After="7")
    with pytest.raises(kind) as caught:
        llm.ask("hi")
    assert (caught.value.code, caught.value.retry_after) == (code, 7.0)
    assert type(caught.value) is kind
    with pytest.raises(kind):
        list(llm.stream("hi"))


def test_the_next_step_is_part_of_the_sentence(gateway: Gateway) -> None:
    told = {"error": {"code": "budget_exceeded", "message": "Used up.", "next_step": "Wait."}}
    gateway.refuses(429, told, Retry_After="soon")
    with pytest.raises(llm.BudgetExceeded) as caught:
        llm.ask("hi")
    assert (str(caught.value), caught.value.next_step) == ("Used up. Wait.", "Wait.")
    assert caught.value.retry_after is None


@pytest.mark.parametrize("body", [b"nothing", b"{}", b'{"choices": []}', b"[]"])
def test_an_answer_that_is_none(gateway: Gateway, body: bytes) -> None:
    gateway.body = body
    with pytest.raises(llm.ModelAnswerInvalid):
        llm.ask("hi")


def test_a_gateway_that_is_away(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEX32_LLM_URL", "http://127.0.0.1:1/llm/v1")
    with pytest.raises(llm.ModelUnavailable, match="does not answer"):
        llm.ask("hi")
    assert gateway.seen == []


@pytest.mark.parametrize("address", [None, "", "ftp://x", "nonsense"])
def test_a_laptop_without_a_gateway_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    monkeypatch.delenv("CODEX32_LLM_URL", raising=False)
    if address is not None:
        monkeypatch.setenv("CODEX32_LLM_URL", address)
    restore = _platform.use(None)
    try:
        with pytest.raises(llm.ModelUnavailable, match="CODEX32_LLM_URL") as caught:
            llm.ask("hi")
        assert caught.value.code == "no_models"
        with pytest.raises(llm.ModelUnavailable):
            next(llm.stream("hi"))
    finally:
        restore()


def test_a_bench_answers_for_models() -> None:
    fault = llm.BudgetExceeded("budget_exceeded", "Used up.")
    said: dict[str, Any] = {
        "smart": ["first", {"a": 1}],
        "fast": lambda messages: messages[-1]["content"].upper(),  # type: ignore[dict-item]
        "dear": fault,
    }
    with workbench(models=said) as bench:
        assert llm.ask("one", system="s") == "first"
        assert llm.ask("two", schema=SCHEMA) == {"a": 1}
        assert llm.ask("three", schema=SCHEMA) == {"a": 1}
        assert "".join(llm.stream("a\nb", model="fast")) == "A\nB"
        with pytest.raises(llm.BudgetExceeded):
            llm.ask("x", model="dear")
        with pytest.raises(llm.ModelUnavailable, match=r"workbench\(models="):
            llm.ask("x", model="other")
        vectors = llm.embed(["a", "b", "a"])
    assert [asked.prompt for asked in bench.asked] == ["one", "two", "three", "a\nb", "x", "x"]
    assert (bench.asked[1].schema, bench.asked[3].streamed) == (SCHEMA, True)
    assert bench.embedded == ["a", "b", "a"]
    assert vectors[0] == vectors[2] != vectors[1]
    with workbench(models={"*": "anything"}):
        assert llm.ask("x", model="whatever").startswith("any")
