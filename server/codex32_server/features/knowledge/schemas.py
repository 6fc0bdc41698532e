"""Contracts of knowledge."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from codex32_server.kit.manifest import rules

MOST_BASES = 100
"""Of one workspace."""
MOST_TOP = 50
LONGEST_QUERY = 2_000
_LONGEST_METADATA = 8 * 1024
MIB = 1024 * 1024

Language: TypeAlias = Literal[
    "simple",
    "arabic",
    "danish",
    "dutch",
    "english",
    "finnish",
    "french",
    "german",
    "greek",
    "hungarian",
    "indonesian",
    "italian",
    "norwegian",
    "portuguese",
    "romanian",
    "russian",
    "spanish",
    "swedish",
    "turkish",
]
"""Configurations of full-text search; `simple` suits every language and knows no word endings."""

BaseName = Annotated[
    str,
    Field(max_length=63, description="Small letters, digits and dashes.", examples=["handbook"]),
    AfterValidator(rules.slug),
]
Value: TypeAlias = str | int | float | bool | None


def _small(metadata: dict[str, Value]) -> dict[str, Value]:
    try:
        size = len(json.dumps(metadata, allow_nan=False).encode())
    except ValueError:
        raise ValueError("numbers must be finite, and texts whole") from None
    if size > _LONGEST_METADATA or len(metadata) > 64:
        raise ValueError(f"metadata has up to 64 entries and {_LONGEST_METADATA} bytes")
    if any("\0" in text for pair in metadata.items() for text in pair if isinstance(text, str)):
        raise ValueError("metadata cannot hold NUL")
    return metadata


Metadata = Annotated[
    dict[str, Value], AfterValidator(_small), Field(examples=[{"department": "hr", "year": 2026}])
]
DocumentStatus = Literal["queued", "indexing", "ready", "failed"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


@dataclass(frozen=True)
class KnowledgeLimits:
    """How much a workspace may keep. Bytes."""

    bytes: int = 1024 * MIB
    documents: int = 10_000
    document: int = 32 * MIB


class NewBase(BaseModel):
    """A base to make."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: BaseName
    description: Annotated[str, Field(max_length=2_000)] = ""
    language: Annotated[
        Language, Field(description="Whose word endings full-text search knows; it cannot be changed later.")
    ] = "simple"
    model: Annotated[str, Field(max_length=200, description="The embedding model.")] = "local"


class ReindexRequest(BaseModel):
    """The model to compute all vectors anew with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: Annotated[str, Field(max_length=200)] = "local"


class BuildingView(_Frozen):
    """Vectors that are being computed; the former ones answer until they are complete."""

    model: str
    chunks_done: int


class BaseView(_Frozen):
    """A knowledge base."""

    id: UUID
    name: str
    description: str
    language: str
    model: str = Field(description="The model whose vectors answer.")
    documents: int
    chunks: int
    bytes: int
    pending: int = Field(description="Documents that are not searched yet.")
    failed: int = Field(description="Documents that could not be read.")
    building: BuildingView | None = None
    error: str = Field(description="Why the last rebuilding failed; empty if it did not.")
    created_at: datetime


class DocumentView(_Frozen):
    """A document, without its content."""

    id: UUID
    name: str
    content_type: str
    digest: str
    metadata: dict[str, Any]
    size: int
    status: DocumentStatus = Field(description="queued: also between two tries; failed: after the last one.")
    error: str = Field(description="Why it could not be indexed, or why the last try failed.")
    attempt: int = Field(description="Number of the present or the last try; 0: none has begun.")
    attempts: int = Field(description="How often it is tried.")
    chunks: int
    embedded: int = Field(
        description="How many of its chunks have vectors: the progress while it is indexed."
    )
    created_at: datetime
    updated_at: datetime


class PutView(DocumentView):
    """What an upload led to."""

    unchanged: bool = Field(description="The same content was there already; nothing is done.")


class SearchRequest(BaseModel):
    """A question."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    query: Annotated[str, Field(min_length=1, max_length=LONGEST_QUERY)]
    top: Annotated[int, Field(ge=1, le=MOST_TOP)] = 5
    where: Annotated[
        Metadata | None, Field(description="Only documents whose metadata has these values.")
    ] = None


class ScoreView(_Frozen):
    """Why a chunk was found."""

    fused: float = Field(description="Sum of 1 / (60 + rank) over both lists: the order of the answer.")
    similarity: float | None = Field(description="Cosine with the question; null: not among the nearest.")
    vector_rank: int | None
    text: float | None = Field(description="Full-text rank; null: no word of the question is in it.")
    text_rank: int | None


class HitView(_Frozen):
    """A chunk that answers, with what a citation needs."""

    chunk_id: UUID
    document_id: UUID
    document: str
    heading: list[str] = Field(description="The headings above it, outermost first.")
    position: int = Field(description="Its place in the document, from 0.")
    text: str
    snippet: str = Field(description="The part of the text that fits the question best.")
    metadata: dict[str, Any]
    score: ScoreView


class SearchView(_Frozen):
    """The best chunks, best first."""

    base: str
    model: str
    hits: list[HitView]


class BaseRef(_Frozen):
    """What work on a base needs to know of it."""

    id: UUID
    workspace_id: UUID
    name: str
    language: str
    generation_id: UUID
    building_id: UUID | None
    model: str
    dimensions: int
    common_words: frozenset[str] = frozenset()
    sampled_at: int = 0

    @property
    def token(self) -> str:
        """A lexeme that each of its chunks has, so that the index of words is cut to the base."""
        return f"b{self.id.hex}"


@dataclass(frozen=True)
class Entry:
    """What is found of one thing that is no document."""

    subject_id: UUID
    source: str
    """What it was read from; whoever keeps the entries up to date compares it."""
    title: str
    """Its names: words that count more."""
    text: str

    @property
    def digest(self) -> str:
        """Names the content: the same content has the same vector."""
        return sha256(f"{self.title}\x1f{self.text}".encode(errors="replace")).hexdigest()


class DocumentHit(_Frozen):
    """A chunk that answers, and the base where it stands."""

    base: str
    hit: HitView
