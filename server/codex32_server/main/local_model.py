"""The model of this machine, from settings: who keeps it, and the provider as which all workspaces see it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from codex32_server.features.models.facade import Stored
from codex32_server.gateway.embeddings import serving
from codex32_server.gateway.local import process
from codex32_server.gateway.local.keeper import Keeper
from codex32_server.gateway.local.process import NAME, Size
from codex32_server.gateway.providers.presets import LOCAL
from codex32_server.settings.model import LocalModelSettings

_NOT_YET = "http://127.0.0.1:1/v1"
"""The address is known when it runs; nothing listens at this one."""


def local_model(settings: LocalModelSettings) -> Keeper | None:
    """None where it is switched off or its packages are not installed. Starts nothing."""
    weights = _weights(settings)
    if weights is None:
        return None
    size = Size(settings.context, settings.slots, settings.threads, settings.memory_mib)
    return Keeper(partial(process.start, weights, size), idle_seconds=settings.idle_seconds)


def local_provider(settings: LocalModelSettings | None = None) -> Stored:
    """Free. The model that speaks has the provider's own name and comes first; without settings there is only
    the one for embeddings.
    """
    said: dict[str, dict[str, Any]] = {}
    if settings is not None:
        most = settings.context // 2
        abilities = ["text", "json", "embeddings"]
        said[NAME] = {"context": settings.context, "output": most, "abilities": abilities}
    said[serving.NAME] = serving.known()
    concurrency = (settings.slots if settings else 1) * 4
    return Stored(
        NAME, LOCAL, _NOT_YET, None, free=True, models=list(said), said=said, concurrency=concurrency
    )  # fmt: skip


def _weights(settings: LocalModelSettings) -> Path | None:
    if not settings.enabled:
        return None
    packaged = process.installed()
    if settings.weights is not None and process.server_installed():
        return settings.weights
    return packaged
