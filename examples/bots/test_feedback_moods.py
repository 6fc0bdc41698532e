import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from codex32_bot.testing import workbench
from feedback_moods import ModelError, main

LINES = "The room was lovely.\n\nNever again, the bed was broken.\nNice staff, cold soup.\n"


class Model(BaseHTTPRequestHandler):
    """A server as a model has one; says what the test wants."""

    says: ClassVar[list[tuple[int, bytes]]] = []
    asked: ClassVar[list[tuple[str, str | None, dict[str, Any]]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.asked.append((self.path, self.headers["authorization"], body))
        status, data = self.says.pop(0)
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Keeps quiet."""


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Model]]:
    Model.says, Model.asked = [], []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Model)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{server.server_port}/llm/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-run")
    yield Model
    server.shutdown()
    thread.join()
    server.server_close()


def answer(text: str) -> tuple[int, bytes]:
    return 200, json.dumps({"choices": [{"message": {"content": text}}]}).encode()


def test_each_line_is_classified(model: type[Model]) -> None:
    model.says = [answer(json.dumps({"mood": mood})) for mood in ("good", "bad", "mixed")]
    with workbench(inputs={"guests.txt": LINES, "other.csv": "x"}):
        report = main()
    assert report["counts"] == {"good": 1, "bad": 1, "mixed": 1}
    assert report["bad"] == ["Never again, the bed was broken."]
    assert (report["unclear"], report["left_out"]) == (0, 0)
    path, key, body = model.asked[0]
    assert (path, key, body["model"]) == ("/llm/v1/chat/completions", "Bearer sk-of-the-run", "fast")
    assert body["messages"][0]["content"].endswith("The room was lovely.")
    assert body["response_format"]["json_schema"]["schema"]["required"] == ["mood"]


def test_answers_that_make_no_sense_are_counted(model: type[Model]) -> None:
    model.says = [answer("good, I think"), answer('{"mood": "purple"}'), (200, b'{"choices": []}')]
    with workbench(inputs={"guests.txt": LINES}):
        assert main()["unclear"] == 3


def test_no_more_lines_than_wanted(model: type[Model]) -> None:
    model.says = [answer('{"mood": "good"}')]
    with workbench(inputs={"guests.txt": LINES}):
        assert main(most=1)["left_out"] == 2


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ((429, b'{"error": {"message": "The budget is used up."}}'), "budget is used up"),
        ((500, b'{"error": "oops"}'), "500"),
        ((502, b"<html>"), "502 without JSON"),
    ],
)
def test_what_the_server_said_is_told(model: type[Model], said: tuple[int, bytes], says: str) -> None:
    model.says = [said]
    with workbench(inputs={"guests.txt": LINES}), pytest.raises(ModelError, match=says):
        main()


def test_without_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with workbench(inputs={"guests.txt": LINES}), pytest.raises(ModelError, match="OPENAI_BASE_URL"):
        main()
