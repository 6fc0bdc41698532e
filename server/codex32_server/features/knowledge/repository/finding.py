"""The two searches: nearest vectors, and words. Both answer with chunk ids, best first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from codex32_server.features.knowledge.repository.chunks import literal
from codex32_server.features.knowledge.repository.telling import ANY_LANGUAGE, telling
from codex32_server.features.knowledge.schemas import BaseRef
from codex32_server.kit.words import spaced
from codex32_server.storage.session import Tx

EXACT = 20_000
"""Chunks that are compared one by one rather than by the index, when metadata leave no more."""
_EF_SEARCH = 120
_EF_SEARCH_OF_MANY = 200
_MANY = 300_000
"""Chunks. The more there are, the more must be looked at to find as many of the nearest."""
_MOST_SCANNED = 60_000
_MOST_WORDS = 64

_SET = text(
    f"""
    select set_config('hnsw.ef_search', :ef_search, true),
           set_config('hnsw.iterative_scan', 'relaxed_order', true),
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
_LEXEMES = text("select tsvector_to_array(to_tsvector(cast(:language as regconfig), :query))")
_BY_WORDS = text(
    """
    select id, rank from knowledge_by_words(
      :base_id, cast(:all_of as tsquery) && cast(:token as tsquery),
      cast(:one_of as tsquery) && cast(:token as tsquery), cast(:any_word as tsquery),
      cast(:documents as uuid[]), :whole, :most)
    """
)
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
    """The lexemes of a question, each quoted. `telling` are those that not too many chunks have."""

    every: Sequence[str] = ()
    telling: Sequence[str] = ()

    @property
    def any(self) -> str:
        """A query for chunks with any of them; empty if there is none."""
        return " | ".join(self.every)


async def set_up(tx: Tx, base: BaseRef) -> None:
    """How the index of vectors is searched in this transaction. Plans are made for the values at hand, which
    decide which partition is read.
    """
    ef_search = _EF_SEARCH if base.sampled_at < _MANY else _EF_SEARCH_OF_MANY
    await tx.execute(_SET, {"ef_search": str(ef_search)})


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
    # Where a filter makes the index go on searching, its answers are nearly in order.
    return sorted(((row.chunk_id, float(row.similarity)) for row in rows), key=lambda found: -found[1])


async def question(tx: Tx, base: BaseRef, query: str) -> Words:
    """What full-text search looks for."""
    lexemes: Sequence[str]
    if base.language == ANY_LANGUAGE:
        lexemes = await telling(tx, query)
    else:
        lexemes = await tx.scalar(_LEXEMES, {"language": base.language, "query": spaced(query)}) or []
    some = lexemes[:_MOST_WORDS]
    return Words(
        [quoted(lexeme) for lexeme in some],
        [quoted(lexeme) for lexeme in some if lexeme not in base.common_words],
    )


def quoted(lexeme: str) -> str:
    """A lexeme as a query of one word."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


async def by_words(
    tx: Tx, base: BaseRef, words: Words, among: Among | None, most: int
) -> list[tuple[UUID, float]]:
    """(chunk, rank), best first. Words that very many chunks have are looked for only if there are no
    others: then any chunks that have them will do, and reading from the start finds some soonest.
    """
    if not words.every:
        return []
    wanted = words.telling or words.every
    values = {
        "base_id": base.id,
        "any_word": words.any,
        "one_of": " | ".join(wanted),
        "all_of": " & ".join(wanted),
        "token": quoted(base.token),
        "documents": None if among is None else list(among.documents),
        "whole": not words.telling,
        "most": most,
    }
    return [(row.id, float(row.rank)) for row in (await tx.execute(_BY_WORDS, values)).all()]


async def read(tx: Tx, base: BaseRef, words: Words, chunks: Sequence[UUID]) -> dict[UUID, Any]:
    """What is shown of chunks; those that are gone meanwhile are left out."""
    values = {
        "workspace_id": base.workspace_id,
        "language": base.language,
        "any_word": words.any,
        "chunks": list(chunks),
    }
    return {row.id: row for row in (await tx.execute(_READ, values)).all()}
