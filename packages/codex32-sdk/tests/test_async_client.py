"""The awaitable client keeps the promises of the blocking one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from codex32_sdk.async_client import AsyncClient
from codex32_sdk.calls import list_runs
from codex32_sdk.errors import ApiError, UnreachableError


async def _no_wait(_: float) -> None:
    return None


async def test_calls_retries_and_pages(api: Any, kit: Any) -> None:
    api.on("GET /bots/x", kit.problem("unavailable", "Busy.", 503), kit.Answer(200, kit.bot()))
    api.on(
        "GET /runs",
        {"items": [kit.run(id="1")], "next_cursor": "c"},
        {"items": [kit.run(id="2")], "next_cursor": None},
    )
    api.on("GET /runs/r1", kit.run("running"), kit.run("failed"))
    async with AsyncClient(api.url, "k", sleep=_no_wait) as client:
        assert (await client.get_bot("x")).name == "price-watch"
        assert [run.id async for run in client.every(list_runs())] == ["1", "2"]
        assert (await client.wait_for("r1")).status == "failed"


async def test_errors(api: Any, kit: Any) -> None:
    api.on("DELETE /bots/x", kit.problem("forbidden", "Not yours.", 403))
    async with AsyncClient(api.url, "k", sleep=_no_wait) as client:
        with pytest.raises(ApiError, match="Not yours"):
            await client.delete_bot("x")
    async with AsyncClient("http://127.0.0.1:9", "k", sleep=_no_wait) as client:
        with pytest.raises(UnreachableError):
            await client.me()


async def test_streams_and_files(api: Any, kit: Any, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(b"x" * 600_000)
    api.on("PUT /uploads", kit.Answer(201, {"id": "u1", "name": "in.csv", "size": 600_000}))
    api.on("GET /runs/r1/files/o", kit.Answer(200, b"whole"))
    api.on("GET /bots/b/versions/1/files/bot.py", kit.Answer(200, b"code"))
    stream = {"Content-Type": "text/event-stream"}
    end = kit.events(kit.line(2, "two"), ("end", None, {"status": "succeeded"}))
    api.on(
        "GET /runs/r1/logs/stream",
        kit.Answer(200, kit.events(kit.line(1, "one")), stream, cut=True),
        kit.Answer(200, end, stream),
    )
    async with AsyncClient(api.url, "k", sleep=_no_wait) as client:
        assert (await client.upload("in.csv", source)).size == 600_000
        assert (await client.upload("in.csv", b"x")).id == "u1"
        assert await client.download("r1", "o", tmp_path / "o") == 5
        assert await client.download_source("b", "1", "bot.py", tmp_path / "s") == 4
        assert [item.text async for item in client.follow_logs("r1")] == ["one", "two"]
    assert api.requests[0].body == source.read_bytes()
