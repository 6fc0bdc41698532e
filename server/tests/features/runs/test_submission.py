"""Submitting runs: validation, limits, idempotency, files, retry."""

from __future__ import annotations

import asyncio
import json
from uuid import UUID

import pytest
from codex32_server.features.runs.errors import (
    BadFileNameError,
    IdempotencyMismatchError,
    RunInputError,
    SubmissionError,
    UploadNotFoundError,
)
from codex32_server.features.runs.facade import Submission
from codex32_server.kit.errors import Codex32Error, NotFoundError
from codex32_server.kit.ids import new_id
from codex32_server.kit.json_limits import JsonInvalidError, JsonTooDeepError, JsonTooLargeError
from support.postgres import DatabaseUnderTest
from support.workspace import Platform, a_platform


async def test_a_submitted_run_is_a_queued_row_with_what_the_manifest_says(platform: Platform) -> None:
    await platform.deploy(
        "worker",
        'limits = { timeout = "5s" }\nretries = { attempts = 4, backoff = "fixed", delay = "2s" }\n'
        "concurrency = 2",
    )
    view = await platform.submit("worker", {"limit": 3}, priority=7)
    assert (view.status, view.bot_name, view.environment, view.input) == (
        "queued",
        "worker",
        "dev",
        {"limit": 3},
    )
    assert (view.attempt, view.max_attempts, view.priority, view.timeout_seconds) == (0, 4, 7, 5.0)
    (row,) = await platform.rows("select * from runs where id = :id", id=view.id)
    assert (row.concurrency, row.retry_backoff, row.retry_delay_ms) == (2, "fixed", 2000)
    assert view.next_steps == ["It begins as soon as a worker is free; `codex32 status` shows the workers."]


async def test_a_run_names_prod_as_soon_as_there_is_one(platform: Platform) -> None:
    (bot,) = await platform.rows("select id from bots where name = 'hello'")
    await platform.publish(bot.id, "prod")
    assert (await platform.submit("hello")).environment == "prod"
    assert (await platform.submit("hello", environment="dev")).environment == "dev"


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        ({"limit": "ten"}, {"input.limit": "must be a whole number, not a text 'ten'"}),
        ({"limit": 1, "colour": "red"}, {"input.colour": "is not expected"}),
        ({"limit": None, "mode": 5}, {"input.limit": "must be", "input.mode": "must be a text"}),
        ([1, 2], {"input": "must be an object"}),
    ],
)
async def test_input_that_does_not_fit_names_each_field(
    platform: Platform, value: object, fields: dict[str, str]
) -> None:
    with pytest.raises(RunInputError) as caught:
        await platform.submit("hello", value)
    found = {problem.field: problem.detail for problem in caught.value.fields}
    assert found.keys() == fields.keys()
    assert all(found[field].startswith(begin[:8]) for field, begin in fields.items())
    assert await platform.rows("select id from runs") == []


async def test_input_beyond_the_limits_is_refused(platform: Platform) -> None:
    nested: object = 1
    for _ in range(100):
        nested = [nested]
    cases = [
        ({"mode": "x" * 2_000_000}, JsonTooLargeError),
        ({"mode": nested}, JsonTooDeepError),
        ({"limit": float("nan")}, JsonInvalidError),
        ({"mode": "a\0b"}, JsonInvalidError),
        ({"mode": "\ud800"}, JsonInvalidError),
    ]
    for value, error in cases:
        with pytest.raises(error):
            await platform.submit("hello", value)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"priority": 101}, "priority"),
        ({"delay": -1.0}, "delay"),
        ({"delay": float("inf")}, "delay"),
        ({"timeout": 61.0}, "timeout"),
        ({"timeout": 0.0}, "timeout"),
    ],
)
async def test_bounds_of_a_submission(platform: Platform, changes: dict[str, float], field: str) -> None:
    with pytest.raises(SubmissionError) as caught:
        await platform.submit("hello", **changes)
    assert [problem.field for problem in caught.value.fields] == [field]


async def test_a_delayed_run_waits(platform: Platform) -> None:
    view = await platform.submit("hello", delay=3600.0)
    assert 3590 < (view.ready_at - view.created_at).total_seconds() < 3610
    assert view.next_steps[0].startswith("It begins at ")


async def test_an_unknown_bot_is_not_found(platform: Platform) -> None:
    with pytest.raises(NotFoundError):
        await platform.submit("nobody")


async def test_the_same_key_and_request_is_the_same_run(platform: Platform) -> None:
    first = await platform.submit("hello", {"limit": 1, "mode": "a"}, idempotency_key="k1")
    again = await platform.submit("hello", {"mode": "a", "limit": 1}, idempotency_key="k1")
    other = await platform.submit("hello", {"limit": 1, "mode": "a"}, idempotency_key="k2")
    assert first.id == again.id != other.id
    with pytest.raises(IdempotencyMismatchError) as caught:
        await platform.submit("hello", {"limit": 2}, idempotency_key="k1")
    assert str(first.id) in caught.value.detail


