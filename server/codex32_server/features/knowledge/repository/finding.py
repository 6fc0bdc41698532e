"""The two searches: nearest vectors, and words. Both answer with chunk ids, best first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from codex32_server.features.knowledge.repository.chunks import literal
from codex32_server.features.knowledge.schemas import BaseRef
from codex32_server.storage.session import Tx

EXACT = 4_000
"""Chunks that are compared one by one rather than by the index, when metadata leave no more."""
_EF_SEARCH = 120
_MOST_SCANNED = 60_000
_WORDS_OF_ALL, _WORDS_OF_ANY = 1_000, 3_000

_SET = text(
    f"""
    select set_config('hnsw.ef_search', '{_EF_SEARCH}', true),
           set_config('hnsw.iterative_scan', 'strict_order', true),
           set_config('hnsw.max_scan_tuples', '{_MOST_SCANNED}', true),
           set_config('plan_cache_mode', 'force_custom_plan', true)
    """
)
_NEAREST = """
    select chunk_id, -(embedding::halfvec({size}) <#> cast(:vector as halfvec({size}))) as similarity
      from knowledge_vectors
     where workspace_id = :workspace_id and generation_id = :generation_id {filter}
     order by embedding::halfvec({size}) <#> cast(:vector as halfvec({size})) limit :most
    """
_NEAREST_OF_FEW = """
    with mine as materialized (
      select chunk_id, embedding from knowledge_vectors
       where workspace_id = :workspace_id and generation_id = :generation_id
         and document_id = any(cast(:documents as uuid[])))
    select chunk_id, -(embedding::halfvec({size}) <#> cast(:vector as halfvec({size}))) as similarity
      from mine order by 2 desc limit :most
    """
_AMONG = "and document_id = any(cast(:documents as uuid[]))"
_QUESTION = text(
    """
    select words, replace(words, '&', '|') as any_word, numnode(cast(words as tsquery)) as nodes
      from (select plainto_tsquery(cast(:language as regconfig), :query)::text as words) as asked
    """
)
# Those that hold every word come first, because a common word alone may be in more chunks than are ranked.
_WORDS = """
    select id, max(rank) as rank from (
      (select id, ts_rank(words, cast(:any_word as tsquery), 1) as rank from knowledge_chunks
        where workspace_id = :workspace_id and base_id = :base_id and live {filter}
          and words @@ (cast(:all_words as tsquery) && cast(:token as tsquery)) limit {all_words})
      union all
      (select id, ts_rank(words, cast(:any_word as tsquery), 1) from knowledge_chunks
        where workspace_id = :workspace_id and base_id = :base_id and live {filter}
          and words @@ (cast(:any_word as tsquery) && cast(:token as tsquery)) limit {any_word})) as found
     group by id order by rank desc, id limit :most
    """
_READ = text(
    """
    select c.id, c.document_id, c.heading, c.position, c.text, d.name, d.metadata,
           case when cast(:any_word as text) = '' then left(c.text, 300)
                else ts_headline(cast(:language as regconfig), c.text, cast(:any_word as tsquery),
                                 'StartSel="", StopSel="", MinWords=20, MaxWords=45, MaxFragments=1')
           end as snippet
      from knowledge_chunks c join knowledge_documents d on d.id = c.document_id
     where c.workspace_id = :workspace_id and d.workspace_id = :workspace_id and c.live
       and c.id = any(cast(:chunks as uuid[]))
    """
)


@dataclass(frozen=True)
class Among:
    """The documents that metadata leave."""

    documents: Sequence[UUID]
    chunks: int


@dataclass(frozen=True)
class Words:
    """A question as full-text search takes it. `any` is empty if no word of it counts."""

    all: str = ""
    any: str = ""


async def set_up(tx: Tx) -> None:
    """How the index of vectors is searched in this transaction. Plans are made for the values at hand, which
    decide which partition is read.
    """
    await tx.execute(_SET)


async def nearest(
    tx: Tx, base: BaseRef, vector: Sequence[float], among: Among | None, most: int
) -> list[tuple[UUID, float]]:
    """(chunk, cosine), nearest first."""
    values: dict[str, Any] = {
        "workspace_id": base.workspace_id,
        "generation_id": base.generation_id,
        "vector": literal(vector),
        "most": most,
    }
    few = among is not None and among.chunks <= EXACT
    sql = (_NEAREST_OF_FEW if few else _NEAREST).format(size=base.dimensions, filter=_AMONG if among else "")
    if among is not None:
        values["documents"] = list(among.documents)
    rows = (await tx.execute(text(sql), values)).all()
    return [(row.chunk_id, float(row.similarity)) for row in rows]


async def question(tx: Tx, base: BaseRef, query: str) -> Words:
    row = (await tx.execute(_QUESTION, {"language": base.language, "query": query})).one()
    return Words(row.words, row.any_word) if row.nodes else Words()


async def by_words(
    tx: Tx, base: BaseRef, words: Words, among: Among | None, most: int
) -> list[tuple[UUID, float]]:
    """(chunk, rank), best first."""
    if not words.any:
        return []
    values: dict[str, Any] = {
        "workspace_id": base.workspace_id,
        "base_id": base.id,
        "any_word": words.any,
        "all_words": words.all,
        "token": f"'{base.token}'",
        "most": most,
    }
    if among is not None:
        values["documents"] = list(among.documents)
    sql = _WORDS.format(filter=_AMONG if among else "", all_words=_WORDS_OF_ALL, any_word=_WORDS_OF_ANY)
    return [(row.id, float(row.rank)) for row in (await tx.execute(text(sql), values)).all()]


async def read(tx: Tx, base: BaseRef, words: Words, chunks: Sequence[UUID]) -> dict[UUID, Any]:
    """What is shown of chunks; those that are gone meanwhile are left out."""
    values = {
        "workspace_id": base.workspace_id,
        "language": base.language,
        "any_word": words.any,
        "chunks": list(chunks),
    }
    return {row.id: row for row in (await tx.execute(_READ, values)).all()}
