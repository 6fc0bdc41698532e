import http.client
import io
import json
from typing import Any

import pytest
from codex32_bot.testing import workbench
from feedback_moods import ModelError, main

LINES = "The room was lovely.\n\nNever again, the bed was broken.\nNice staff, cold soup.\n"


class Response(io.BytesIO):
    def __init__(self, status: int, data: bytes) -> None:
        super().__init__(data)
        self.status = status


class Model:
    """Stands for the connection to a server that has a model; says what the test wants."""

    def __init__(self) -> None:
        self.says: list[tuple[int, bytes]] = []
        self.asked: list[tuple[str, str, dict[str, Any]]] = []

    def __call__(self, host: str, port: int, timeout: float) -> "Model":
        assert (host, port, timeout) == ("127.0.0.1", 8765, 300)
        return self

    def request(self, method: str, path: str, body: str, headers: dict[str, str]) -> None:
        assert method == "POST"
        self.asked.append((path, headers["authorization"], json.loads(body)))

    def getresponse(self) -> "Response":
        status, data = self.says.pop(0)
        return Response(status, data)

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Model:
    model = Model()
    monkeypatch.setattr(http.client, "HTTPConnection", model)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:8765/llm/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-run")
    return model


def answer(text: str) -> tuple[int, bytes]:
    return 200, json.dumps({"choices": [{"message": {"content": text}}]}).encode()


def test_each_line_is_classified(model: Model) -> None:
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


def test_answers_that_make_no_sense_are_counted(model: Model) -> None:
    model.says = [answer("good, I think"), answer('{"mood": "purple"}'), (200, b'{"choices": []}')]
    with workbench(inputs={"guests.txt": LINES}):
        assert main()["unclear"] == 3


def test_no_more_lines_than_wanted(model: Model) -> None:
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
def test_what_the_server_said_is_told(model: Model, said: tuple[int, bytes], says: str) -> None:
    model.says = [said]
    with workbench(inputs={"guests.txt": LINES}), pytest.raises(ModelError, match=says):
        main()


def test_without_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with workbench(inputs={"guests.txt": LINES}), pytest.raises(ModelError, match="OPENAI_BASE_URL"):
        main()
