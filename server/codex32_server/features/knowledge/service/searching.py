"""Searching one base. The question is embedded before any transaction begins."""

from __future__ import annotations

from typing import Any, TypeAlias
from uuid import UUID

from codex32_server.features.knowledge.errors import BaseNotFoundError, ModelUnknownError
from codex32_server.features.knowledge.repository import bases, documents, finding
from codex32_server.features.knowledge.repository.finding import Among
from codex32_server.features.knowledge.schemas import (
    BaseRef,
    DocumentHit,
    HitView,
    ScoreView,
    SearchRequest,
    SearchView,
)
from codex32_server.features.knowledge.service.fusing import Found, fuse
from codex32_server.features.knowledge.service.models import Models
from codex32_server.gateway.embeddings.errors import EmbeddingError
from codex32_server.gateway.embeddings.port import Vector
from codex32_server.storage.session import Database, Tx

_DEPTH = 50
"""How far down each list counts, at least."""


Asked: TypeAlias = dict[str, Vector | None]
"""A question as the models see it, by their names; None of one that cannot be asked now."""


async def search(
    database: Database, models: Models, base: BaseRef, request: SearchRequest, asked: Asked | None = None
) -> SearchView:
    """`base` may have been switched to other vectors meanwhile: then the question is embedded again.
    `asked` remembers it from base to base.

    Raises BaseNotFoundError, ModelUnknownError, EmbeddingError.
    """
    asked = {} if asked is None else asked
    while True:
        query = request.query.replace("\0", " ")
        if base.model not in asked:
            [asked[base.model]] = await models.of(base.model).embed([query], "query")
        vector = asked[base.model]
        async with database.transaction(base.workspace_id) as tx:
            await finding.set_up(tx, base)
            answer = await _search(tx, base, vector, query, request)
            # Read after the search, which sees what is committed meanwhile: vectors that were dropped in the
            # middle of it are not missed unnoticed.
            present = await bases.find(tx, base.workspace_id, base.id)
        if present is None:
            raise BaseNotFoundError(f"There is no knowledge base {base.name} any more.")
        if present.generation_id == base.generation_id:
            return answer
        base = present


async def search_all(
    database: Database, models: Models, workspace_id: UUID, request: SearchRequest
) -> list[DocumentHit]:
    """The best of all bases. What cannot be searched by meaning now is searched by words."""
    async with database.transaction(workspace_id) as tx:
        every = await bases.every(tx, workspace_id)
    asked: Asked = {}
    found: list[DocumentHit] = []
    for base in every:
        try:
            if base.model not in asked:
                [asked[base.model]] = await models.of(base.model).embed([request.query], "query")
        except (EmbeddingError, ModelUnknownError):
            asked[base.model] = None
        try:
            answer = await search(database, models, base, request, asked)
        except (BaseNotFoundError, EmbeddingError, ModelUnknownError):
            continue
        found += [DocumentHit(base=base.name, hit=hit) for hit in answer.hits]
    return sorted(found, key=lambda one: -one.hit.score.fused)[: request.top]


async def _search(
    tx: Tx, base: BaseRef, vector: Vector | None, query: str, request: SearchRequest
) -> SearchView:
    among = await _among(tx, base, request)
    depth = max(_DEPTH, 4 * request.top)
    words = await finding.question(tx, base, query)
    found = fuse(
        [] if vector is None else await finding.nearest(tx, base, vector, among, depth),
        await finding.by_words(tx, base, words, among, depth),
    )
    hits: list[HitView] = []
    # Chunks of documents that are being indexed are passed over, so a few more are read than are wanted.
    for start in range(0, len(found), request.top):
        if len(hits) >= request.top:
            break
        some = found[start : start + request.top]
        rows = await finding.read(tx, base, words, [one.chunk_id for one in some])
        hits += [_hit(one, rows[one.chunk_id]) for one in some if one.chunk_id in rows]
    return SearchView(base=base.name, model=base.model, hits=hits[: request.top])


async def _among(tx: Tx, base: BaseRef, request: SearchRequest) -> Among | None:
    if not request.where:
        return None
    left = await documents.matching(tx, base.workspace_id, base.id, request.where)
    return Among([document_id for document_id, _ in left], sum(chunks for _, chunks in left))


def _hit(found: Found, row: Any) -> HitView:
    score = ScoreView(
        fused=found.fused,
        similarity=found.similarity,
        vector_rank=found.vector_rank,
        text=found.text,
        text_rank=found.text_rank,
    )
    return HitView(
        chunk_id=found.chunk_id,
        document_id=row.document_id,
        document=row.name,
        heading=row.heading,
        position=row.position,
        text=row.text,
        snippet=row.snippet,
        metadata=row.metadata,
        score=score,
    )
