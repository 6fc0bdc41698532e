"""A bot's durable state: values, revisions, limits."""

from __future__ import annotations

import asyncio

import pytest
from codex32_server.features.runs.errors import (
    BadStateKeyError,
    StateConflictError,
    StateFullError,
    StateValueTooLargeError,
)
from codex32_server.features.runs.service import state as service
from codex32_server.features.runs.service.state import DurableState
from codex32_server.kit.ids import new_id
from codex32_server.kit.json_limits import JsonInvalidError
from codex32_server.storage.session import Database
from support.postgres import DatabaseUnderTest
from support.workspace import Platform


@pytest.fixture
def state(database: DatabaseUnderTest) -> DurableState:
    """As a worker has it."""
    return DurableState(database.worker, new_id(), new_id(), "dev")


async def test_values_are_remembered_with_a_revision(state: DurableState) -> None:
    assert await state.get("seen") is None
    for value in ({"a": [1, 2.5, None, "ü"]}, "text", 0, False, None):
        await state.set("seen", value)
        assert await state.get("seen") == value
    entry = await state.entry("seen")
    assert entry is not None
    assert (entry.revision, entry.value) == (5, None)
    await state.delete("seen")
    await state.delete("seen")
    assert await state.entry("seen") is None


async def test_keys_by_prefix(state: DurableState) -> None:
    for key in ("b", "a_2", "a%1", "a_1", "ab"):
        await state.set(key, 1)
    assert set(await state.keys()) == {"b", "a_2", "a%1", "a_1", "ab"}
    assert await state.keys("a_") == ["a_1", "a_2"]
    assert await state.keys("a%") == ["a%1"]
    assert await state.keys("zzz") == []


async def test_environments_and_bots_do_not_see_each_other(database: DatabaseUnderTest) -> None:
    def of(bot: object, environment: str, db: Database = database.worker) -> DurableState:
        return DurableState(db, workspace, bot, environment)  # type: ignore[arg-type]

    workspace, bot = new_id(), new_id()
    await of(bot, "dev").set("k", 1)
    assert await of(bot, "prod").get("k") is None
    assert await of(new_id(), "dev").get("k") is None
    assert await DurableState(database.worker, new_id(), bot, "dev").get("k") is None


async def test_only_over_the_revision_that_was_read(state: DurableState) -> None:
    await state.set("k", "mine", if_revision=0)
    with pytest.raises(StateConflictError):
        await state.set("k", "again", if_revision=0)
    await state.set("k", "next", if_revision=1)
    with pytest.raises(StateConflictError):
        await state.set("k", "late", if_revision=1)
    assert await state.get("k") == "next"
    with pytest.raises(StateConflictError):
        await state.set("other", 1, if_revision=3)


async def test_values_and_keys_have_limits(state: DurableState) -> None:
    await state.set("k", "x" * (64 * 1024 - 2))
    with pytest.raises(StateValueTooLargeError):
        await state.set("k", "x" * (64 * 1024 - 1))
    with pytest.raises(JsonInvalidError):
        await state.set("k", float("nan"))
    for key in ("", "x" * 257, "a\0b", "\ud800"):
        with pytest.raises(BadStateKeyError):
            await state.set(key, 1)
        with pytest.raises(BadStateKeyError):
            await state.get(key)


async def test_so_many_keys_and_no_more_whoever_races(
    state: DurableState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_KEYS", 5)
    results = await asyncio.gather(*(state.set(f"k{n}", n) for n in range(9)), return_exceptions=True)
    assert sum(isinstance(result, StateFullError) for result in results) == 4
    kept = await state.keys()
    assert len(kept) == 5
    await state.set(kept[0], "a change is always possible")
    await state.delete(kept[0])
    await state.set("new", 1)


async def test_writers_that_race_for_a_new_key_all_succeed(state: DurableState) -> None:
    await asyncio.gather(*(state.set("k", n) for n in range(8)))
    entry = await state.entry("k")
    assert entry is not None
    assert entry.revision == 8


async def test_the_state_of_a_bot_can_be_looked_at(platform: Platform) -> None:
    (bot,) = await platform.rows("select id from bots")
    store = platform.runs.state_store(platform.database, platform.workspace_id, bot.id, "dev")
    for n in range(3):
        await store.set(f"k{n}", n)
    async with platform.database.transaction(platform.workspace_id) as tx:
        found = await platform.runs.state_entries(tx, platform.workspace_id, "hello", None, "k0", 10)
    assert [(entry.key, entry.value) for entry in found] == [("k1", 1), ("k2", 2)]


async def test_swapping_compares_json_documents(state: DurableState) -> None:
    assert not await state.swap("k", (True, None), 1)
    assert await state.swap("k", (False, None), {"a": 1, "b": [True]})
    assert not await state.swap("k", (False, None), 2)
    assert not await state.swap("k", (True, {"a": 1, "b": [1]}), 2)
    assert await state.swap("k", (True, {"b": [True], "a": 1}), None)
    assert await state.swap("k", (True, None), "end")
    assert await state.get("k") == "end"


async def test_of_many_swaps_at_once_one_wins(state: DurableState) -> None:
    await state.set("k", 0)
    for expected in (0, "first"):
        won = await asyncio.gather(*(state.swap("k", (True, expected), "first") for _ in range(5)))
        # Swapping a value for itself may be won by several, one after the other.
        assert won.count(True) == 1 or expected == "first"
    assert await asyncio.gather(*(state.swap("new", (False, None), n) for n in range(5)))
    assert await state.get("new") in range(5)
