"""Rows of knowledge. Vectors are in `knowledge_vectors`, there only with the extension: not mapped."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    func,
    literal_column,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from codex32_server.kit.ids import new_id
from codex32_server.storage.base import Base


class KnowledgeBase(Base):
    """A named collection of documents, searched as one."""

    __tablename__ = "knowledge_bases"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, server_default="")
    language: Mapped[str] = mapped_column(Text, server_default="simple")
    """A text search configuration of PostgreSQL."""
    generation_id: Mapped[UUID]
    """The vectors that answer."""
    building_id: Mapped[UUID | None]
    """The vectors that will answer next."""
    error: Mapped[str] = mapped_column(Text, server_default="")
    """Why the last rebuilding failed."""
    common_words: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    """Lexemes that so many chunks have that looking for them finds nothing."""
    sampled_at: Mapped[int] = mapped_column(Integer, server_default="0")
    """How many chunks there were when these were counted."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (UniqueConstraint("workspace_id", "name"),)


class Generation(Base):
    """Vectors of one base by one model. Its partition is made and dropped by functions of the database."""

    __tablename__ = "knowledge_generations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    workspace_id: Mapped[UUID]
    base_id: Mapped[UUID]
    model: Mapped[str] = mapped_column(Text)
    dimensions: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index(None, "workspace_id", "base_id"),)


class Document(Base):
    """What was uploaded, as it was; never loaded whole by a list."""

    __tablename__ = "knowledge_documents"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    workspace_id: Mapped[UUID]
    base_id: Mapped[UUID] = mapped_column(ForeignKey("knowledge_bases.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    content_type: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    about: Mapped[dict[str, Any]] = mapped_column("metadata", server_default="{}")
    size: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    revision: Mapped[int] = mapped_column(Integer, server_default="1")
    """Grows with every upload; work for an older one changes nothing."""
    status: Mapped[str] = mapped_column(Text, server_default="queued")
    error: Mapped[str] = mapped_column(Text, server_default="")
    attempt: Mapped[int] = mapped_column(Integer, server_default="0")
    """Number of the try that it is at, or was at; 0: none has begun."""
    chunks: Mapped[int] = mapped_column(Integer, server_default="0")
    embedded: Mapped[int] = mapped_column(Integer, server_default="0")
    """How many of `chunks` have their vectors."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint("status in ('queued', 'indexing', 'ready', 'failed')", name="status"),
        UniqueConstraint("base_id", "name"),
        Index("ix_knowledge_documents_base", "workspace_id", "base_id", sa.text("id desc")),
    )


class Chunk(Base):
    """A piece of a document. It is found once it is live: when the whole document is indexed."""

    __tablename__ = "knowledge_chunks"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    workspace_id: Mapped[UUID]
    base_id: Mapped[UUID]
    document_id: Mapped[UUID] = mapped_column(ForeignKey("knowledge_documents.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    heading: Mapped[list[str]] = mapped_column(ARRAY(Text))
    text: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    live: Mapped[bool] = mapped_column(server_default=literal_column("false"))
    words: Mapped[Any] = mapped_column(TSVECTOR)

    __table_args__ = (
        Index("ix_knowledge_chunks_document", "workspace_id", "document_id", "position"),
        Index("ix_knowledge_chunks_base", "workspace_id", "base_id", "id"),
        Index("ix_knowledge_chunks_document_id", "document_id"),
        Index("ix_knowledge_chunks_words", "words", postgresql_using="gin"),
    )


class SearchEntry(Base):
    """What is found of one thing that is no document; its vector is in `search_vectors`."""

    __tablename__ = "search_entries"

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(Text)
    """What it was read from: another source means that it has to be read again."""
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    """Names the content: while it is the same, so is the vector."""
    model: Mapped[str] = mapped_column(Text, server_default="")
    """What computed the vector of the present content; empty until there is one."""
    words: Mapped[Any] = mapped_column(TSVECTOR)
    """Asked for by `entries_by_words` of the database, which has an index."""
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        Index(
            "ix_search_entries_words",
            literal_column(
                "(words || array_to_tsvector(array['workspace:' || workspace_id::text]))", TSVECTOR()
            ),
            postgresql_using="gin",
        ),
    )
