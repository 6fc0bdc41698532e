"""Builds knowledge from the settings, the same for the API and for workers."""

from __future__ import annotations

from codex32_server.features.knowledge.facade import KnowledgeFacade, KnowledgeLimits
from codex32_server.gateway.embeddings.local import LocalEmbedder
from codex32_server.settings.model import KnowledgeSettings

_MIB = 1024 * 1024
LOCAL = "local"
"""The name by which people ask for the model that runs here."""


def local_model(settings: KnowledgeSettings) -> LocalEmbedder:
    """Starts nothing before the first text."""
    return LocalEmbedder(settings.model_idle_seconds)


def knowledge_of(settings: KnowledgeSettings, local: LocalEmbedder) -> KnowledgeFacade:
    """With the models there are."""
    limits = KnowledgeLimits(
        bytes=settings.max_mib * _MIB,
        documents=settings.max_documents,
        document=settings.max_document_mib * _MIB,
    )
    return KnowledgeFacade({LOCAL: local}, limits)
