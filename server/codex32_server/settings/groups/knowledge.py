"""Settings of the area `knowledge`."""

from __future__ import annotations

from codex32_server.settings.declaring import Group, setting


class KnowledgeSettings(Group):
    """Documents that bots and people search."""

    title = "Knowledge"

    max_mib: int = setting(
        "KNOWLEDGE_MAX_MIB", 1024, "MiB of documents that a workspace may keep.", ge=1, le=1024 * 1024
    )
    max_documents: int = setting(
        "KNOWLEDGE_MAX_DOCUMENTS", 10_000, "Documents that a workspace may keep.", ge=1, le=1_000_000
    )
    max_document_mib: int = setting("KNOWLEDGE_MAX_DOCUMENT_MIB", 32, "MiB of one document.", ge=1, le=64)
    model_idle_seconds: float = setting(
        "KNOWLEDGE_MODEL_IDLE_SECONDS",
        120.0,
        "Seconds after which the local embedding model, unused, gives back its memory (about 190 MiB).",
        ge=1,
        le=86_400,
    )
