"""The blocking client against a real server: what it repeats, what not, what it makes of errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from codex32_sdk.client import Client
from codex32_sdk.errors import ApiError, UnreachableError

DEAD = "http://127.0.0.1:9"


def client_of(api: Any, waits: list[float] | None = None) -> Client:
    return Client(api.url, "c32_key", sleep=(waits if waits is not None else []).append)


def test_an_answer_is_typed_and_the_key_is_sent(api: Any, kit: Any) -> None:
    api.on("GET /bots/price-watch", kit.bot(title="Watch", new_member=1))
    with client_of(api) as client:
        bot = client.get_bot("price-watch")
    assert (bot.name, bot.title, bot.environments["dev"].number) == ("price-watch", "Watch", 1)
    assert bot.model_dump()["new_member"] == 1
    assert api.requests[0].headers["authorization"] == "Bearer c32_key"


def test_names_cannot_leave_their_place_in_the_path(api: Any, kit: Any) -> None:
    api.on("GET /bots/a%2F..%2Fb%3Fc", kit.bot())
    with client_of(api) as client:
        assert client.get_bot("a/../b?c").id == "b1"


def test_503_and_a_cut_connection_are_tried_again_when_it_is_safe(api: Any, kit: Any) -> None:
    busy = kit.problem("unavailable", "Busy.", 503)
    busy.headers["Retry-After"] = "2"
    api.on("GET /bots/x", busy, kit.Answer(200, b"{", cut=True), kit.Answer(200, kit.bot()))
    waits: list[float] = []
    with client_of(api, waits) as client:
        assert client.get_bot("x").id == "b1"
    assert len(api.requests) == 3
    assert waits[0] == 2.0
    assert 0 < waits[1] <= 0.4


def test_a_run_is_submitted_again_under_the_same_idempotency_key(api: Any, kit: Any) -> None:
    api.on("POST /bots/x/runs", kit.problem("unavailable", "Busy.", 503), kit.Answer(202, kit.run("queued")))
    with client_of(api) as client:
        run = client.submit_run("x", {"rows": [1]}, wait=2)
    assert run.status == "queued"
    assert not run.ended
    keys = [request.headers["idempotency-key"] for request in api.requests]
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert api.requests[0].json == {"input": {"rows": [1]}, "wait": 2}


def test_what_must_not_happen_twice_is_not_repeated(api: Any, kit: Any) -> None:
    api.on("POST /bots/x/promote", kit.problem("unavailable", "Busy.", 503))
    with client_of(api) as client, pytest.raises(ApiError, match="Busy"):
        client.promote("x", "prod")
    assert len(api.requests) == 1


def test_a_refusal_carries_code_fields_and_next_step(api: Any, kit: Any) -> None:
    wrong = {"field": "manifest.name", "detail": "is missing", "line": 3, "column": 5}
    api.on("POST /bots", kit.problem("manifest_invalid", "The manifest has no name.", 422, errors=[wrong]))
    with client_of(api) as client, pytest.raises(ApiError) as caught:
        client.create_bot({"bot.py": b"\xff"})
    error = caught.value
    assert (error.code, error.status, error.next_step) == ("manifest_invalid", 422, "Do this.")
    assert (error.fields[0].field, error.fields[0].line, error.fields[0].column) == ("manifest.name", 3, 5)
    assert api.requests[0].json["files"] == [{"path": "bot.py", "content_base64": "/w=="}]
    assert error.as_problem()["fields"] == [wrong]


def test_an_answer_of_something_else_is_an_error_with_a_sentence(api: Any, kit: Any) -> None:
    api.on("GET /me", kit.Answer(404, b"<html>nginx</html>"), kit.Answer(200, b"<html>portal</html>"))
    with client_of(api) as client:
        for status in (404, 200):
            with pytest.raises(ApiError) as caught:
                client.me()
            assert (caught.value.code, caught.value.status) == ("unexpected_answer", status)


def test_nobody_there() -> None:
    with Client(DEAD, "", sleep=lambda _: None) as client, pytest.raises(UnreachableError) as caught:
        client.me()
    assert DEAD in caught.value.detail
    assert "codex32 up" in caught.value.next_step


def test_every_follows_cursors(api: Any, kit: Any) -> None:
    from codex32_sdk.calls import list_runs

    api.on(
        "GET /runs",
        {"items": [kit.run(id="1"), kit.run(id="2")], "next_cursor": "c"},
        {"items": [kit.run(id="3")], "next_cursor": None},
    )
    with client_of(api) as client:
        assert [run.id for run in client.every(list_runs(bot="x"))] == ["1", "2", "3"]
    assert [request.query.get("cursor") for request in api.requests] == [None, "c"]
    assert all(request.query["bot"] == "x" for request in api.requests)


def test_waiting_goes_on_until_the_end_or_the_deadline(api: Any, kit: Any) -> None:
    api.on("GET /runs/r1", kit.run("running"), kit.run("succeeded"))
    with client_of(api) as client:
        assert client.wait_for("r1").status == "succeeded"
        api.on("GET /runs/r1", kit.run("running"))
        assert client.wait_for("r1", timeout=0.01).status == "running"


def test_a_log_stream_is_resumed_where_it_broke(api: Any, kit: Any) -> None:
    first = kit.events(kit.line(1, "one\u2028still one"), kit.line(2, "two"))
    second = kit.events(kit.line(3, "three"), ("end", None, {"status": "succeeded"}))
    stream = {"Content-Type": "text/event-stream"}
    api.on(
        "GET /runs/r1/logs/stream",
        kit.Answer(200, first, stream, cut=True),
        kit.problem("unavailable", "Restarting.", 503),
        kit.Answer(200, second, stream),
    )
    with client_of(api) as client:
        texts = [item.text for item in client.follow_logs("r1")]
    assert texts == ["one\u2028still one", "two", "three"]
    assert [request.headers.get("last-event-id") for request in api.requests] == [None, "1:2", "1:2"]


def test_a_log_stream_that_stays_away_is_given_up(api: Any, kit: Any) -> None:
    api.on("GET /runs/r1/logs/stream", kit.Answer(200, b": connected\n\n"))
    with client_of(api) as client, pytest.raises(UnreachableError):
        list(client.follow_logs("r1"))
    api.on("GET /runs/r1/logs/stream", kit.problem("not_found", "No such run.", 404))
    with client_of(api) as client, pytest.raises(ApiError, match="No such run"):
        list(client.follow_logs("r1"))


def test_uploads_are_streamed_and_downloads_are_whole_or_absent(api: Any, kit: Any, tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_bytes(b"email\n" * 100_000)
    api.on("PUT /uploads", kit.Answer(201, {"id": "u1", "name": "in.csv", "size": 600_000}))
    api.on("GET /runs/r1/files/out.csv", kit.Answer(200, b"half", cut=True), kit.Answer(200, b"whole"))
    with client_of(api) as client:
        assert client.upload("in.csv", source).id == "u1"
        assert api.requests[0].body == source.read_bytes()
        assert api.requests[0].query == {"name": "in.csv"}
        assert api.requests[0].headers["transfer-encoding"] == "chunked"
        with pytest.raises(UnreachableError):
            client.download("r1", "out.csv", target)
        assert list(tmp_path.iterdir()) == [source]
        assert client.download("r1", "out.csv", target) == 5
    assert target.read_bytes() == b"whole"
