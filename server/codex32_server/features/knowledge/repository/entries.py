"""Queries of search entries: what is found besides documents. A workspace has some ten thousand at most, so
they are compared one by one; there is no index of vectors that could miss one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, text

from codex32_server.features.knowledge.models import SearchEntry
from codex32_server.features.knowledge.repository.chunks import literal
from codex32_server.features.knowledge.repository.telling import telling
from codex32_server.features.knowledge.schemas import Entry
from codex32_server.kit.words import spaced
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

_MOST_WORDS = 32
_PREPARE = text("select prepare_search()")
_READY = text("select to_regclass('search_vectors') is not null")
_STORE = text(
    """
    insert into search_entries (workspace_id, kind, subject_id, source, title, text, digest, words)
    values (:workspace_id, :kind, :subject_id, :source, :title, :text, :digest,
            setweight(to_tsvector('simple', :title_words), 'A')
            || setweight(to_tsvector('simple', :words), 'C'))
    on conflict (workspace_id, kind, subject_id) do update
       set source = excluded.source, title = excluded.title, text = excluded.text, words = excluded.words,
           model = case when search_entries.digest = excluded.digest then search_entries.model else '' end,
           digest = excluded.digest, updated_at = now()
    """
)
_LACKING = text(
    """
    select subject_id, digest, title, text from search_entries
     where workspace_id = :workspace_id and kind = :kind and model <> :model
     order by subject_id limit :most
    """
)
_HAVE_VECTOR = text(
    """
    with present as (
      update search_entries set model = :model
       where workspace_id = :workspace_id and kind = :kind and subject_id = :subject_id and digest = :digest
      returning workspace_id, kind, subject_id)
    insert into search_vectors (workspace_id, kind, subject_id, model, embedding)
    select workspace_id, kind, subject_id, :model, cast(:embedding as halfvec) from present
    on conflict (workspace_id, kind, subject_id) do update
       set model = excluded.model, embedding = excluded.embedding
    """
)
_NEAREST = text(
    """
    select subject_id, -(embedding <#> cast(:vector as halfvec)) as score from search_vectors
     where workspace_id = :workspace_id and kind = :kind and model = :model
     order by embedding <#> cast(:vector as halfvec), subject_id limit :most
    """
)
_NEIGHBOURS = text(
    """
    with mine as materialized (
      select model, embedding from search_vectors
       where workspace_id = :workspace_id and kind = :kind and subject_id = :subject_id)
    select v.subject_id, -(v.embedding <#> mine.embedding) as score from search_vectors v, mine
     where v.workspace_id = :workspace_id and v.kind = :kind and v.model = mine.model
       and v.subject_id <> :subject_id
     order by v.embedding <#> mine.embedding, v.subject_id limit :most
    """
)
_BY_WORDS = text(
    """
    select subject_id, score
      from entries_by_words(:workspace_id, :kind, cast(:all_of as tsquery), cast(:any_of as tsquery), :most)
    """
)


async def prepare(tx: Tx) -> str:
    """Make sure that vectors can be kept: '' or why they cannot. For workers."""
    return str(await tx.scalar(_PREPARE))


async def keeps_vectors(tx: Tx) -> bool:
    return bool(await tx.scalar(_READY))


async def store(tx: Tx, workspace_id: UUID, kind: str, entries: Sequence[Entry]) -> None:
    """Write them, or what changed of them; equal content keeps its vector."""
    rows = [
        {
            "workspace_id": workspace_id,
            "kind": kind,
            "subject_id": entry.subject_id,
            "source": entry.source,
            "title": entry.title,
            "text": entry.text,
            "title_words": spaced(entry.title),
            "words": spaced(entry.text),
            "digest": entry.digest,
        }
        for entry in entries
    ]
    if rows:
        await tx.execute(_STORE, rows)


async def forget(tx: Tx, workspace_id: UUID, kind: str, subjects: Sequence[UUID]) -> None:
    """With their vectors."""
    await tx.execute(
        delete(SearchEntry).where(
            owned(SearchEntry, workspace_id), SearchEntry.kind == kind, SearchEntry.subject_id.in_(subjects)
        )
    )


async def lacking(tx: Tx, workspace_id: UUID, kind: str, model: str, most: int) -> list[Any]:
    """(subject_id, digest, title, text) of those without a vector of this model."""
    values = {"workspace_id": workspace_id, "kind": kind, "model": model, "most": most}
    return list((await tx.execute(_LACKING, values)).all())


async def put_vectors(
    tx: Tx, workspace_id: UUID, kind: str, model: str, rows: Sequence[tuple[UUID, str, Sequence[float]]]
) -> None:
    """(subject, digest, vector). One whose content changed meanwhile is passed over."""
    values = [
        {
            "workspace_id": workspace_id,
            "kind": kind,
            "model": model,
            "subject_id": subject_id,
            "digest": digest,
            "embedding": literal(vector),
        }
        for subject_id, digest, vector in rows
    ]
    if values:
        await tx.execute(_HAVE_VECTOR, values)


async def nearest(
    tx: Tx, workspace_id: UUID, kind: str, model: str, vector: Sequence[float], most: int
) -> list[tuple[UUID, float]]:
    """(subject, cosine), nearest first."""
    values = {
        "workspace_id": workspace_id,
        "kind": kind,
        "model": model,
        "vector": literal(vector),
        "most": most,
    }
    return _scored((await tx.execute(_NEAREST, values)).all())


async def neighbours(
    tx: Tx, workspace_id: UUID, kind: str, subject_id: UUID, most: int
) -> list[tuple[UUID, float]]:
    """(subject, cosine) around another one, nearest first; none while that one has no vector."""
    values = {"workspace_id": workspace_id, "kind": kind, "subject_id": subject_id, "most": most}
    return _scored((await tx.execute(_NEIGHBOURS, values)).all())


async def by_words(tx: Tx, workspace_id: UUID, kind: str, query: str, most: int) -> list[tuple[UUID, float]]:
    """(subject, rank): those with all of the words first, then those with any."""
    lexemes = await telling(tx, query)
    if not lexemes:
        return []
    some = ["'" + word.replace("\\", "\\\\").replace("'", "''") + "'" for word in lexemes[:_MOST_WORDS]]
    values = {
        "workspace_id": workspace_id,
        "kind": kind,
        "any_of": " | ".join(some),
        "all_of": " & ".join(some),
        "most": most,
    }
    return _scored((await tx.execute(_BY_WORDS, values)).all())


def _scored(rows: Sequence[Any]) -> list[tuple[UUID, float]]:
    return [(row.subject_id, float(row.score)) for row in rows]
