"""Files: uploads, outputs, their bytes, and removing what nobody needs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from uuid import UUID

import pytest
from codex32_server.features.runs.errors import BadFileNameError, RunFileNotFoundError
from codex32_server.features.runs.facade import NewFile
from codex32_server.features.runs.schemas import FileContent
from support.workspace import Platform


async def record(platform: Platform, run_id: UUID, attempt: int, *files: NewFile) -> None:
    async with platform.database.transaction(platform.workspace_id) as tx:
        await platform.runs.record_files(tx, platform.workspace_id, run_id, attempt, files)


async def names(platform: Platform, run_id: UUID) -> list[str]:
    async with platform.database.transaction(platform.workspace_id) as tx:
        return [file.name for file in (await platform.runs.get(tx, platform.workspace_id, run_id)).files]


async def file_of(platform: Platform, run_id: UUID, name: str) -> FileContent:
    async with platform.database.transaction(platform.workspace_id) as tx:
        return await platform.runs.file(tx, platform.workspace_id, run_id, name)


async def test_output_files_are_listed_and_read_in_pieces(platform: Platform) -> None:
    run_id = (await platform.submit("hello")).id
    content = os.urandom(2_500_000)
    await record(platform, run_id, 1, NewFile("out.bin", content), NewFile("sub/a.csv", b"a", "text/csv"))
    assert await names(platform, run_id) == ["out.bin", "sub/a.csv"]
    file = await file_of(platform, run_id, "out.bin")
    pieces = [piece async for piece in platform.runs.pieces(platform.database, platform.workspace_id, file)]
    assert (len(pieces), b"".join(pieces) == content) == (3, True)
    empty = FileContent("e", "sha256:0", 0, "text/plain")
    assert [p async for p in platform.runs.pieces(platform.database, platform.workspace_id, empty)] == []


async def test_files_of_the_last_attempt_are_the_runs(platform: Platform) -> None:
    run_id = (await platform.submit("hello")).id
    await record(platform, run_id, 1, NewFile("a.txt", b"one"), NewFile("b.txt", b"one"))
    for _ in range(2):
        await record(platform, run_id, 2, NewFile("a.txt", b"two"))
    assert await names(platform, run_id) == ["a.txt"]
    async with platform.database.transaction(platform.workspace_id) as tx:
        digest = (await platform.runs.file(tx, platform.workspace_id, run_id, "a.txt")).digest
        assert await platform.runs.read_stored(tx, platform.workspace_id, digest) == b"two"


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a//b", "a/../b", "", "a\\b", "a\0b", "x" * 300])
async def test_output_names_stay_in_their_folder(platform: Platform, name: str) -> None:
    run_id = (await platform.submit("hello")).id
    with pytest.raises(BadFileNameError):
        await record(platform, run_id, 1, NewFile(name, b"x"))


@pytest.mark.parametrize("given", ["text/html\r\nSet-Cookie: a=b", "text", "/", "a/b; charset=x", ""])
async def test_a_strange_media_type_becomes_the_plain_one(platform: Platform, given: str) -> None:
    run_id = (await platform.submit("hello")).id
    await record(platform, run_id, 1, NewFile("a", b"x", given))
    assert (await file_of(platform, run_id, "a")).content_type == "application/octet-stream"


async def test_input_files_can_be_read_back_and_others_cannot(platform: Platform) -> None:
    upload = await platform.upload("a.csv", b"a,b")
    run_id = (await platform.submit("hello", files={"in.csv": upload})).id
    assert (await file_of(platform, run_id, "in.csv")).size == 3
    for name in ("other.csv", "in.csv\0"):
        with pytest.raises(RunFileNotFoundError):
            await file_of(platform, run_id, name)


async def sweep(platform: Platform, needed: Sequence[str] = ()) -> int:
    async with platform.scheduler.transaction(platform.workspace_id) as tx:
        return await platform.runs.sweep(tx, platform.workspace_id, needed)


async def test_sweeping_keeps_what_somebody_names_and_what_is_young(platform: Platform) -> None:
    for content in (b"input", b"schedule", b"nobody", b"young"):
        upload = await platform.upload("f", content)
        if content == b"input":
            await platform.submit("hello", files={"f": upload})
    run_id = (await platform.submit("hello", idempotency_key="old")).id
    await record(platform, run_id, 1, NewFile("f", b"output"))
    (schedule,) = await platform.rows("select digest from blobs where content = 'schedule'")
    assert await sweep(platform) == 0
    await platform.execute("update uploads set created_at = now() - interval '25 hours'")
    await platform.execute("update idempotency_keys set created_at = now() - interval '8 days'")
    await platform.execute(
        "update blobs set created_at = now() - interval '25 hours' where content <> 'young'"
    )
    assert await sweep(platform, [schedule.digest]) == 6  # four uploads, a key, and "nobody"
    left = await platform.rows("select convert_from(content, 'UTF8') as text from blobs order by 1")
    assert [row.text for row in left] == ["input", "output", "schedule", "young"]


async def test_content_that_is_uploaded_again_is_young_again(platform: Platform) -> None:
    await platform.upload("f", b"same")
    await platform.execute("update blobs set created_at = now() - interval '25 hours'")
    await platform.execute("delete from uploads")
    await platform.upload("f", b"same")
    await platform.execute("delete from uploads")
    assert await sweep(platform) == 0


async def test_files_of_dropped_runs_go(platform: Platform) -> None:
    run_id = (await platform.submit("hello")).id
    await record(platform, run_id, 1, NewFile("f", b"x"))
    await platform.execute("delete from runs")
    assert await sweep(platform) == 1
