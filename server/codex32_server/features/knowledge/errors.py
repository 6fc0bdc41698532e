"""What can go wrong with knowledge."""

from __future__ import annotations

from codex32_server.kit.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    UnavailableError,
)


class BaseNotFoundError(NotFoundError):
    """No such knowledge base in this workspace."""

    code = "knowledge_base_not_found"
    next_step = "GET /api/v1/knowledge lists the knowledge bases."


class BaseExistsError(ConflictError):
    """The name is taken."""

    code = "knowledge_base_exists"
    next_step = "Choose another name, or use the base that has it."


class DocumentNotFoundError(NotFoundError):
    """No such document in this base."""

    code = "document_not_found"
    next_step = "GET /api/v1/knowledge/{base}/documents lists the documents."


class DocumentTypeError(InvalidInputError):
    """Nothing here reads such a file."""

    code = "document_type_unknown"
    title = "Files of this kind are not read"
    next_step = "Upload text, Markdown, HTML, CSV or PDF, and name the file accordingly (handbook.md)."


class DocumentTooLargeError(InvalidInputError):
    """The document is larger than one may be."""

    code = "document_too_large"
    status = 413
    title = "The document is too large"
    next_step = "Split it, or let an administrator raise CODEX32_KNOWLEDGE_MAX_DOCUMENT_MIB."


class KnowledgeFullError(ConflictError):
    """The workspace keeps as much as it may."""

    code = "knowledge_full"
    title = "The workspace keeps as many documents as it may"
    next_step = "Delete documents, or let an administrator raise CODEX32_KNOWLEDGE_MAX_MIB or _MAX_DOCUMENTS."


class ModelUnknownError(InvalidInputError):
    """No embedding model of that name."""

    code = "embedding_model_unknown"
    next_step = 'Use the model "local".'


class KnowledgeUnavailableError(UnavailableError):
    """The database lacks what vectors need; everything else works."""

    code = "knowledge_unavailable"
    title = "The database cannot keep vectors"
    next_step = (
        "Install pgvector 0.8 or newer on the database's server and run, as its administrator: "
        "CREATE EXTENSION vector. Nothing needs to be restarted."
    )


class KnowledgeNotAllowedError(ForbiddenError):
    """The bot's manifest does not name the base."""

    code = "knowledge_not_allowed"
    next_step = 'Add it to the manifest: knowledge = ["NAME"].'
