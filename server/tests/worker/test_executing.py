"""Waiting for dependencies must not delay a cancellation."""

from __future__ import annotations

import asyncio

import pytest
from codex32_server.worker.executing import unless


async def test_what_is_made_comes_back() -> None:
    assert await unless(asyncio.Event(), asyncio.sleep(0, "made")) == "made"


async def test_a_cancellation_ends_a_long_build_at_once() -> None:
    cancel, ended = asyncio.Event(), asyncio.Event()

    async def build() -> str:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()
        return "too late"

    asyncio.get_running_loop().call_later(0.05, cancel.set)
    async with asyncio.timeout(5):
        assert await unless(cancel, build()) is None
    assert ended.is_set()


async def test_a_failed_build_is_told() -> None:
    async def build() -> str:
        raise ValueError("no wheel")

    with pytest.raises(ValueError, match="no wheel"):
        await unless(asyncio.Event(), build())
