"""A document into the index: read, compared with what is known of it, embedded, published in one step.

May stop anywhere and be begun again: chunks and vectors that are stored are used. Until the last step the
former content of the document answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from codex32_server.features.knowledge.models import Document
from codex32_server.features.knowledge.repository import bases, chunks, documents, words
from codex32_server.features.knowledge.schemas import BaseRef
from codex32_server.features.knowledge.service.models import Models
from codex32_server.features.knowledge.service.reading import UnreadableDocumentError, pieces_of
from codex32_server.kit.documents.chunking import Piece
from codex32_server.kit.errors import Codex32Error
from codex32_server.storage.session import Database

BATCH = 16


@dataclass(frozen=True)
class Work:
    """One content of one document."""

    workspace_id: UUID
    document_id: UUID
    revision: int
    attempt: int
    """Number of this try, from 1."""
    attempts: int


class SupersededError(Exception):
    """The document is gone or has newer content, which has work of its own."""


async def index(database: Database, models: Models, work: Work) -> str:
    """How it ended: ready, failed (the document says why), or superseded.

    Raises EmbeddingError, ModelUnknownError; then it may be tried again.
    """
    try:
        return await _index(database, models, work)
    except SupersededError:
        return "superseded"
    except UnreadableDocumentError as error:
        await _note(database, work, status="failed", error=str(error))
        return "failed"
    except Codex32Error as error:
        # Between two tries it waits; only after the last one it has failed.
        status = "queued" if work.attempt < work.attempts else "failed"
        await _note(database, work, status=status, error=f"{error.detail} {error.advice}")
        raise


async def _index(database: Database, models: Models, work: Work) -> str:
    document, content = await _load(database, work)
    pieces = await pieces_of(document.content_type, content)
    base, places = await _stage(database, work, document.base_id, pieces)
    while True:
        await _embed(database, models, work, base, len(places))
        async with database.transaction(work.workspace_id) as tx:
            found = await bases.find(tx, work.workspace_id, base.id, lock="share")
            if found is None or not await documents.hold(
                tx, work.workspace_id, work.document_id, work.revision
            ):
                raise SupersededError
            # While it was embedded the base may have been switched to vectors of another model.
            base = found
            if not await chunks.lacking(
                tx, work.workspace_id, base.generation_id, document_id=work.document_id, most=1
            ):
                await chunks.publish(tx, work.workspace_id, work.document_id, places)
                done = {"status": "ready", "error": "", "chunks": len(places), "embedded": len(places)}
                await documents.note(tx, work.workspace_id, work.document_id, work.revision, **done)
                break
    await _know_common_words(database, base)
    return "ready"


async def _load(database: Database, work: Work) -> tuple[Document, bytes]:
    async with database.transaction(work.workspace_id) as tx:
        document = await documents.load(tx, work.workspace_id, work.document_id)
        if document is None or document.revision != work.revision:
            raise SupersededError
        begun: dict[str, Any] = {"status": "indexing", "error": "", "embedded": 0, "attempt": work.attempt}
        await documents.note(tx, work.workspace_id, work.document_id, work.revision, **begun)
        return document, await documents.content(tx, work.workspace_id, work.document_id)


async def _stage(
    database: Database, work: Work, base_id: UUID, pieces: Sequence[Piece]
) -> tuple[BaseRef, dict[UUID, int]]:
    """Store the chunks that are new; where each chunk of the content stands."""
    async with database.transaction(work.workspace_id) as tx:
        base = await bases.find(tx, work.workspace_id, base_id)
        if base is None or not await documents.hold(tx, work.workspace_id, work.document_id, work.revision):
            raise SupersededError
        stored: dict[str, list[UUID]] = {}
        for chunk_id, digest, _ in await chunks.known(tx, work.workspace_id, work.document_id):
            stored.setdefault(digest, []).append(chunk_id)
        places: dict[UUID, int] = {}
        new: list[tuple[int, Piece]] = []
        for position, piece in enumerate(pieces):
            if same := stored.get(piece.digest):
                places[same.pop(0)] = position
            else:
                new.append((position, piece))
        made = await chunks.insert(tx, base, work.document_id, new)
        places.update({chunk_id: position for chunk_id, (position, _) in zip(made, new, strict=True)})
        await documents.note(tx, work.workspace_id, work.document_id, work.revision, chunks=len(places))
        return base, places


async def _embed(database: Database, models: Models, work: Work, base: BaseRef, total: int) -> None:
    """Vectors for the chunks that lack one, a few at a time, each time stored."""
    embedder = models.of(base.model)
    async with database.transaction(work.workspace_id) as tx:
        left = await chunks.lacking(
            tx, work.workspace_id, base.generation_id, document_id=work.document_id, most=1_000_000
        )
    done = max(0, total - len(left))
    for start in range(0, len(left), BATCH):
        some = left[start : start + BATCH]
        vectors = await embedder.embed([text for _, _, text in some], "passage")
        async with database.transaction(work.workspace_id) as tx:
            if not await documents.hold(tx, work.workspace_id, work.document_id, work.revision):
                raise SupersededError
            generation = await bases.generation(tx, work.workspace_id, base.generation_id)
            if generation is None:
                return
            rows = [(chunk, owner, vector) for (chunk, owner, _), vector in zip(some, vectors, strict=True)]
            await chunks.insert_vectors(tx, work.workspace_id, base.generation_id, rows)
            done += len(some)
            await documents.note(
                tx, work.workspace_id, work.document_id, work.revision, embedded=min(done, total)
            )


async def _know_common_words(database: Database, base: BaseRef) -> None:
    """Now and then, as a base grows."""
    async with database.transaction(base.workspace_id) as tx:
        total = await words.count_chunks(tx, base.workspace_id, base.id)
        if total >= words.LEAST and total >= words.GROWTH * base.sampled_at:
            await bases.note_common_words(tx, base, await words.common(tx, base), total)


async def _note(database: Database, work: Work, **values: str) -> None:
    async with database.transaction(work.workspace_id) as tx:
        await documents.note(tx, work.workspace_id, work.document_id, work.revision, **values)
