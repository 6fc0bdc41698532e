"""The one way into knowledge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from codex32_server.features.knowledge.errors import BaseNotFoundError, DocumentNotFoundError
from codex32_server.features.knowledge.errors import KnowledgeNotAllowedError as KnowledgeNotAllowedError
from codex32_server.features.knowledge.models import Document
from codex32_server.features.knowledge.repository import bases, chunks, documents
from codex32_server.features.knowledge.schemas import (
    BaseRef,
    BaseView,
    BuildingView,
    DocumentView,
    NewBase,
    PutView,
    ReindexRequest,
)
from codex32_server.features.knowledge.schemas import DocumentHit as DocumentHit
from codex32_server.features.knowledge.schemas import Entry as Entry
from codex32_server.features.knowledge.schemas import KnowledgeLimits as KnowledgeLimits
from codex32_server.features.knowledge.schemas import SearchRequest as SearchRequest
from codex32_server.features.knowledge.schemas import SearchView as SearchView
from codex32_server.features.knowledge.service import entries, indexing, keeping, rebuilding, searching
from codex32_server.features.knowledge.service.indexing import Work
from codex32_server.features.knowledge.service.keeping import INDEX_DOCUMENT as INDEX_DOCUMENT
from codex32_server.features.knowledge.service.keeping import REBUILD_BASE as REBUILD_BASE
from codex32_server.features.knowledge.service.keeping import Upload as Upload
from codex32_server.features.knowledge.service.models import Models
from codex32_server.gateway.embeddings.errors import EmbeddingError
from codex32_server.gateway.embeddings.port import Embedder
from codex32_server.http.paging import Page, PageRequest, next_cursor
from codex32_server.storage.session import Database, Tx

_LOCAL = "local"


class Entries:
    """What is found of one kind of things that are no documents; needs no model."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    async def store(self, tx: Tx, workspace_id: UUID, found: Sequence[Entry]) -> None:
        """They are found by their words from now on; equal content keeps its vector."""
        await entries.store(tx, workspace_id, self.kind, found)

    async def forget(self, tx: Tx, workspace_id: UUID, subjects: Sequence[UUID]) -> None:
        """They are not found any more."""
        await entries.forget(tx, workspace_id, self.kind, subjects)

    async def near(
        self, tx: Tx, workspace_id: UUID, subject_id: UUID, most: int
    ) -> Sequence[tuple[UUID, float]]:
        """(subject, cosine) around another one, nearest first; none while that one has no vector."""
        return await entries.neighbours(tx, workspace_id, self.kind, subject_id, most)

    async def by_words(
        self, tx: Tx, workspace_id: UUID, query: str, most: int
    ) -> Sequence[tuple[UUID, float]]:
        """(subject, rank): those with all of the words first."""
        return await entries.by_words(tx, workspace_id, self.kind, query, most)


