"""Making and removing bases and documents, within what a workspace may keep. Work on them becomes jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from codex32_server.features.knowledge.errors import (
    BaseExistsError,
    DocumentTooLargeError,
    DocumentTypeError,
    KnowledgeFullError,
    KnowledgeUnavailableError,
)
from codex32_server.features.knowledge.models import Document, Generation, KnowledgeBase
from codex32_server.features.knowledge.repository import bases, chunks, documents
from codex32_server.features.knowledge.schemas import MIB, MOST_BASES, BaseRef, KnowledgeLimits, NewBase
from codex32_server.gateway.embeddings.port import Embedder
from codex32_server.kit.documents.formats import content_type
from codex32_server.kit.ids import new_id
from codex32_server.queue.entries import NewJob, Retries
from codex32_server.queue.submit import submit_job
from codex32_server.storage.session import Tx

INDEX_DOCUMENT = "index_document"
REBUILD_BASE = "rebuild_base"
ATTEMPTS = 5
"""How often a job of knowledge is tried."""
_HOURS = 6 * 3_600_000
_RETRIES = Retries(attempts=ATTEMPTS, delay_ms=5_000, max_delay_ms=300_000)


@dataclass(frozen=True)
class Upload:
    """A document as it came."""

    name: str
    given_type: str
    content: bytes
    metadata: Mapping[str, Any]
    digest: str = ""
    """`sha256:` and 64 hex digits, if whoever received the content has counted along."""


async def create_base(tx: Tx, workspace_id: UUID, new: NewBase, embedder: Embedder) -> UUID:
    """Raises BaseExistsError, KnowledgeFullError, KnowledgeUnavailableError."""
    await need_vectors(tx)
    await bases.lock(tx, workspace_id)
    if await bases.exists(tx, workspace_id, new.name):
        raise BaseExistsError(f"There is a knowledge base {new.name} already.")
    if await bases.count(tx, workspace_id) >= MOST_BASES:
        raise KnowledgeFullError(
            f"The workspace has {MOST_BASES} knowledge bases.", next_step="Delete one that nobody uses."
        )
    base = KnowledgeBase(
        id=new_id(),
        workspace_id=workspace_id,
        name=new.name,
        description=new.description,
        language=new.language,
        generation_id=new_id(),
    )
    await bases.insert(tx, base, _generation(base.id, workspace_id, base.generation_id, embedder))
    return base.id


async def need_vectors(tx: Tx) -> None:
    """Raises KnowledgeUnavailableError, which says what is missing."""
    if fault := await bases.prepare(tx):
        raise KnowledgeUnavailableError(f"The database cannot keep vectors: {fault}.")


async def remove_base(tx: Tx, base: BaseRef) -> None:
    generations = await bases.generations(tx, base.workspace_id, base.id)
    await bases.remove(tx, base)
    for generation_id in generations:
        await bases.drop_generation(tx, generation_id)


async def put(tx: Tx, base: BaseRef, upload: Upload, limits: KnowledgeLimits) -> tuple[UUID, bool]:
    """The document's id, and whether nothing has changed. What is new, or not ready, is indexed by a job.

    Raises DocumentTypeError, DocumentTooLargeError, KnowledgeFullError.
    """
    kind = content_type(upload.given_type, upload.name)
    if kind is None:
        raise DocumentTypeError(f"Nothing here reads {upload.given_type or 'a file of that name'!r}.")
    size = len(upload.content)
    if size > limits.document:
        raise DocumentTooLargeError(f"A document has up to {limits.document // MIB} MiB.")
    digest = upload.digest or f"sha256:{sha256(upload.content).hexdigest()}"
    await bases.lock(tx, base.workspace_id)
    present = await documents.by_name(tx, base.workspace_id, base.id, upload.name)
    if present and (present.digest, present.content_type) == (digest, kind) and present.status == "ready":
        if present.about == dict(upload.metadata):
            return present.id, True
        await documents.note(tx, base.workspace_id, present.id, present.revision, about=dict(upload.metadata))
        return present.id, False
    await _check_room(tx, base, size - (present.size if present else 0), 0 if present else 1, limits)
    document_id, revision = await _store(tx, base, upload, present, kind, digest)
    await _submit(tx, base, INDEX_DOCUMENT, {"document_id": str(document_id), "revision": revision})
    return document_id, False


async def remove_document(tx: Tx, base: BaseRef, document: Document) -> None:
    await documents.remove(tx, base.workspace_id, document.id)
    await chunks.forget_document(tx, base.workspace_id, document.id)


async def begin_rebuilding(tx: Tx, base: BaseRef, embedder: Embedder) -> None:
    """Takes the place of a rebuilding that is under way."""
    await need_vectors(tx)
    generation = _generation(base.id, base.workspace_id, new_id(), embedder)
    await bases.add_generation(tx, generation)
    await bases.begin_building(tx, base, generation.id)
    await _submit(tx, base, REBUILD_BASE, {"base_id": str(base.id), "generation_id": str(generation.id)})


async def _check_room(tx: Tx, base: BaseRef, more_bytes: int, more: int, limits: KnowledgeLimits) -> None:
    count, size = await documents.kept(tx, base.workspace_id)
    if count + more > limits.documents:
        raise KnowledgeFullError(f"The workspace keeps up to {limits.documents} documents.")
    if size + more_bytes > limits.bytes:
        raise KnowledgeFullError(f"The workspace keeps up to {limits.bytes // MIB} MiB of documents.")


async def _store(
    tx: Tx, base: BaseRef, upload: Upload, present: Document | None, kind: str, digest: str
) -> tuple[UUID, int]:
    values: dict[str, Any] = {
        "content_type": kind,
        "digest": digest,
        "about": dict(upload.metadata),
        "size": len(upload.content),
        "content": upload.content,
    }
    if present is None:
        document = Document(
            id=new_id(),
            workspace_id=base.workspace_id,
            base_id=base.id,
            name=upload.name,
            revision=1,
            **values,
        )
        await documents.insert(tx, document)
        return document.id, 1
    await documents.replace(tx, base.workspace_id, present.id, present.revision, values)
    return present.id, present.revision + 1


async def _submit(tx: Tx, base: BaseRef, kind: str, payload: Mapping[str, Any]) -> None:
    await submit_job(tx, NewJob(base.workspace_id, kind, payload, timeout_ms=_HOURS, retries=_RETRIES))


def _generation(base_id: UUID, workspace_id: UUID, generation_id: UUID, embedder: Embedder) -> Generation:
    return Generation(
        id=generation_id,
        workspace_id=workspace_id,
        base_id=base_id,
        model=embedder.name,
        dimensions=embedder.dimensions,
    )
