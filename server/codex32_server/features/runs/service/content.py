"""Files: uploads that become inputs, files that runs leave behind, and their bytes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

from codex32_server.features.runs.errors import FileTooLargeError, RunFileNotFoundError, RunNotFoundError
from codex32_server.features.runs.models import Upload
from codex32_server.features.runs.repository import files
from codex32_server.features.runs.schemas import MAX_FILE_BYTES, FileContent, NewFile, UploadView
from codex32_server.features.runs.service.names import input_name, output_name
from codex32_server.kit.ids import new_id
from codex32_server.storage.session import Database, Tx

PIECE = 1024 * 1024
"""Bytes read at once when content is streamed."""
_FALLBACK_TYPE = "application/octet-stream"


async def upload(
    tx: Tx, workspace_id: UUID, name: str, digest: str, content: bytes, created_by: UUID | None
) -> UploadView:
    """Keep a file that becomes an input. The digest was made while it was read.

    Raises BadFileNameError or FileTooLargeError.
    """
    _check_size(name, content)
    row = Upload(
        id=new_id(),
        workspace_id=workspace_id,
        name=input_name(name),
        digest=digest,
        size=len(content),
        created_by=created_by,
    )
    await files.keep(tx, workspace_id, digest, content)
    await files.add_upload(tx, row)
    return UploadView(id=row.id, name=row.name, size=row.size, digest=row.digest)


async def record(tx: Tx, workspace_id: UUID, run_id: UUID, attempt: int, new: Sequence[NewFile]) -> None:
    """The files that an attempt left behind, in place of those of earlier attempts that failed. Repeatable.

    Raises BadFileNameError or FileTooLargeError.
    """
    rows: dict[str, dict[str, Any]] = {}
    for file in new:
        _check_size(file.name, file.content)
        digest = files.digest_of(file.content)
        rows[output_name(file.name)] = {
            "workspace_id": workspace_id,
            "run_id": run_id,
            "name": file.name,
            "attempt": attempt,
            "digest": digest,
            "size": len(file.content),
            "content_type": _plain_type(file.content_type),
        }
        await files.keep(tx, workspace_id, digest, file.content)
    await files.forget_other_attempts(tx, workspace_id, run_id, attempt)
    if rows:
        await files.record(tx, list(rows.values()))


async def find(tx: Tx, workspace_id: UUID, run_id: UUID, name: str) -> FileContent:
    """An output file, or else an input file of that name. Raises RunFileNotFoundError or RunNotFoundError."""
    output = await files.output_file(tx, workspace_id, run_id, name) if "\0" not in name else None
    if output is not None:
        return FileContent(output.name, output.digest, output.size, output.content_type)
    given = await files.input_files(tx, workspace_id, run_id)
    if given is None:
        raise RunNotFoundError(f"There is no run {run_id}.")
    if name not in given:
        raise RunFileNotFoundError(f"The run has no file {name[:200]!a}.")
    return FileContent(name, given[name]["digest"], given[name]["size"], _FALLBACK_TYPE)


async def pieces(database: Database, workspace_id: UUID, file: FileContent) -> AsyncIterator[bytes]:
    """The bytes of a file, a piece at a time, each in a short transaction: a slow reader holds nothing."""
    offset = 0
    while offset < file.size:
        async with database.transaction(workspace_id) as tx:
            piece = await _piece(tx, workspace_id, file.digest, offset)
        yield piece
        offset += len(piece)


async def whole(tx: Tx, workspace_id: UUID, digest: str) -> bytes:
    """All bytes of stored content. Raises RunFileNotFoundError."""
    return await _piece(tx, workspace_id, digest, 0, MAX_FILE_BYTES)


async def _piece(tx: Tx, workspace_id: UUID, digest: str, offset: int, length: int = PIECE) -> bytes:
    piece = await files.read(tx, workspace_id, digest, offset, length)
    if piece is None:
        raise RunFileNotFoundError("The content is not kept any more.")
    return piece


def _check_size(name: str, content: bytes) -> None:
    if len(content) > MAX_FILE_BYTES:
        raise FileTooLargeError(f"{name[:200]!a} has {len(content)} bytes; {MAX_FILE_BYTES} are allowed.")


def _plain_type(content_type: str) -> str:
    """A media type without surprises: it becomes a header later."""
    kind, slash, rest = content_type.partition("/")
    words = (kind + rest).replace("-", "").replace("+", "").replace(".", "")
    fits = slash and kind and rest and words.isalnum() and words.isascii()
    return content_type if fits else _FALLBACK_TYPE