class KnowledgeFacade:
    """Knowledge bases of a workspace. Methods that take a `Database` open short transactions of their own.

    `models` are the embedding models by the names that people use; "local" is the default of a base.
    """

    def __init__(self, models: Mapping[str, Embedder], limits: KnowledgeLimits | None = None) -> None:
        self._models = Models(models)
        self.limits = limits or KnowledgeLimits()

    # -- bases

    async def create(self, tx: Tx, workspace_id: UUID, new: NewBase) -> BaseView:
        """Raises BaseExistsError, KnowledgeFullError, KnowledgeUnavailableError, ModelUnknownError."""
        embedder = self._models.named(new.model)
        base_id = await keeping.create_base(tx, workspace_id, new, embedder)
        return await self._view(tx, workspace_id, base_id)

    async def list(self, tx: Tx, workspace_id: UUID, paging: PageRequest) -> Page[BaseView]:
        """Newest first."""
        rows = await bases.page(tx, workspace_id, paging)
        cursor = next_cursor([row[0].id for row in rows], paging.limit)
        return Page(
            items=[await _view(tx, workspace_id, row) for row in rows[: paging.limit]], next_cursor=cursor
        )

    async def count(self, tx: Tx, workspace_id: UUID) -> int:
        """How many knowledge bases there are."""
        return await bases.count(tx, workspace_id)

    async def get(self, tx: Tx, workspace_id: UUID, which: str) -> BaseView:
        """Raises BaseNotFoundError."""
        base = await self.find(tx, workspace_id, which)
        return await self._view(tx, workspace_id, base.id)

    async def delete(self, tx: Tx, workspace_id: UUID, which: str) -> None:
        """With all its documents. Raises BaseNotFoundError."""
        await keeping.remove_base(tx, await self.find(tx, workspace_id, which, lock="update"))

    async def reindex(self, tx: Tx, workspace_id: UUID, which: str, request: ReindexRequest) -> BaseView:
        """Compute all vectors anew; the present ones answer until then. Raises BaseNotFoundError,
        ModelUnknownError, KnowledgeUnavailableError.
        """
        embedder = self._models.named(request.model)
        base = await self.find(tx, workspace_id, which, lock="update")
        await keeping.begin_rebuilding(tx, base, embedder)
        return await self._view(tx, workspace_id, base.id)

    async def find(self, tx: Tx, workspace_id: UUID, which: str, *, lock: str = "") -> BaseRef:
        """A base by id or name. Raises BaseNotFoundError."""
        found = await bases.find(tx, workspace_id, _reference(which), lock=lock)
        if found is None:
            raise BaseNotFoundError(f"There is no knowledge base {which[:100]!r}.")
        return found

    # -- documents

    async def put(self, tx: Tx, workspace_id: UUID, which: str, upload: Upload) -> PutView:
        """Add a document or replace the one of that name. Raises BaseNotFoundError, DocumentTypeError,
        DocumentTooLargeError, KnowledgeFullError.
        """
        base = await self.find(tx, workspace_id, which)
        document_id, unchanged = await keeping.put(tx, base, upload, self.limits)
        document = await documents.find(tx, workspace_id, base.id, document_id)
        assert document is not None
        return PutView(**_document(document).model_dump(), unchanged=unchanged)

    async def list_documents(
        self, tx: Tx, workspace_id: UUID, which: str, paging: PageRequest, status: str | None
    ) -> Page[DocumentView]:
        """Newest first. Raises BaseNotFoundError."""
        base = await self.find(tx, workspace_id, which)
        found = await documents.page(tx, workspace_id, base.id, paging, status)
        cursor = next_cursor([document.id for document in found], paging.limit)
        return Page(items=[_document(one) for one in found[: paging.limit]], next_cursor=cursor)

    async def get_document(self, tx: Tx, workspace_id: UUID, which: str, document: str) -> DocumentView:
        """By id or name. Raises BaseNotFoundError, DocumentNotFoundError."""
        base = await self.find(tx, workspace_id, which)
        return _document(await self._document(tx, base, document))

    async def delete_document(self, tx: Tx, workspace_id: UUID, which: str, document: str) -> None:
        """Raises BaseNotFoundError, DocumentNotFoundError."""
        base = await self.find(tx, workspace_id, which)
        await keeping.remove_document(tx, base, await self._document(tx, base, document))

    # -- search and work

    async def search(
        self, database: Database, workspace_id: UUID, which: str, request: SearchRequest
    ) -> SearchView:
        """Raises BaseNotFoundError, ModelUnknownError, EmbeddingError."""
        async with database.transaction(workspace_id) as tx:
            base = await self.find(tx, workspace_id, which)
        return await searching.search(database, self._models, base, request)

    async def search_documents(
        self, database: Database, workspace_id: UUID, request: SearchRequest
    ) -> list[DocumentHit]:
        """The best chunks of all bases; by words alone while the model cannot be asked."""
        return await searching.search_all(database, self._models, workspace_id, request)

    async def search_entries(
        self, database: Database, workspace_id: UUID, kind: str, query: str, most: int
    ) -> tuple[Sequence[UUID], Sequence[UUID]]:
        """Subjects of a kind by meaning and by words, best first; the first list is empty while the model
        cannot be asked or nothing has a vector.
        """
        embedder = self._models.named(_LOCAL)
        try:
            [vector] = await embedder.embed([query.replace("\0", " ")], "query")
        except EmbeddingError:
            vector = None
        async with database.transaction(workspace_id) as tx:
            near = (
                await entries.nearest(tx, workspace_id, kind, embedder.name, vector, most) if vector else []
            )
            said = await entries.by_words(tx, workspace_id, kind, query, most)
        return [subject for subject, _ in near], [subject for subject, _ in said]

    async def embed_entries(self, database: Database, workspace_id: UUID, kind: str) -> int:
        """For the worker: vectors for the entries that lack one; how many. Raises EmbeddingError."""
        return await entries.embed(database, self._models.named(_LOCAL), workspace_id, kind)

    async def index_document(
        self, database: Database, workspace_id: UUID, document_id: UUID, revision: int, attempt: int
    ) -> str:
        """For the worker: see `service.indexing`. `attempt`: of the job, from 1."""
        work = Work(workspace_id, document_id, revision, attempt, keeping.ATTEMPTS)
        return await indexing.index(database, self._models, work)

    async def rebuild(
        self, database: Database, workspace_id: UUID, base_id: UUID, generation_id: UUID
    ) -> str:
        """For the worker: see `service.rebuilding`."""
        return await rebuilding.rebuild(database, self._models, workspace_id, base_id, generation_id)

    # -- within

    async def _view(self, tx: Tx, workspace_id: UUID, base_id: UUID) -> BaseView:
        [row] = await bases.page(tx, workspace_id, None, base_id)
        return await _view(tx, workspace_id, row)

    async def _document(self, tx: Tx, base: BaseRef, which: str) -> Document:
        found = await documents.find(tx, base.workspace_id, base.id, _reference(which))
        if found is None:
            raise DocumentNotFoundError(f"There is no document {which[:100]!r} in {base.name}.")
        return found


def _reference(which: str) -> UUID | str:
    try:
        return UUID(which)
    except ValueError:
        return which.replace("\0", "\N{REPLACEMENT CHARACTER}")


async def _view(tx: Tx, workspace_id: UUID, row: Any) -> BaseView:
    base = row[0]
    building = None
    if base.building_id is not None:
        generation = await bases.generation(tx, workspace_id, base.building_id)
        done = await chunks.count_vectors(tx, workspace_id, base.building_id)
        building = BuildingView(model=generation.model if generation else "", chunks_done=done)
    return BaseView(
        id=base.id,
        name=base.name,
        description=base.description,
        language=base.language,
        model=row.model,
        documents=row.documents,
        chunks=row.chunks,
        bytes=row.bytes,
        pending=row.pending,
        failed=row.failed,
        building=building,
        error=base.error,
        created_at=base.created_at,
    )


_PLAIN = ("id", "name", "content_type", "digest", "size", "status", "error", "attempt", "chunks", "embedded")


def _document(document: Document) -> DocumentView:
    return DocumentView.model_validate(
        {name: getattr(document, name) for name in _PLAIN}
        | {
            "metadata": document.about,
            "attempts": keeping.ATTEMPTS,
            "created_at": document.created_at,
            "updated_at": document.updated_at,
        }
    )
