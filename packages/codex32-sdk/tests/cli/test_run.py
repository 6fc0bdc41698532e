"""`codex32 run`, `retry` and `cancel`: the stable JSON, the log on stderr, the exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

STREAM = {"Content-Type": "text/event-stream"}


def follow(api: Any, kit: Any, final: dict[str, Any]) -> None:
    """A run that writes two lines and ends as `final`."""
    api.on("POST /bots/price-watch/runs", kit.Answer(202, kit.run("queued", attempts=0)))
    end = kit.events(kit.line(1, "reading"), kit.line(2, "done"), ("end", None, {"status": final["status"]}))
    api.on("GET /runs/r1/logs/stream", kit.Answer(200, end, STREAM))
    api.on("GET /runs/r1", final)


def test_success_in_json(api: Any, kit: Any, codex32: Any, tmp_path: Path) -> None:
    follow(api, kit, kit.run())
    api.on("PUT /uploads", kit.Answer(201, {"id": "u1", "name": "contacts.csv", "size": 3}))
    contacts = tmp_path / "c.csv"
    contacts.write_text("a\n1")
    given = tmp_path / "input.json"
    given.write_text('{"limit": 5}')
    told = codex32(
        "run", "price-watch", "--input", f"@{given}", "--file", f"contacts.csv={contacts}", "--json"
    )
    assert told.code == 0
    assert told.json["run"]["id"] == "r1"
    assert told.json["run"]["status"] == "succeeded"
    assert told.json["run"]["attempts"] == 1
    assert told.json["output"] == {"dropped": 3}
    assert told.json["error"] is None
    assert "reading\ndone" in told.err
    sent = api.sent("POST /bots/price-watch/runs")[0]
    assert sent.json == {"input": {"limit": 5}, "files": {"contacts.csv": "u1"}}
    assert sent.headers["idempotency-key"]


@pytest.mark.parametrize("status", ["failed", "timed_out", "cancelled"])
def test_every_other_end_is_exit_code_1(api: Any, kit: Any, codex32: Any, status: str) -> None:
    failure = {"code": "bot_error", "detail": "ValueError: no rows"}
    follow(api, kit, kit.run(status, error=failure, attempts=3, next_steps=["Look at the log."]))
    told = codex32("run", "price-watch", "--json")
    assert told.code == 1
    assert (told.json["run"]["status"], told.json["run"]["attempts"]) == (status, 3)
    assert told.json["error"] == failure
    plain = codex32("run", "price-watch")
    assert plain.code == 1
    assert plain.out == ""
    assert "ValueError: no rows" in plain.err
    assert "Next: Look at the log." in plain.err


def test_text_puts_the_output_alone_on_stdout(api: Any, kit: Any, codex32: Any) -> None:
    files = [{"name": "clean.csv", "size": 10, "content_type": "text/csv"}]
    follow(api, kit, kit.run(files=files))
    told = codex32("run", "price-watch", "-q")
    assert json.loads(told.out) == {"dropped": 3}
    assert "Succeeded" in told.err
    assert "clean.csv" in told.err
    assert "reading" not in told.err
    assert not api.sent("GET /runs/r1/logs/stream")


@pytest.mark.parametrize("flag", ["--no-wait", "--detach"])
def test_detached(api: Any, kit: Any, codex32: Any, flag: str) -> None:
    follow(api, kit, kit.run())
    told = codex32("run", "price-watch", flag, "--json", "--delay", "60", "--env", "dev")
    assert told.code == 0
    assert (told.json["run"]["status"], told.json["output"]) == ("queued", None)
    assert api.requests[0].json == {"input": {}, "environment": "dev", "delay": 60}
    assert codex32("run", "price-watch", flag).out == "r1\n"


def test_other_options_are_input_fields_typed_by_the_schema(api: Any, kit: Any, codex32: Any) -> None:
    follow(api, kit, kit.run())
    api.on("GET /bots/price-watch", kit.bot())
    properties = {"sku": {"type": "string"}, "note": {"anyOf": [{"type": "string"}, {"type": "null"}]}}
    api.on("GET /bots/price-watch/versions/v1", kit.version(input_schema={"properties": properties}))
    told = codex32(
        *(
            "run",
            "price-watch",
            "--sku",
            "0012",
            "--note=7",
            "--max-price",
            "7.5",
            "--tags",
            '["a"]',
            "--dry-run",
        ),
        *("--input", '{"sku": "x", "b": 1}', "-q"),
    )
    assert told.code == 0
    assert api.sent("POST /bots/price-watch/runs")[0].json["input"] == {
        "sku": "0012",
        "b": 1,
        "note": "7",
        "max_price": 7.5,
        "tags": ["a"],
        "dry_run": True,
    }


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--input", "{"], "not JSON"),
        (["--input", "[1]"], "must be a JSON object"),
        (["--input", "@/nowhere.json"], "cannot be read"),
        (["--file", "a=/nowhere.csv"], "no file"),
        (["stray"], "not an option"),
    ],
)
def test_bad_input_is_exit_code_2_before_anything_is_sent(
    api: Any, codex32: Any, arguments: list[str], sentence: str
) -> None:
    told = codex32("run", "price-watch", *arguments, "--json")
    assert told.code == 2
    assert told.json["code"] == "bad_input"
    assert sentence in told.json["detail"]
    assert "Next: " in told.err
    assert api.requests == []


def test_a_path_without_a_file_is_not_taken_for_a_bot(api: Any, codex32: Any) -> None:
    told = codex32("run", "nowhere/bot.py")
    assert told.code == 2
    assert "There is no file nowhere/bot.py" in told.err
    assert api.requests == []


def test_a_log_that_cannot_be_shown_does_not_fail_the_run(api: Any, kit: Any, codex32: Any) -> None:
    follow(api, kit, kit.run())
    api.on("GET /runs/r1/logs/stream", kit.problem("internal_error", "Broken.", 500))
    told = codex32("run", "price-watch", "--json")
    assert told.code == 0
    assert "The log cannot be shown" in told.err


def test_retry_and_cancel(api: Any, kit: Any, codex32: Any) -> None:
    api.on("POST /runs/r0/retry", kit.Answer(202, kit.run()))
    assert codex32("retry", "r0", "--input", '{"a": 1}', "--json").json["run"]["id"] == "r1"
    assert api.requests[-1].json == {"input": {"a": 1}}
    api.on("POST /runs/r1/cancel", kit.run("running"))
    api.on("GET /runs/r1", kit.run("cancelled"))
    told = codex32("cancel", "r1", "--reason", "wrong file")
    assert told.out == "Run r1 is cancelled.\n"
    assert api.sent("POST /runs/r1/cancel")[0].json == {"reason": "wrong file"}