async def test_a_refused_request_does_not_use_up_its_key(platform: Platform) -> None:
    with pytest.raises(RunInputError):
        await platform.submit("hello", {"limit": "x"}, idempotency_key="k")
    assert (await platform.submit("hello", {"limit": 1}, idempotency_key="k")).status == "queued"


async def test_of_many_at_once_with_one_key_one_run_comes_to_be(platform: Platform) -> None:
    views = await asyncio.gather(
        *(platform.submit("hello", {"limit": 5}, idempotency_key="race") for _ in range(8))
    )
    assert len({view.id for view in views}) == 1
    assert len(await platform.rows("select id from runs")) == 1


async def test_keys_belong_to_a_workspace(platform: Platform, database: DatabaseUnderTest) -> None:
    other = await a_platform(database, "other")
    await other.deploy("hello")
    first = await platform.submit("hello", {"limit": 1}, idempotency_key="k")
    second = await other.submit("hello", {"limit": 2}, idempotency_key="k")
    assert first.id != second.id


async def test_files_go_by_upload_id_and_are_kept_once(platform: Platform) -> None:
    first = await platform.upload("contacts.csv", b"name,email\n")
    second = await platform.upload("again.csv", b"name,email\n")
    view = await platform.submit("hello", files={"in.csv": first, "same.csv": second})
    assert [(file.name, file.size) for file in view.input_files] == [("in.csv", 11), ("same.csv", 11)]
    assert len(await platform.rows("select digest from blobs")) == 1
    async with platform.database.transaction(platform.workspace_id) as tx:
        content = await platform.runs.input_content(tx, platform.workspace_id, view.id)
    assert content == {"in.csv": b"name,email\n", "same.csv": b"name,email\n"}


async def test_files_that_do_not_exist_or_have_bad_names_are_refused(platform: Platform) -> None:
    upload = await platform.upload("a.csv", b"a")
    with pytest.raises(UploadNotFoundError):
        await platform.submit("hello", files={"a.csv": new_id()})
    for name in ("../a.csv", "a/b", "", ".", "x" * 201, "a\nb"):
        with pytest.raises(BadFileNameError):
            await platform.submit("hello", files={name: upload})


async def test_another_workspace_cannot_use_an_upload(
    platform: Platform, database: DatabaseUnderTest
) -> None:
    other = await a_platform(database, "other")
    await other.deploy("hello")
    upload = await platform.upload("a.csv", b"secret")
    with pytest.raises(UploadNotFoundError):
        await other.submit("hello", files={"a.csv": upload})


async def test_retry_is_a_new_run_of_what_is_published_now(platform: Platform) -> None:
    upload = await platform.upload("a.csv", b"a")
    before = await platform.submit("hello", {"limit": 3}, files={"a.csv": upload}, priority=4)
    await platform.end(before.id, "failed", error_code="bot_error", error_detail="ValueError: no")
    await platform.deploy("hello", 'description = "corrected"')
    async with platform.database.transaction(platform.workspace_id) as tx:
        same = await platform.runs.retry(tx, platform.workspace_id, before.id)
        edited = await platform.runs.retry(tx, platform.workspace_id, before.id, value={"limit": 4})
    assert (same.retry_of, same.input, same.priority, len(same.input_files)) == (
        before.id,
        {"limit": 3},
        4,
        1,
    )
    assert same.version_id != before.version_id
    assert (edited.input, edited.trigger.kind) == ({"limit": 4}, "retry")


async def test_many_at_once_say_which_were_refused(platform: Platform) -> None:
    wishes = [
        Submission(platform.workspace_id, "hello", {"limit": 1}),
        Submission(platform.workspace_id, "nobody"),
        Submission(platform.workspace_id, "hello", {"limit": "x"}),
        Submission(platform.workspace_id, "hello", {"limit": 2}),
    ]
    async with platform.database.transaction(platform.workspace_id) as tx:
        answers = await platform.runs.submit_all(tx, wishes)
    assert [type(answer) is UUID for answer in answers] == [True, False, False, True]
    assert isinstance(answers[1], Codex32Error)
    assert len(await platform.rows("select id from runs")) == 2


async def test_input_is_stored_as_it_was_sent(platform: Platform) -> None:
    value = {"mode": "höhe 😀 \\u0000", "limit": 10**15}
    view = await platform.submit("hello", value)
    (row,) = await platform.rows("select input::text as input from runs where id = :id", id=view.id)
    assert json.loads(row.input) == value == view.input
