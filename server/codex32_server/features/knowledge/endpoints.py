"""/knowledge: bases, documents and search."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Annotated

from fastapi import Path, Query, Request
from pydantic import TypeAdapter, ValidationError

from codex32_server.features.knowledge.errors import (
    BaseExistsError,
    BaseNotFoundError,
    DocumentNotFoundError,
    DocumentTooLargeError,
    DocumentTypeError,
    KnowledgeFullError,
    KnowledgeUnavailableError,
    ModelUnknownError,
)
from codex32_server.features.knowledge.facade import KnowledgeFacade, SearchRequest, SearchView, Upload
from codex32_server.features.knowledge.schemas import (
    MIB,
    BaseView,
    DocumentStatus,
    DocumentView,
    Metadata,
    NewBase,
    PutView,
    ReindexRequest,
    Value,
)
from codex32_server.gateway.embeddings.errors import EmbeddingError
from codex32_server.http.edge import Caller, DetachedCaller, require, require_detached
from codex32_server.http.errors import StorageFullError
from codex32_server.http.paging import Page, Paging
from codex32_server.http.problem import documented
from codex32_server.http.room import needs_room
from codex32_server.http.routing import UPLOAD_LIMIT, api_router, provided
from codex32_server.kit.errors import FieldProblem, InvalidInputError

router = api_router("knowledge", prefix="/knowledge")

Knowledge = Annotated[KnowledgeFacade, provided(KnowledgeFacade)]
Reader = Annotated[Caller, require("knowledge:read")]
Writer = Annotated[Caller, require("knowledge:write")]
Base = Annotated[str, Path(max_length=100, description="Id or name of the knowledge base.")]
DocumentRef = Annotated[str, Path(max_length=200, description="Id or name of the document.")]
_METADATA: TypeAdapter[dict[str, Value]] = TypeAdapter(Metadata)


@router.get("")
async def list_knowledge_bases(caller: Reader, knowledge: Knowledge, paging: Paging) -> Page[BaseView]:
    """The knowledge bases of the workspace, newest first."""
    return await knowledge.list(caller.tx, caller.principal.workspace_id, paging)


@router.post(
    "",
    status_code=201,
    dependencies=[needs_room()],
    responses=documented(
        BaseExistsError, KnowledgeFullError, KnowledgeUnavailableError, ModelUnknownError, StorageFullError
    ),
)
async def create_knowledge_base(caller: Writer, knowledge: Knowledge, new: NewBase) -> BaseView:
    """Make a knowledge base."""
    return await knowledge.create(caller.tx, caller.principal.workspace_id, new)


@router.get("/{base}", responses=documented(BaseNotFoundError))
async def get_knowledge_base(caller: Reader, knowledge: Knowledge, base: Base) -> BaseView:
    """One knowledge base, and how far its documents are."""
    return await knowledge.get(caller.tx, caller.principal.workspace_id, base)


@router.delete("/{base}", status_code=204, responses=documented(BaseNotFoundError))
async def delete_knowledge_base(caller: Writer, knowledge: Knowledge, base: Base) -> None:
    """Delete a knowledge base with all its documents."""
    await knowledge.delete(caller.tx, caller.principal.workspace_id, base)


@router.post(
    "/{base}/reindex",
    status_code=202,
    dependencies=[needs_room()],
    responses=documented(BaseNotFoundError, ModelUnknownError, KnowledgeUnavailableError, StorageFullError),
)
async def reindex_knowledge_base(
    caller: Writer, knowledge: Knowledge, base: Base, request: ReindexRequest
) -> BaseView:
    """Compute all vectors anew, by another model or the same. The present ones answer until it is done."""
    return await knowledge.reindex(caller.tx, caller.principal.workspace_id, base, request)


@router.post("/{base}/search", responses=documented(BaseNotFoundError, ModelUnknownError, EmbeddingError))
async def search_knowledge(
    caller: Annotated[DetachedCaller, require_detached("knowledge:read")],
    knowledge: Knowledge,
    base: Base,
    request: SearchRequest,
) -> SearchView:
    """The chunks that answer a question best: by meaning and by words, with where they stand."""
    return await knowledge.search(caller.database, caller.principal.workspace_id, base, request)


@router.get("/{base}/documents", responses=documented(BaseNotFoundError))
async def list_documents(
    caller: Reader, knowledge: Knowledge, base: Base, paging: Paging, status: DocumentStatus | None = None
) -> Page[DocumentView]:
    """The documents of a knowledge base, newest first, without their content."""
    return await knowledge.list_documents(caller.tx, caller.principal.workspace_id, base, paging, status)


@router.put(
    "/{base}/documents",
    status_code=202,
    max_body_size=UPLOAD_LIMIT,
    dependencies=[needs_room()],
    responses=documented(
        BaseNotFoundError, DocumentTypeError, DocumentTooLargeError, KnowledgeFullError, StorageFullError
    ),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def put_document(
    caller: Annotated[DetachedCaller, require_detached("knowledge:write")],
    knowledge: Knowledge,
    base: Base,
    request: Request,
    name: Annotated[str, Query(min_length=1, max_length=200, description="What the document is called.")],
    metadata: Annotated[
        str, Query(max_length=16_000, description="A JSON object of texts, numbers and truth values.")
    ] = "{}",
) -> PutView:
    """Add a document (the raw body: text, Markdown, HTML, CSV or PDF), or replace the one of that name.

    It is indexed by a worker; `embedded` of `chunks` shows the progress. The former content answers until
    then, and chunks that did not change keep their vectors.
    """
    about, kind = _metadata(metadata), request.headers.get("content-type", "")
    if not name.isprintable():
        raise _wrong("name", "it holds characters that are not printable")
    content, digest = await _body(request, knowledge.limits.document)
    upload = Upload(name, kind, content, about, digest)
    async with caller.transaction() as tx:
        return await knowledge.put(tx, caller.principal.workspace_id, base, upload)


@router.get("/{base}/documents/{document}", responses=documented(BaseNotFoundError, DocumentNotFoundError))
async def get_document(
    caller: Reader, knowledge: Knowledge, base: Base, document: DocumentRef
) -> DocumentView:
    """One document: whether it is searched, how far its indexing is, or why it failed."""
    return await knowledge.get_document(caller.tx, caller.principal.workspace_id, base, document)


@router.delete(
    "/{base}/documents/{document}",
    status_code=204,
    responses=documented(BaseNotFoundError, DocumentNotFoundError),
)
async def delete_document(caller: Writer, knowledge: Knowledge, base: Base, document: DocumentRef) -> None:
    """Delete a document; it is not found any more from now on."""
    await knowledge.delete_document(caller.tx, caller.principal.workspace_id, base, document)


async def _body(request: Request, largest: int) -> tuple[bytes, str]:
    pieces, size, digest = list[bytes](), 0, sha256()
    async for piece in request.stream():
        size += len(piece)
        if size > largest:
            raise DocumentTooLargeError(f"A document has up to {largest // MIB} MiB.")
        digest.update(piece)
        pieces.append(piece)
    return b"".join(pieces), f"sha256:{digest.hexdigest()}"


def _metadata(text: str) -> dict[str, Value]:
    try:
        return _METADATA.validate_python(json.loads(text), strict=True)
    except (json.JSONDecodeError, RecursionError, ValueError) as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else "it is not JSON"
        raise _wrong("metadata", reason) from error


def _wrong(field: str, reason: str) -> InvalidInputError:
    return InvalidInputError(f"{field} is not valid: {reason}.", fields=[FieldProblem(field, reason)])
