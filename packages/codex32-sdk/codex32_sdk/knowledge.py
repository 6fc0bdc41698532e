"""Knowledge bases: their calls and models. The other requests of API v1 are in `calls`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from pydantic import Field

from codex32_sdk.calls import Call
from codex32_sdk.models import Model, Page


class Building(Model):
    """Vectors that are being computed."""

    model: str
    chunks_done: int = 0


class KnowledgeBase(Model):
    """A collection of documents that is searched as one."""

    id: str
    name: str
    description: str = ""
    language: str = "simple"
    model: str = ""
    documents: int = 0
    chunks: int = 0
    bytes: int = 0
    pending: int = 0
    failed: int = 0
    building: Building | None = None
    error: str = ""
    created_at: datetime | None = None


class Document(Model):
    """A document of a base. `embedded` of `chunks` is how far its indexing is."""

    id: str
    name: str
    content_type: str = ""
    metadata: dict[str, Any] = Field(default_factory=dict[str, Any])
    size: int = 0
    status: str = "queued"
    error: str = ""
    attempt: int = 0
    attempts: int = 0
    chunks: int = 0
    embedded: int = 0
    unchanged: bool = False
    updated_at: datetime | None = None

    @property
    def settled(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self.status in {"ready", "failed"}


class Hit(Model):
    """A chunk that answers, with what a citation needs."""

    document: str
    heading: list[str] = Field(default_factory=list[str])
    position: int = 0
    text: str = ""
    snippet: str = ""
    metadata: dict[str, Any] = Field(default_factory=dict[str, Any])
    score: dict[str, Any] = Field(default_factory=dict[str, Any])


class Answers(Model):
    """The best chunks, best first."""

    base: str
    model: str = ""
    hits: list[Hit] = Field(default_factory=list[Hit])


def list_knowledge() -> Call[Page[KnowledgeBase]]:
    """The knowledge bases, newest first."""
    return Call("GET", "/knowledge", Page[KnowledgeBase].model_validate)


def create_knowledge(
    name: str, *, description: str = "", language: str = "simple", model: str = "local"
) -> Call[KnowledgeBase]:
    """Make a base; `language` is whose word endings are known, `model` what computes its vectors."""
    body = {"name": name, "description": description, "language": language, "model": model}
    return Call("POST", "/knowledge", KnowledgeBase.model_validate, body=body)


def get_knowledge(base: str) -> Call[KnowledgeBase]:
    """One base."""
    return Call("GET", _path(base), KnowledgeBase.model_validate)


def delete_knowledge(base: str) -> Call[None]:
    """Delete a base with all its documents."""
    return Call("DELETE", _path(base), _nothing)


def reindex_knowledge(base: str, *, model: str = "local") -> Call[KnowledgeBase]:
    """Compute all vectors anew; the present ones answer meanwhile."""
    return Call("POST", _path(base, "reindex"), KnowledgeBase.model_validate, body={"model": model})


def search_knowledge(
    base: str, query: str, *, top: int = 5, where: Mapping[str, Any] | None = None
) -> Call[Answers]:
    """The chunks that answer best; `where` are values that a document's metadata must have."""
    body: dict[str, Any] = {"query": query, "top": top} | ({"where": dict(where)} if where else {})
    return Call("POST", _path(base, "search"), Answers.model_validate, body=body)


def list_documents(base: str, *, status: str | None = None) -> Call[Page[Document]]:
    """The documents of a base, newest first."""
    params = {"status": status} if status else {}
    return Call("GET", _path(base, "documents"), Page[Document].model_validate, params=params)


def put_document(
    base: str,
    name: str,
    content: bytes,
    *,
    content_type: str = "application/octet-stream",
    metadata: Mapping[str, Any] | None = None,
) -> Call[Document]:
    """Add a document or replace the one of that name; a worker indexes it."""
    return Call(
        "PUT",
        _path(base, "documents"),
        Document.model_validate,
        params={"name": name, "metadata": json.dumps(dict(metadata or {}))},
        content=content,
        headers={"Content-Type": content_type},
    )


def get_document(base: str, document: str) -> Call[Document]:
    """One document."""
    return Call("GET", _path(base, "documents", document), Document.model_validate)


def delete_document(base: str, document: str) -> Call[None]:
    """Delete a document."""
    return Call("DELETE", _path(base, "documents", document), _nothing)


def _path(*parts: str) -> str:
    return "/knowledge" + "".join(f"/{quote(part, safe='')}" for part in parts)


def _nothing(_: Any) -> None:
    return None
