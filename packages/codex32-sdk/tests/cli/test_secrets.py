"""`codex32 secrets`: where values come from, and that they are shown nowhere."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

VALUE = "hunter2-and-more"
SECRET = {
    "name": "API_TOKEN", "environment": None, "version": 3, "created_at": "2026-11-22T09:00:00Z",
    "updated_at": "2026-11-22T09:00:00Z", "updated_by": "m1", "last_used_at": None,
}  # fmt: skip


class Stdin:
    """A pipe that holds bytes."""

    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)

    def isatty(self) -> bool:
        return False


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda content: monkeypatch.setattr(sys, "stdin", Stdin(content))


def test_the_list_shows_no_values(api: Any, codex32: Any) -> None:
    used = {**SECRET, "environment": "prod", "last_used_at": "2026-11-22T09:00:00Z"}
    api.on("GET /secrets", {"items": [SECRET, used], "next_cursor": None})
    told = codex32("secrets")
    assert "API_TOKEN" in told.out
    assert "all others" in told.out
    assert "never" in told.out
    assert codex32("secrets", "list", "--env", "prod", "--json").json["items"][1]["environment"] == "prod"
    assert api.requests[-1].query == {"environment": "prod"}


def test_an_empty_list_says_what_to_try(api: Any, codex32: Any) -> None:
    api.on("GET /secrets", {"items": [], "next_cursor": None})
    assert "codex32 secrets set" in codex32("secrets").err
    assert codex32("secrets", "--json").json["items"] == []


@pytest.mark.parametrize("content", [VALUE, f"{VALUE}\n", f"{VALUE}\r\n"])
def test_a_value_is_piped_in(api: Any, codex32: Any, piped: Any, content: str) -> None:
    api.on("PUT /secrets/API_TOKEN", SECRET)
    piped(content.encode())
    told = codex32("secrets", "set", "API_TOKEN", "--env", "prod")
    assert (told.code, told.out) == (0, "API_TOKEN is set (version 3).\n")
    assert VALUE not in told.out + told.err
    (request,) = api.requests
    assert (request.json, request.query) == ({"value": VALUE}, {"environment": "prod"})
    assert VALUE not in request.path


def test_only_the_last_line_break_goes(api: Any, codex32: Any, piped: Any) -> None:
    api.on("PUT /secrets/PEM", SECRET)
    piped(b"one\ntwo\n\n")
    assert codex32("secrets", "set", "PEM", "--json").json["version"] == 3
    assert api.requests[0].json == {"value": "one\ntwo\n"}


def test_a_value_comes_from_a_file(api: Any, codex32: Any, tmp_path: Path) -> None:
    api.on("PUT /secrets/PEM", SECRET)
    (tmp_path / "key.pem").write_text("-----BEGIN\nü\n-----END\n")
    assert codex32("secrets", "set", "PEM", "--from-file", str(tmp_path / "key.pem")).code == 0
    assert api.requests[0].json == {"value": "-----BEGIN\nü\n-----END"}


def test_a_value_is_typed_twice_and_not_shown(
    api: Any, codex32: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.on("PUT /secrets/API_TOKEN", SECRET)
    asked: list[dict[str, Any]] = []

    def prompt(_text: str, **options: Any) -> str:
        asked.append(options)
        return VALUE

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("codex32_sdk.cli.secrets.typer.prompt", prompt)
    assert codex32("secrets", "set", "API_TOKEN").code == 0
    assert (asked[0]["hide_input"], asked[0]["confirmation_prompt"]) == (True, True)


def test_a_value_as_an_argument_is_refused_and_not_repeated(api: Any, codex32: Any) -> None:
    told = codex32("secrets", "set", "API_TOKEN", VALUE, "--json")
    assert (told.code, told.json["code"]) == (2, "bad_input")
    assert VALUE not in told.out + told.err
    assert api.requests == []


@pytest.mark.parametrize(("content", "words"), [(b"", "empty"), (b"\n", "empty"), (b"\xff\xfe", "not UTF-8")])
def test_what_is_no_value_is_refused(api: Any, codex32: Any, piped: Any, content: bytes, words: str) -> None:
    piped(content)
    told = codex32("secrets", "set", "API_TOKEN")
    assert told.code == 2
    assert words in told.err
    assert api.requests == []


def test_a_file_that_is_not_there(codex32: Any, tmp_path: Path) -> None:
    told = codex32("secrets", "set", "API_TOKEN", "--from-file", str(tmp_path / "none"))
    assert (told.code, "cannot be read" in told.err) == (2, True)


def test_delete(api: Any, kit: Any, codex32: Any) -> None:
    api.on("DELETE /secrets/API_TOKEN", kit.Answer(204))
    assert "API_TOKEN for prod is deleted" in codex32("secrets", "delete", "API_TOKEN", "--env", "prod").out
    assert api.requests[0].query == {"environment": "prod"}
    assert codex32("secrets", "delete", "API_TOKEN", "--json").json["deleted"] is True
    api.on("DELETE /secrets/API_TOKEN", kit.problem("secret_not_found", "There is no secret.", 404))
    told = codex32("secrets", "delete", "API_TOKEN")
    assert (told.code, "codex32 secrets lists them" in told.err) == (5, True)


def test_a_deployment_warns_of_what_is_not_set(api: Any, kit: Any, codex32: Any, tmp_path: Path) -> None:
    (tmp_path / "bot.py").write_text(
        '# /// script\n# [tool.codex32]\n# name = "price-watch"\n# ///\ndef main(): return {}\n'
    )
    made = {"bot": kit.bot(), "version": kit.version("unproven"), "created": True, "unchanged": False}
    api.on("PUT /bots/by-name/price-watch", {**made, "missing_secrets": ["API_TOKEN"]})
    api.on("GET /bots/b1", kit.bot())
    told = codex32("deploy", str(tmp_path), "--json")
    assert told.json["missing_secrets"] == ["API_TOKEN"]
    assert "codex32 secrets set API_TOKEN" in told.err


def test_secret_is_for_files_only(api: Any, codex32: Any) -> None:
    told = codex32("run", "price-watch", "--secret", "API_TOKEN", "--json")
    assert (told.code, json.loads(told.out)["code"]) == (2, "bad_input")
    assert api.requests == []
